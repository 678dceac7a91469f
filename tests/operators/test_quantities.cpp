// Quantities of a random solution: functionals of fields, formulas of one sample, means and what becomes of their bounds.

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <numeric>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/fields/random_field.hpp>
#include <kindred/operators/quantities/quantity.hpp>

#include "../support/text.hpp"

namespace kindred {
namespace {

Value number_list(std::initializer_list<double> numbers) {
  Array array;
  for (const double x : numbers) {
    array.emplace_back(x);
  }
  return Value(std::move(array));
}

Value cells(std::initializer_list<int> numbers) {
  Array array;
  for (const int n : numbers) {
    array.emplace_back(n);
  }
  return Value(std::move(array));
}

/// Darcy's problem on [1, 3] × [0, 1.5] with a condition of each kind, and a swept parameter `beta`.
SampleSymbols darcy_symbols(int nx = 8, int ny = 6) {
  Value grid{Table{}};
  grid.set("n", cells({nx, ny}));
  grid.set("origin", number_list({1.0, 0.0}));
  grid.set("extent", number_list({2.0, 1.5}));
  Value boundary{Table{}};
  const auto side = [](const char* type, double value) {
    Value table{Table{}};
    table.set("type", type);
    table.set("value", value);
    return table;
  };
  boundary.set("x_lo", side("dirichlet", 0.7));
  boundary.set("x_hi", side("neumann", -0.4));
  Value robin = side("robin", 0.3);
  robin.set("kappa", 2.5);
  boundary.set("y_lo", robin);
  boundary.set("y_hi", side("dirichlet", -0.2));
  Value table{Table{}};
  table.set("type", "darcy");
  table.set("coefficient", "lognormal");
  table.set("forcing", 1.0);
  SampleSymbols symbols;
  symbols.domain = make_domain(grid, boundary);
  symbols.problem = create<Problem>(table, symbols.domain);
  symbols.fields = symbols.problem->fields();
  symbols.parameters = {"beta"};
  return symbols;
}

/// Fields of one sample; `u` is as given.
template <class Function>
std::vector<Field> sample_fields(const SampleSymbols& symbols, Function u) {
  std::vector<Field> fields = symbols.problem->draw(Sample{});
  Field solution{symbols.domain.grid, {}};
  for (Index cell = 0; cell < symbols.domain.grid.size(); ++cell) {
    solution.values.push_back(u(symbols.domain.grid.center(cell)));
  }
  fields.push_back(std::move(solution));
  return fields;
}

double evaluate(const std::string& text, const SampleSymbols& symbols, const std::vector<Field>& fields, double beta = 2.0) {
  return SampleExpression(text, symbols)(fields, std::vector<double>{beta});
}

/// The complaint about a quantity.
ExpressionComplaint complaint(const std::string& text) {
  QuantityPlan plan;
  try {
    plan.add("q", text, darcy_symbols());
  } catch (const ExpressionError& error) {
    return error.complaint();
  }
  return {std::string::npos, "accepted", ""};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_quantities)

BOOST_AUTO_TEST_CASE(functionals_of_linear_functions_are_exact) {
  const auto symbols = darcy_symbols();
  const auto fields = sample_fields(symbols, [](const auto& x) { return 2.0 + 3.0 * x[0] - x[1]; });
  constexpr double tolerance = 1e-13;  // sums of 48 numbers below 12
  const auto is = [&](const std::string& text, double expected) {
    BOOST_TEST(std::abs(evaluate(text, symbols, fields) - expected) < tolerance * 12.0, text << " is " << evaluate(text, symbols, fields));
  };
  is("mean(u)", 2.0 + 3.0 * 2.0 - 0.75);
  is("integral(u)", 3.0 * (2.0 + 3.0 * 2.0 - 0.75));
  is("value(u, 1.9, 0.4)", 2.0 + 3.0 * 1.9 - 0.4);
  is("value(u, 1, 1.5)", 2.0 + 3.0 - 1.5);  // a corner: half a cell beyond the last centres
  is("value(u, 3, 0)", 2.0 + 9.0);
  is("side_mean(u, x_hi)", 2.0 + 9.0 - 0.75);
  is("side_integral(u, y_lo)", 2.0 * (2.0 + 6.0));
  is("max(u)", 2.0 + 3.0 * (3.0 - 0.125) - 0.125);  // centres of the cells
  is("min(u)", 2.0 + 3.0 * (1.0 + 0.125) - 1.5 + 0.125);
  is("mean(x)", 2.0);
  is("mean(3*x - u + 2)", 0.75);
  is("beta * mean(u) + max(1, beta)", 2.0 * 7.25 + 2.0);
  is("mean(u > 1000)", 0.0);
}

BOOST_AUTO_TEST_CASE(the_norm_is_the_root_of_the_integrated_square) {
  const auto symbols = darcy_symbols();
  const auto fields = sample_fields(symbols, [](const auto& x) { return std::sin(x[0]) + x[1]; });
  BOOST_TEST(evaluate("norm(u)^2", symbols, fields) == evaluate("integral(u*u)", symbols, fields), boost::test_tools::tolerance(1e-14));
}

BOOST_AUTO_TEST_CASE(point_values_are_second_order) {
  const auto error = [](int n) {
    const auto symbols = darcy_symbols(n, n);
    const auto fields = sample_fields(symbols, [](const auto& x) { return std::exp(x[0]) * std::cos(x[1]); });
    return std::abs(evaluate("value(u, 3, 0.31)", symbols, fields) - std::exp(3.0) * std::cos(0.31));
  };
  BOOST_TEST(error(64) < error(32) / 3.5);
}

BOOST_AUTO_TEST_CASE(fluxes_balance_what_is_produced) {
  // Summed over the cells, A u − b holds, with the cell's volume, all fluxes outwards and the forcing: whatever u is.
  const auto symbols = darcy_symbols();
  const Draws draws(3, "u", 0);
  std::uint64_t number = 0;
  const auto fields = sample_fields(symbols, [&](const auto& /*x*/) { return draws.normal(number++); });
  const std::vector<Field> inputs(fields.begin(), fields.end() - 1);
  const LinearSystem system = symbols.problem->assemble(inputs);
  std::vector<double> image(system.rhs.size());
  system.matrix->apply(fields.back().values, image);
  double balance = 0.0;
  double size = 0.0;
  for (std::size_t i = 0; i < image.size(); ++i) {
    balance += (image[i] - system.rhs[i]) * symbols.domain.grid.cell_volume();
    size += std::abs(image[i]) * symbols.domain.grid.cell_volume();
  }
  const double fluxes = evaluate("flux(x_lo) + flux(x_hi) + flux(y_lo) + flux(y_hi) + integral(forcing)", symbols, fields);
  BOOST_TEST(std::abs(balance + fluxes) < 1e-13 * size);
  BOOST_TEST(evaluate("flux(x_hi)", symbols, fields) == -0.4 * 1.5, boost::test_tools::tolerance(1e-14));  // Neumann: given
  BOOST_TEST(std::abs(evaluate("flux(x_lo)", symbols, fields)) > 1e-3);
}

BOOST_AUTO_TEST_CASE(outputs_are_shared_between_quantities) {
  const auto symbols = darcy_symbols();
  QuantityPlan plan;
  plan.add("average", "mean(u)", symbols);
  plan.add("spread", "Std(mean(u))", symbols);
  plan.add("exceedance", "P(max(u) > 1)", symbols);
  plan.add("ratio", "E(mean(u)) / E(max(u))", symbols);
  BOOST_TEST(plan.outputs().size() == 4U);  // mean(u), its square, the condition, max(u)
  BOOST_TEST(plan.expressions().size() == 3U);
  BOOST_TEST(plan.output_text(1) == "E((mean(u))^2)");
  BOOST_TEST(plan.output_text(2) == "P(max(u) > 1)");
  BOOST_TEST(plan.quantities().count == 4);
  BOOST_TEST(SampleOutput({0, SampleOutput::Kind::square}).of(-3.0) == 9.0);
  BOOST_TEST(SampleOutput({0, SampleOutput::Kind::indicator}).of(1.0) == 1.0);
}

BOOST_AUTO_TEST_CASE(plain_means_need_no_functions) {
  QuantityPlan plan;
  plan.add("a", "mean(u)", darcy_symbols());
  plan.add("b", "E(max(u))", darcy_symbols());
  BOOST_TEST(plan.quantities().count == 0);
  BOOST_TEST(!plan.quantities().bounds);
}

BOOST_AUTO_TEST_CASE(bounds_hold_every_value_that_means_within_theirs_can_give) {
  const auto symbols = darcy_symbols();
  QuantityPlan plan;
  plan.add("formula", "(E(mean(u)) - 2*E(max(u)))^2 / -E(min(u)) + 1", symbols);
  plan.add("spread", "Var(mean(u))", symbols);
  const auto quantities = plan.quantities();
  BOOST_TEST_REQUIRE(plan.outputs().size() == 4U);
  const std::vector<double> low{-1.0, 0.2, 0.5, 0.9};  // mean, max, min, mean²
  const std::vector<double> high{0.5, 0.6, 0.8, 1.5};
  std::vector<double> lower(2);
  std::vector<double> upper(2);
  quantities.bounds(low, high, lower, upper);
  const Draws draws(5, "means", 0);
  double least = std::numeric_limits<double>::infinity();
  double most = -least;
  for (std::uint64_t k = 0; k < 4096; ++k) {
    std::vector<double> m;
    for (std::size_t i = 0; i < 4; ++i) {
      const double u = k < 16 ? static_cast<double>((k >> i) & 1U) : draws.uniform(4 * k + i);
      m.push_back(low[i] + u * (high[i] - low[i]));
    }
    const double formula = std::pow(m[0] - 2.0 * m[1], 2) / -m[2] + 1.0;
    BOOST_TEST((lower[0] <= formula && formula <= upper[0]));
    const double variance = std::max(m[3] - m[0] * m[0], 0.0);
    BOOST_TEST((lower[1] <= variance && variance <= upper[1]));
    least = std::min(least, formula);
    most = std::max(most, formula);
  }
  // Every mean stands once in the formula, and the extremes are at corners: the bounds are the range.
  BOOST_TEST(lower[0] == least, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(upper[0] == 1.0, boost::test_tools::tolerance(1e-12));  // the square can vanish
  BOOST_TEST(upper[1] == 1.5);
}

BOOST_AUTO_TEST_CASE(dividing_by_what_may_vanish_gives_no_bounds) {
  QuantityPlan plan;
  plan.add("ratio", "E(mean(u)) / E(max(u))", darcy_symbols());
  std::vector<double> lower(1);
  std::vector<double> upper(1);
  plan.quantities().bounds(std::vector{1.0, -0.1}, std::vector{2.0, 0.1}, lower, upper);
  BOOST_TEST((std::isinf(lower[0]) && std::isinf(upper[0])));
}

BOOST_AUTO_TEST_CASE(dividing_by_zero_gives_nothing_whatever_follows) {
  const auto symbols = darcy_symbols();
  QuantityPlan plan;
  for (const char* text : {"E(mean(u)) / E(max(u))", "0 * (E(mean(u)) / E(max(u)))", "(E(mean(u)) / E(max(u)))^0", "2 / (1 / E(max(u)))",
                           "1 - E(mean(u)) / E(max(u))", "E(mean(u)) / (2*E(max(u)))"}) {
    plan.add(text, text, symbols);
  }
  std::vector<double> lower(plan.names().size());
  std::vector<double> upper(plan.names().size());
  const auto quantities = plan.quantities();
  BOOST_TEST(quantities.names == plan.names(), boost::test_tools::per_element());
  quantities.bounds(std::vector{1.0, 0.0}, std::vector{2.0, 0.0}, lower, upper);
  for (std::size_t q = 0; q < lower.size(); ++q) {
    BOOST_TEST((std::isnan(lower[q]) && std::isnan(upper[q])), plan.names()[q]);
  }
}

BOOST_AUTO_TEST_CASE(only_means_of_unfinished_quantities_are_needed) {
  QuantityPlan plan;
  plan.add("spread", "Var(mean(u))", darcy_symbols());
  plan.add("ratio", "E(mean(u)) / E(max(u))", darcy_symbols());
  std::vector<std::uint8_t> needed(3);
  plan.quantities().dependency(std::vector<std::uint8_t>{0, 1}, needed);
  BOOST_TEST(needed == (std::vector<std::uint8_t>{1, 0, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(mistakes_are_found_where_they_are) {
  struct Case {
    const char* text;
    std::size_t offset;
    const char* message;
  };
  for (const auto& [text, offset, message] :
       {Case{"meen(u)", 0, "unknown function \"meen\""}, Case{"mean(v)", 5, "unknown symbol \"v\""}, Case{"u", 0, "is a field"},
        Case{"mean(u) + gamma", 10, "unknown symbol \"gamma\""}, Case{"E(mean(u)) / max(u)", 13, "differs from sample to sample"},
        Case{"E(E(mean(u)))", 2, "inside of another statistic"}, Case{"P(max(u))", 2, "a condition"},
        Case{"flux(z_hi)", 5, "no side of this grid"}, Case{"value(u, 0.5)", 0, "value takes 3 arguments, 2 given"},
        Case{"value(u, 0.5, 0.5)", 9, "outside of the domain"}, Case{"E(mean(u)", 1, "never closed"}, Case{"mean(u", 4, "never closed"},
        Case{"Var(mean(u)) ^ 0.5", 15, "whole number"}, Case{"E(mean(u)) mean(u)", 11, "unexpected"}, Case{"E(mean(u +))", 0, ""},
        Case{"E(mean(u)) / 0", 13, "division by zero"}, Case{"E(mean(u))/ (2*3 - 6)", 12, "division by zero"},
        Case{"E(mean(u))/-0.0^2", 11, "division by zero"}}) {
    BOOST_TEST_CONTEXT(text) {
      const auto found = complaint(text);
      BOOST_TEST(found.message != "accepted");
      BOOST_TEST(test::contains(found.message, message), found.message);
      if (*message != '\0') {
        BOOST_TEST(found.offset == offset);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
}  // namespace kindred
