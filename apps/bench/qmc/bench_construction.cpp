// Time of component-by-component construction, and the errors of its vectors beside those of
// published ones.
//   bench_construction [--dimensions 100] [--log2-points 20] [--embedded 10] [--orders 0]
// One thread. Published vectors: as the table of the library has them, for the same weights.

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string_view>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/construction/cbc.hpp>

using namespace kindred;
using namespace kindred::qmc;

namespace {

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template <class Work>
double seconds_of(const Work& work) {
  const double start = processor_seconds();
  work();
  return processor_seconds() - start;
}

LatticeWeights weights_of(int d, int orders) {
  LatticeWeights weights;
  for (int j = 1; j <= d; ++j) {
    weights.product.push_back(std::pow(j, -2.0));
  }
  for (int l = 1; l <= orders; ++l) {
    weights.order_ratios.push_back(l);
  }
  return weights;
}

void report_times(const LatticeConstruction& single, int from) {
  LatticeConstruction embedded = single;
  embedded.log2_points_from = from;
  std::printf("%d dimensions, 2^%d points, about %.0f MB; processor seconds\n", single.dimensions, single.log2_points,
              1e-6 * construction_bytes(single));
  std::printf("  for this number of points        %8.2f\n", seconds_of([&] { construct_lattice(single); }));
  std::printf("  again, roots of unity at hand    %8.2f\n", seconds_of([&] { construct_lattice(single); }));
  std::printf("  for all from 2^%-2d on             %8.2f\n", from, seconds_of([&] { construct_lattice(embedded); }));
}

/// Square roots of ratios of e² to that of the vector made for the number of points.
void report_errors(const LatticeConstruction& single, int from) {
  LatticeConstruction embedded = single;
  embedded.log2_points_from = from;
  const Lattice made = construct_lattice(embedded).lattice;
  std::printf("\ne of the vector made for 2^m points alone, and e of others in units of it; weights 1/j^2, P_2\n");
  std::printf("  %2s  %12s  %9s  %9s  %9s\n", "m", "e", "embedded", "39101", "32001");
  for (int m = from; m <= single.log2_points; ++m) {
    LatticeConstruction alone = single;
    alone.log2_points = m;
    const double best = squared_lattice_error({m, construct_lattice(alone).lattice.z}, m, single.space, single.weights);
    const auto ratio = [&](const Lattice& lattice) {
      return std::sqrt(squared_lattice_error(lattice, m, single.space, single.weights) / best);
    };
    std::printf("  %2d  %12.4e  %9.4f", m, std::sqrt(best), ratio(made));
    for (const char* name : {"kuo_39101_m20", "kuo_32001_m20"}) {
      std::printf("  %9.4f", m <= 20 ? ratio(lattice_table(single.dimensions, name)) : NAN);
    }
    std::printf("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  int dimensions = 100;
  int log2_points = 20;
  int from = 10;
  int orders = 0;
  for (int k = 1; k + 1 < argc; k += 2) {
    const std::string_view option = argv[k];
    int& value = option == "--dimensions" ? dimensions : option == "--log2-points" ? log2_points : option == "--embedded" ? from : orders;
    value = std::atoi(argv[k + 1]);
  }
  try {
    const LatticeConstruction construction{dimensions, log2_points, 0, {LatticeSpace::Kind::korobov, 1}, weights_of(dimensions, orders)};
    report_times(construction, from);
    if (orders == 0) {
      report_errors(construction, from);
    }
  } catch (const Error& error) {
    std::fprintf(stderr, "bench_construction: %s\n", error.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
