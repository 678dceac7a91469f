// Products with Toeplitz matrices beside the dense matrix and beside FFTW on the circulant matrix around it; stationary fields by circulant
// embedding beside the field `matern` and beside a Cholesky factor. Processor time of one thread; runs alternate, the shortest counts.
//   bench_toeplitz [products] [fields]

#include <algorithm>
#include <cstdio>
#include <functional>
#include <numeric>
#include <random>
#include <string_view>
#include <vector>

#include <eigen3/Eigen/Dense>

#include <kindred/apps/bench/qmc/timing.hpp>
#include <kindred/operators/fields/circulant_embedding_field.hpp>
#include <kindred/operators/fields/matern_field.hpp>
#include <kindred/operators/toeplitz/toeplitz_operator.hpp>

#include "padded_fftw.hpp"

using namespace kindred;

namespace {

/// Shortest runs of several competitors that take turns, in seconds a call.
std::vector<double> take_turns(const std::vector<std::function<void()>>& competitors, double budget = 0.15) {
  std::vector<double> best(competitors.size(), 1e300);
  std::vector<int> calls(competitors.size());
  for (std::size_t c = 0; c < competitors.size(); ++c) {
    const double once = std::max(1e-7, bench::seconds_of(competitors[c]));
    calls[c] = std::max(1, static_cast<int>(0.005 / once));
  }
  const double start = bench::thread_seconds();
  do {
    for (std::size_t c = 0; c < competitors.size(); ++c) {
      const double seconds = bench::seconds_of([&] {
        for (int k = 0; k < calls[c]; ++k) {
          competitors[c]();
        }
      });
      best[c] = std::min(best[c], seconds / calls[c]);
    }
  } while (bench::thread_seconds() - start < budget * static_cast<double>(competitors.size()));
  return best;
}

std::vector<double> normals(Index count) {
  std::mt19937_64 generator(1);
  std::normal_distribution<double> normal;
  std::vector<double> values(static_cast<std::size_t>(count));
  std::ranges::generate(values, [&] { return normal(generator); });
  return values;
}

double decaying(const ToeplitzOperator::Lag& lag) {
  return 1.0 / (1.0 + static_cast<double>(lag[0] * lag[0] + lag[1] * lag[1] + lag[2] * lag[2]));
}

Eigen::MatrixXd dense(const ToeplitzOperator& a) {
  Eigen::MatrixXd matrix(a.size(), a.size());
  std::vector<double> unit(static_cast<std::size_t>(a.size()));
  for (Index k = 0; k < a.size(); ++k) {
    unit[static_cast<std::size_t>(k)] = 1.0;
    a.apply(unit, {matrix.col(k).data(), unit.size()});
    unit[static_cast<std::size_t>(k)] = 0.0;
  }
  return matrix;
}

void line_products() {
  std::printf("\none level        n      ours   8 columns, each    FFTW, padded     dense\n");
  for (const Index n : {64, 256, 1024, 4096, 65536}) {
    const auto taps = toeplitz_taps({n}, decaying);
    const ToeplitzOperator a({n}, taps, {.columns = 8});
    bench::PaddedFftw<double> padded(n, 2 * n - 1, 1);
    padded.set_kernel(taps);
    auto work = padded.buffer();
    const std::vector<double> x = normals(8 * n);
    std::vector<double> y(x.size());
    std::vector<double> full(static_cast<std::size_t>(3 * n));
    const auto one = std::span(x).first(static_cast<std::size_t>(n));
    std::vector<std::function<void()>> competitors{[&] { a.apply(one, std::span(y).first(one.size())); }, [&] { a.apply_columns(x, y); },
                                                   [&] { padded.convolve(x.data(), full.data(), work); }};
    const Eigen::MatrixXd matrix = n <= 4096 ? dense(a) : Eigen::MatrixXd();
    Eigen::VectorXd product(n);
    if (matrix.size() > 0) {
      competitors.emplace_back([&] { product.noalias() = matrix * Eigen::Map<const Eigen::VectorXd>(x.data(), n); });
    }
    const auto seconds = take_turns(competitors);
    std::printf("            %7ld %7.1f us   %7.1f us        %7.1f us (%.2f x)", static_cast<long>(n), 1e6 * seconds[0],
                1e6 * seconds[1] / 8.0, 1e6 * seconds[2], seconds[2] / seconds[0]);
    std::printf(matrix.size() > 0 ? "  %8.1f us (%.1f x)\n" : "\n", 1e6 * seconds.back(), seconds.back() / seconds[0]);
  }
}

void grid_products() {
  std::printf("\nlevels           n        ours          dense\n");
  for (const std::vector<Index>& extents :
       {std::vector<Index>{16, 16}, {64, 64}, {128, 128}, {512, 512}, {8, 8, 8}, {16, 16, 16}, {64, 64, 64}}) {
    const ToeplitzOperator a(extents, toeplitz_taps(extents, decaying));
    const std::vector<double> x = normals(a.size());
    std::vector<double> y(x.size());
    std::vector<std::function<void()>> competitors{[&] { a.apply(x, y); }};
    const Eigen::MatrixXd matrix = a.size() <= 4096 ? dense(a) : Eigen::MatrixXd();
    Eigen::VectorXd product(a.size());
    if (matrix.size() > 0) {
      competitors.emplace_back([&] { product.noalias() = matrix * Eigen::Map<const Eigen::VectorXd>(x.data(), a.size()); });
    }
    const auto seconds = take_turns(competitors);
    std::printf("%zu of %4ld  %8ld  %9.1f us", extents.size(), static_cast<long>(extents.front()), static_cast<long>(a.size()),
                1e6 * seconds[0]);
    std::printf(matrix.size() > 0 ? "  %9.1f us (%.1f x)\n" : "\n", 1e6 * seconds.back(), seconds.back() / seconds[0]);
  }
}

Grid square(Index n) {
  Grid grid;
  grid.axes = {{'x', n, 0.0, 1.0, false}, {'y', n, 0.0, 1.0, false}};
  return grid;
}

void fields() {
  std::printf("\n   nu  length   n^2     first draw / each further one, ms:  circulant_embedding (sides)   matern (1e-4)      Cholesky\n");
  for (const auto& [nu, length] : {std::pair{0.5, 0.1}, {0.5, 0.5}, {1.5, 0.1}, {1.5, 0.3}}) {
    for (const Index n : {16, 48, 256}) {
      const Grid grid = square(n);
      CirculantEmbeddingParameters exact;
      exact.smoothness = nu;
      exact.length = length;
      MaternParameters summed;
      summed.smoothness = nu;
      summed.length = length;
      const CirculantEmbeddingField embedded(exact);
      const MaternField torus(summed);
      std::vector<double> values(static_cast<std::size_t>(grid.size()));
      Sample sample;
      const double first = bench::seconds_of([&] { embedded.draw(grid, sample, "bench", values); });
      const double first_matern = bench::seconds_of([&] { torus.draw(grid, sample, "bench", values); });
      std::vector<std::function<void()>> competitors{[&] { embedded.draw(grid, sample, "bench", values); },
                                                     [&] { torus.draw(grid, sample, "bench", values); }};
      Eigen::MatrixXd factor;
      double first_cholesky = 0.0;
      const std::vector<double> noise = normals(grid.size());
      Eigen::VectorXd field(grid.size());
      if (n <= 48) {
        first_cholesky = bench::seconds_of([&] {
          const StationaryCovariance covariance(exact, grid);
          const ToeplitzOperator c({n, n}, covariance.at({{1 - n, 1 - n, 0}, {2 * n - 1, 2 * n - 1, 1}}));
          factor = (dense(c) + 1e-12 * Eigen::MatrixXd::Identity(n * n, n * n)).llt().matrixL();
        });
        competitors.emplace_back(
            [&] { field.noalias() = factor.triangularView<Eigen::Lower>() * Eigen::Map<const Eigen::VectorXd>(noise.data(), n * n); });
      }
      const auto seconds = take_turns(competitors);
      std::printf("  %.1f   %.2f  %4ld^2   %9.2f / %7.3f (%ld)   %9.2f / %7.3f (%.2f x)", nu, length, static_cast<long>(n), 1e3 * first,
                  1e3 * seconds[0], static_cast<long>(embedded.embedding(grid).multiples.front()), 1e3 * first_matern, 1e3 * seconds[1],
                  seconds[1] / seconds[0]);
      std::printf(n <= 48 ? "   %9.2f / %7.3f (%.2f x)\n" : "\n", 1e3 * first_cholesky, 1e3 * seconds.back(), seconds.back() / seconds[0]);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::vector<std::string_view> chosen(argv + 1, argv + argc);
  const auto wanted = [&](std::string_view name) { return chosen.empty() || std::ranges::find(chosen, name) != chosen.end(); };
  if (wanted("products")) {
    line_products();
    grid_products();
  }
  if (wanted("fields")) {
    fields();
  }
}
