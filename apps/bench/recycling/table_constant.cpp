// One matrix, many right-hand sides: what keeping the factor, and superposition, are worth.

#include <fmt/format.h>

#include <kindred/apps/bench/recycling/methods.hpp>
#include <kindred/apps/bench/recycling/tables.hpp>

namespace kindred::bench {
namespace {

constexpr double rtol = 1e-8;
constexpr const char* baseline = "factored every time";
constexpr Method cholesky{baseline, "preonly", "cholesky", "", "-pc_factor_mat_ordering_type nd"};
constexpr Method cg_amg{"cg + boomeramg, set-up every time", "cg", "hypre", "", "-pc_hypre_type boomeramg"};

/// The same matrix under another fingerprint, so that what is kept for a matrix is made anew; the pattern and what hangs on it stay.
class Disguised final : public LinearOperator {
 public:
  Disguised(std::shared_ptr<const LinearOperator> matrix, std::uint64_t number) : matrix_(std::move(matrix)), number_(number) {}
  [[nodiscard]] Index size() const override { return matrix_->size(); }
  void apply(std::span<const double> x, std::span<double> y) const override { matrix_->apply(x, y); }
  void assemble(petsc::Matrix& matrix) const override { matrix_->assemble(matrix); }
  [[nodiscard]] std::uint64_t pattern() const override { return matrix_->pattern(); }
  [[nodiscard]] std::uint64_t fingerprint() const override { return matrix_->fingerprint() + number_; }
  [[nodiscard]] std::size_t bytes() const override { return matrix_->bytes(); }

 private:
  std::shared_ptr<const LinearOperator> matrix_;
  std::uint64_t number_;
};

Contender without_memory(const Method& method) {
  const Contender inner = contender(method, rtol);
  return {inner.name, [inner, number = std::uint64_t{0}](const LinearSystem& system, std::span<double> solution) mutable {
            LinearSystem other = system;
            other.matrix = std::make_shared<Disguised>(system.matrix, ++number);
            return inner.solve(other, solution);
          }};
}

/// The median right-hand side is answered by superposition once the span is known: `dimensions` systems and one more are the warm-up.
void add_family(Table& table, const std::string& problem, const Family& family, Index dimensions, const Options& options) {
  Method kept = cholesky;
  kept.name = "factored once";
  Comparison comparison{problem, family, rtol, dimensions + 1, {}};
  comparison.contenders = {without_memory(cholesky), without_memory(cg_amg), contender(kept, rtol),
                           deck_contender("family, no superposition", "type = \"family\"\nsuperposition = 0"),
                           deck_contender("family, superposition", "type = \"family\"\nsuperposition = 30")};
  std::vector<Row> rows = compare(comparison, options);
  add_ratio(rows, problem, baseline, "speed over factoring", &Row::seconds_median);
  table.rows.insert(table.rows.end(), rows.begin(), rows.end());
}

}  // namespace

Table constant(const Options& options) {
  Table table{"constant", "one matrix for all systems, rtol 1e-8; times per right-hand side after the warm-up", {}, {}};
  const char* thermal = "type = \"thermal\"\ncoefficient = \"abs(x) < 0.05 && abs(y) < 0.4 ? 0.001 : 1\"";
  const char* thermal_sides =
      "x_lo = { type = \"dirichlet\", value = { type = \"uniform\", low = 0.0, high = 100.0 } }\n"
      "x_hi = { type = \"neumann\", value = { type = \"uniform\", low = -100.0, high = 0.0 } }\n"
      "y_lo = { type = \"neumann\" }\ny_hi = { type = \"neumann\" }";
  const char* chebyshev = "{ type = \"chebyshev\", terms = 6 }";
  const std::string side = fmt::format("{{ type = \"dirichlet\", value = {} }}", chebyshev);
  const std::string poisson = fmt::format("type = \"poisson\"\nforcing = {}", chebyshev);
  const std::string poisson_sides = fmt::format("x_lo = {0}\nx_hi = {0}\ny_lo = {0}\ny_hi = {0}", side);
  for (const int scale : {1, 2}) {
    const std::string plate = fmt::format("n = [{}, {}]\nextent = [1.0, 1.6]\norigin = [-0.5, -0.8]", 80 * scale, 128 * scale);
    add_family(table, fmt::format("thermal, {} x {}", 80 * scale, 128 * scale), registered_family(thermal, plate, thermal_sides), 2,
               options);
    add_family(table, fmt::format("poisson + chebyshev, {0} x {0}", 128 * scale),
               registered_family(poisson, fmt::format("n = [{0}, {0}]", 128 * scale), poisson_sides), 20, options);
  }
  return table;
}

}  // namespace kindred::bench
