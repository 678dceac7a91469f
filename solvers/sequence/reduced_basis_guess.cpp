#include <algorithm>

#include <kindred/solvers/sequence/dense_views.hpp>
#include <kindred/solvers/sequence/reduced_basis.hpp>
#include <kindred/solvers/sequence/sequence.hpp>
#include <kindred/solvers/solver.hpp>

namespace kindred {
namespace {

struct ReducedBasisParameters {
  std::int64_t size = 64;
  double novelty = 1e-12;
  std::string projection = "auto";
  double oversampling = 6.0;

  static Schema<ReducedBasisParameters> schema() {
    using P = ReducedBasisParameters;
    return {
        parameter("size", &P::size).range(1, 4096).doc("Largest dimension k of the basis. It takes 8 n k bytes of memory."),
        parameter("novelty", &P::novelty)
            .at_least(0.0)
            .below(1.0)
            .doc("A solution is taken into the basis if its distance to the span exceeds this fraction of its norm."),
        parameter("projection", &P::projection)
            .choices({"auto", "galerkin", "least_squares", "sampled"})
            .doc("How the guess is chosen in the span. `galerkin`: best in the energy norm, for symmetric definite systems (others take "
                 "least_squares); `least_squares`: best in the residual's norm, for any system; `sampled`: least squares over some "
                 "scattered rows of the system, at a cost that hardly grows with n, for systems whose rows can be had one by one, as "
                 "those of stencils (others take galerkin). Conjugate gradients need fewer iterations from a Galerkin guess than from one "
                 "with the same residual by least squares. `auto` is galerkin."),
        parameter("oversampling", &P::oversampling).at_least(1.0).at_most(1000.0).doc("Rows that `sampled` looks at, per basis vector."),
    };
  }
};

constexpr const char* vectors_name = "reduced_basis/vectors";
constexpr const char* factor_name = "reduced_basis/factor";

/// The basis lives in the state, so that a chain can go on in another process.
class ReducedBasisGuess final : public Guess {
 public:
  explicit ReducedBasisGuess(ReducedBasisParameters p) : parameters_(std::move(p)) {}

  void fill(const LinearSystem& system, std::span<double> guess, SequenceState& state) override {
    std::ranges::fill(guess, 0.0);
    const auto* stored = find_columns(state, vectors_name, static_cast<Index>(guess.size()));
    if (stored == nullptr) {
      return;
    }
    const auto vectors = as_columns(*stored);
    const auto coefficients = project(system, vectors);
    if (!coefficients) {
      return;
    }
    as_vector(guess) = vectors * *coefficients;
    if (!(residual_norm(system, guess) < as_vector(system.rhs).norm())) {  // NaN, too
      std::ranges::fill(guess, 0.0);
    }
  }

  void observe(const LinearSystem& /*system*/, std::span<const double> solution, SequenceState& state) override {
    add_snapshot(state.arrays[vectors_name], state.arrays[factor_name], solution, parameters_.size, parameters_.novelty);
  }

 private:
  [[nodiscard]] std::optional<Eigen::VectorXd> project(const LinearSystem& system, ConstColumns vectors) const {
    const std::string& wanted = parameters_.projection;
    if (wanted == "sampled") {
      if (auto coefficients = project_on_rows(system, vectors)) {
        return coefficients;
      }
    }
    const Eigen::MatrixXd images = apply_to_columns(*system.matrix, vectors);
    const bool definite = system.symmetric && system.positive_definite;
    return definite && wanted != "least_squares" ? galerkin(vectors, images, system.rhs) : least_squares(images, system.rhs);
  }

  [[nodiscard]] std::optional<Eigen::VectorXd> project_on_rows(const LinearSystem& system, ConstColumns vectors) const {
    const auto count = static_cast<Index>(parameters_.oversampling * static_cast<double>(vectors.cols()));
    const std::vector<Index> rows = scattered_rows(vectors.rows(), count);
    const auto images = apply_rows(*system.matrix, vectors, rows);
    if (!images) {
      return std::nullopt;
    }
    std::vector<double> rhs;
    rhs.reserve(rows.size());
    for (const Index row : rows) {
      rhs.push_back(system.rhs[static_cast<std::size_t>(row)]);
    }
    return least_squares(*images, rhs);
  }

  ReducedBasisParameters parameters_;
};

const Registration reduced_basis =
    plugin<Guess, ReducedBasisParameters>("reduced_basis")
        .summary("Start from the best combination of earlier solutions")
        .doc(R"($$x_0 = X y, \qquad X^T A X\, y = X^T b \quad\text{or}\quad \min_y \|b - A X y\|_2$$

X is an orthonormal basis of the solutions seen in the chain; when it is full, the direction that carries least of them is dropped. For a
family moved by few parameters the error falls exponentially with the number of solutions: with one or two parameters some 20 or 50
solutions give guesses that hardly need an iteration. With many parameters little is gained. Solutions spread over the whole family
serve better than neighbours, so no ordering is needed. A guess whose residual is not below that of zero is replaced by zero. A direct
solver ignores guesses.

Cost for a basis of k vectors of n: k applications of the operator and $n k^2$ operations (`galerkin`), $2 n k^2$ (`least_squares`), or
$2 n k$ and some $12 k^3$ (`sampled`); to take a solution in, $8 n k$, and $2 n k^2$ once the basis is full.)")
        .source(
            "A. Quarteroni, A. Manzoni, F. Negri, Reduced basis methods for partial differential equations, Springer 2016; P. Fischer, "
            "Projection techniques for iterative solution of Ax = b with successive right-hand sides, CMAME 163 (1998) 193-204")
        .example("[sequence]\nguess = { type = \"reduced_basis\", size = 64 }\n")
        .factory([](const ReducedBasisParameters& p) { return std::make_unique<ReducedBasisGuess>(p); });

}  // namespace
}  // namespace kindred
