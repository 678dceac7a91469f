#include <vector>

#include <fmt/format.h>

#include <kindred/operators/fields/random_field.hpp>

namespace kindred {
namespace {

struct ChebyshevParameters {
  int terms = 6;
  std::string axis = "x";
  double low = -1.0;
  double high = 1.0;
  double center = 0.0;
  double half_width = 1.0;

  static Schema<ChebyshevParameters> schema() {
    using P = ChebyshevParameters;
    return {
        parameter("terms", &P::terms).range(1, 1000).doc("Number of polynomials, T_0 to T_(terms-1)."),
        parameter("axis", &P::axis).choices({"x", "y", "z"}).doc("Coordinate that the polynomials are functions of."),
        parameter("low", &P::low).doc("Smallest coefficient."),
        parameter("high", &P::high).doc("Largest coefficient."),
        parameter("center", &P::center).unit("m").doc("Coordinate where the polynomials' argument is 0."),
        parameter("half_width", &P::half_width)
            .above(0.0)
            .unit("m")
            .doc("Distance from there to where it is 1; farther out the polynomials grow quickly."),
    };
  }

  void check(const Value& table, Diagnostics& diagnostics) const {
    if (!(low < high)) {
      const Value* place = table.find("high");
      diagnostics.error(place != nullptr ? place->location : table.location,
                        fmt::format("the field \"chebyshev\" has low = {} and high = {}", low, high), "make low smaller than high");
    }
  }
};

class ChebyshevField final : public RandomField {
 public:
  explicit ChebyshevField(ChebyshevParameters p) : parameters_(std::move(p)) {}

  void draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const override {
    const Draws draws = sample.draws(stream);
    const auto leading = sample.leading_coordinates(stream);
    std::vector<double> coefficients;
    for (std::size_t k = 0; k < static_cast<std::size_t>(parameters_.terms); ++k) {
      const double u = k < leading.size() ? leading[k] : draws.uniform(k);
      coefficients.push_back(parameters_.low + (parameters_.high - parameters_.low) * u);
    }
    const auto coordinate = static_cast<std::size_t>(parameters_.axis.front() - 'x');
    for (std::size_t cell = 0; cell < values.size(); ++cell) {
      const double x = grid.center(static_cast<Index>(cell))[coordinate];
      values[cell] = sum(coefficients, (x - parameters_.center) / parameters_.half_width);
    }
  }
  /// T_0 first: low degrees carry the shape.
  [[nodiscard]] Index leading_variables(const Grid& /*grid*/) const override { return parameters_.terms; }

 private:
  /// Clenshaw's recurrence, highest term first.
  static double sum(std::span<const double> coefficients, double x) {
    double next = 0.0;
    double after = 0.0;
    for (std::size_t k = coefficients.size(); k-- > 1;) {
      const double current = coefficients[k] + 2.0 * x * next - after;
      after = next;
      next = current;
    }
    return coefficients[0] + x * next - after;
  }

  ChebyshevParameters parameters_;
};

const Registration chebyshev =
    plugin<RandomField, ChebyshevParameters>("chebyshev")
        .summary("A random polynomial along one axis: Chebyshev polynomials with uniform coefficients")
        .doc(
            R"($$a(x) = \sum_{k=0}^{K-1} c_k\, T_k\!\left(\frac{x - x_0}{w}\right), \qquad c_k \sim U(\text{low}, \text{high}) \text{ independent}$$

with $x_0$ `center` and $w$ `half_width`; the defaults evaluate $T_0$ to $T_5$ at the coordinate itself. The other coordinates do not
matter: on a side across the axis the field is one number. A sample is the same function at every resolution. With this field as the
forcing and on the four sides, `poisson` on the unit square is a family of 30 random numbers (deck `poisson_chebyshev.toml`).)")
        .source(
            "H. Wang et al., Accelerating data generation for neural operators via Krylov subspace recycling, ICLR 2024 (Poisson problem); "
            "C. W. Clenshaw, A note on the summation of Chebyshev series, MTAC 9 (1955) 118-120")
        .example(R"([problem]
type = "poisson"
forcing = { type = "chebyshev", terms = 6 }
)")
        .capabilities({"0d", "1d", "2d", "3d", "random"})
        .factory([](const ChebyshevParameters& p) { return std::make_unique<ChebyshevField>(p); });

}  // namespace
}  // namespace kindred
