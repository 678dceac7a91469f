#include <algorithm>
#include <cmath>
#include <limits>

#include <kindred/core/base/random.hpp>
#include <kindred/solvers/sequence/dense_views.hpp>
#include <kindred/solvers/sequence/nearest_tree.hpp>
#include <kindred/solvers/solver.hpp>

namespace kindred {
namespace {

struct NearestParameters {
  std::int64_t size = 64;

  static Schema<NearestParameters> schema() {
    return {parameter("size", &NearestParameters::size)
                .range(1, 1e6)
                .doc("Solutions that are kept, the latest ones. Each takes 8 (n + 129) bytes of memory.")};
  }
};

constexpr std::size_t buckets = 64;

/// Sums of a vector's entries, each with a random but fixed sign and in a random but fixed one of 64 buckets: squared distances of sketches
/// are those of the vectors within some 20 per cent. K. Weinberger et al., "Feature hashing for large scale multitask learning",
/// ICML 2009, lemma 2.
class Sketch {
 public:
  explicit Sketch(std::span<double> sums) : sums_(sums) {}
  void add(std::size_t position, double value) {
    const std::uint64_t bits = mix_bits(position + 1);
    sums_[bits % buckets] += (bits / buckets) % 2 == 0 ? value : -value;
  }

 private:
  std::span<double> sums_;
};

/// Entry i of the fixed random vector number k, uniform on (−1, 1).
double probe(std::size_t i, int k) {
  const std::uint64_t bits = mix_bits((static_cast<std::uint64_t>(k) << 48U) + i) >> 12U;
  return (static_cast<double>(bits) + 0.5) * 0x1.0p-51 - 1.0;
}

/// Logarithms of the norms of A's rows, estimated by the images of four fixed random vectors v: Σ (A v)_i² is, on average, a multiple
/// of the row's squared norm, and small for hardly any row. Needs nothing of the operator but its application.
std::vector<double> log_row_norms(const LinearOperator& matrix) {
  constexpr int probes = 4;
  const auto n = static_cast<std::size_t>(matrix.size());
  std::vector<double> squares(n, std::numeric_limits<double>::min());
  std::vector<double> vector(n);
  std::vector<double> image(n);
  for (int k = 0; k < probes; ++k) {
    for (std::size_t i = 0; i < n; ++i) {
      vector[i] = probe(i, k);
    }
    matrix.apply(vector, image);
    for (std::size_t i = 0; i < n; ++i) {
      squares[i] += image[i] * image[i];
    }
  }
  std::ranges::transform(squares, squares.begin(), [](double x) { return 0.5 * std::log(x); });
  return squares;
}

/// What systems are compared by: sketches of the logarithms of A's row norms, over √n, and of b; and ‖b‖².
std::vector<double> sketch_of(const LinearSystem& system) {
  std::vector<double> sketch(2 * buckets + 1, 0.0);
  const std::span<double> sums = sketch;
  Sketch of_matrix(sums.first(buckets));
  Sketch of_rhs(sums.subspan(buckets, buckets));
  const std::vector<double> rows = log_row_norms(*system.matrix);
  const double weight = 1.0 / std::sqrt(static_cast<double>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    of_matrix.add(i, weight * rows[i]);
    of_rhs.add(i, system.rhs[i]);
  }
  sketch.back() = as_vector(system.rhs).squaredNorm();
  return sketch;
}

/// Square of the relative change from one system to another: that of the operator plus that of the right-hand side.
double squared_change(std::span<const double> from, std::span<const double> to) {
  const double matrix = squared_distance(from.first(buckets), to.first(buckets));
  const double rhs = squared_distance(from.subspan(buckets, buckets), to.subspan(buckets, buckets));
  return to.back() > 0.0 ? matrix + rhs / to.back() : matrix;
}

constexpr const char* solutions_name = "nearest/solutions";
constexpr const char* sketches_name = "nearest/sketches";
constexpr const char* oldest_name = "nearest/oldest";

class NearestGuess final : public Guess {
 public:
  explicit NearestGuess(NearestParameters p) : parameters_(p) {}

  void fill(const LinearSystem& system, std::span<double> guess, SequenceState& state) override {
    std::ranges::fill(guess, 0.0);
    const auto* solutions = find_columns(state, solutions_name, static_cast<Index>(guess.size()));
    const auto* sketches = find_columns(state, sketches_name, 2 * buckets + 1);
    if (solutions == nullptr || sketches == nullptr || sketches->shape[0] != solutions->shape[0]) {
      return;
    }
    const std::vector<double> sketch = sketch_of(system);
    const MatrixView known{sketches->values, sketches->shape[0], sketches->shape[1]};
    Index best = -1;
    double least = std::numeric_limits<double>::infinity();
    for (Index i = 0; i < known.rows; ++i) {
      if (const double change = squared_change(known.row(i), sketch); change < least) {
        least = change;
        best = i;
      }
    }
    if (best >= 0) {
      scale_to(system, MatrixView{solutions->values, solutions->shape[0], solutions->shape[1]}.row(best), guess);
    }
  }

  void observe(const LinearSystem& system, std::span<const double> solution, SequenceState& state) override {
    auto& solutions = state.arrays[solutions_name];
    auto& sketches = state.arrays[sketches_name];
    auto& oldest = state.arrays[oldest_name];
    const auto n = static_cast<Index>(solution.size());
    constexpr Index length = 2 * buckets + 1;
    if (!has_columns(solutions, n) || !has_columns(sketches, length) || solutions.shape[0] != sketches.shape[0] ||
        solutions.shape[0] > parameters_.size || oldest.values.size() != 1) {
      solutions = {{0, n}, {}};
      sketches = {{0, length}, {}};
      oldest = {{}, {0.0}};
    }
    const std::vector<double> sketch = sketch_of(system);
    if (solutions.shape[0] < parameters_.size) {
      append(solutions, solution);
      append(sketches, sketch);
      return;
    }
    const auto place = static_cast<Index>(oldest.values[0]);
    std::ranges::copy(solution, solutions.values.begin() + place * n);
    std::ranges::copy(sketch, sketches.values.begin() + place * length);
    oldest.values[0] = static_cast<double>((place + 1) % parameters_.size);
  }

 private:
  static void append(hdf5::RealArray& array, std::span<const double> column) {
    array.values.insert(array.values.end(), column.begin(), column.end());
    ++array.shape[0];
  }

  /// The multiple of x with the least residual, which therefore is not above that of zero.
  static void scale_to(const LinearSystem& system, std::span<const double> x, std::span<double> guess) {
    std::vector<double> image(x.size());
    system.matrix->apply(x, image);
    const ConstVectorMap ax = as_vector(std::span<const double>(image));
    const double factor = ax.dot(as_vector(system.rhs)) / ax.squaredNorm();
    if (std::isfinite(factor)) {
      as_vector(guess) = factor * as_vector(x);
    }
  }

  NearestParameters parameters_;
};

const Registration nearest =
    plugin<Guess, NearestParameters>("nearest")
        .summary("Start from the solution of the most similar earlier system")
        .doc(R"($$x_0 = \alpha x^{(j)}, \qquad j = \arg\min_i\, \|\log d - \log d^{(i)}\|^2 / n + \|b - b^{(i)}\|^2 / \|b\|^2, \qquad
\alpha = \arg\min \|b - \alpha A x^{(j)}\|$$

with d the norms of A's rows, estimated by the images of four fixed random vectors, and the norms of differences from 64 random sums. Needs no ordering: a chain of unordered samples finds its neighbours itself, among the latest `size` ones.
The factor takes up changes of the scale of A or b, and makes the guess at least as good as zero. Saves few iterations at tight
tolerances, like `previous`; `reduced_basis` combines the same solutions to far better effect. Cost: five applications of the operator
to guess, four to remember, and some 100 n operations each time.)")
        .source("elementary; random sums: K. Weinberger et al., Feature hashing, ICML 2009")
        .example("[sequence]\nguess = { type = \"nearest\", size = 200 }\n")
        .factory([](const NearestParameters& p) { return std::make_unique<NearestGuess>(p); });

}  // namespace
}  // namespace kindred
