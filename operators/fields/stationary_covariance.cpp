#include <kindred/operators/fields/stationary_covariance.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <kindred/core/deck/expression.hpp>
#include <kindred/operators/quantities/formula.hpp>

namespace kindred {
namespace {

const std::vector<std::string> components{"x", "y", "z"};

double correlation_length(const CovarianceParameters& p, const Axis& axis) {
  const auto coordinate = static_cast<std::size_t>(axis.name - 'x');
  if (p.lengths.empty()) {
    return p.length;
  }
  if (coordinate >= p.lengths.size()) {
    throw InputError(fmt::format("the lengths of a covariance end before the axis {}: give one for every axis of the grid", axis.name));
  }
  return p.lengths[coordinate];
}

}  // namespace

void CovarianceParameters::check(const Value& table, Diagnostics& diagnostics) const {
  const auto complain = [&](const char* name, const std::string& problem, const std::string& hint) {
    const Value* place = table.find(name);
    diagnostics.error(place != nullptr ? place->location : table.location, problem, hint);
  };
  // A checked table holds the defaults too: what differs from them was given.
  const CovarianceParameters defaults;
  const bool by_formula = covariance == "formula";
  if (by_formula != !formula.empty()) {
    complain("formula",
             by_formula ? "covariance = \"formula\" needs a formula" : "a formula is given, and covariance is \"" + covariance + "\"",
             by_formula ? "set formula = \"exp(-abs(x)/0.1)\"" : "set covariance = \"formula\"");
  } else if (by_formula) {
    if (const auto complaint = Formula::examine(formula, components)) {
      const Value* written = table.find("formula");
      diagnostics.error(written != nullptr ? inside_string(*written, complaint->offset) : table.location,
                        fmt::format("{} in the formula \"{}\"", complaint->message, formula), complaint->hint);
    }
  }
  if (covariance != "matern" && smoothness != defaults.smoothness) {
    complain("smoothness", "smoothness is that of a Matérn covariance, and covariance is \"" + covariance + "\"",
             "set covariance = \"matern\"");
  }
  if (by_formula && (!lengths.empty() || length != defaults.length)) {
    complain(lengths.empty() ? "length" : "lengths", "a formula has no correlation lengths but those that it names", "write them into it");
  } else if (!lengths.empty() && length != defaults.length) {
    complain("lengths", "both length and lengths are given", "give one of them");
  }
}

StationaryCovariance::StationaryCovariance(const CovarianceParameters& p, const Grid& grid) : kind_(p.covariance), formula_(p.formula) {
  if (kind_ == "matern") {
    table_.emplace(p.smoothness);
  }
  for (std::size_t a = 0; a < grid.axes.size(); ++a) {
    coordinate_[a] = static_cast<std::size_t>(grid.axes[a].name - 'x');
    spacing_[a] = grid.axes[a].spacing();
    scaled_[a] = even() ? spacing_[a] / correlation_length(p, grid.axes[a]) : 0.0;
  }
  constexpr double rounding = 1e-12;
  if (const double origin = at({}).front(); !(std::abs(origin - 1.0) <= rounding)) {
    throw InputError(fmt::format("the formula \"{}\" is {} at 0: a correlation is 1 there; its factor is sigma", formula_, origin));
  }
}

std::vector<double> StationaryCovariance::at(const Lags& lags) const {
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(lags.count[0] * lags.count[1] * lags.count[2]));
  std::optional<Formula> formula;
  if (!even()) {
    formula.emplace(formula_, components);
  }
  const auto& [first, count] = lags;
  std::array<double, 3> k{};
  for (Index i = 0; i < count[0]; ++i) {
    k[0] = static_cast<double>(first[0] + i);
    for (Index j = 0; j < count[1]; ++j) {
      k[1] = static_cast<double>(first[1] + j);
      for (Index l = 0; l < count[2]; ++l) {
        k[2] = static_cast<double>(first[2] + l);
        if (formula) {
          std::array<double, 3> h{};
          for (std::size_t a = 0; a < 3; ++a) {
            h[coordinate_[a]] += k[a] * spacing_[a];
          }
          values.push_back((*formula)(h));
        } else {
          const double x = k[0] * scaled_[0];
          const double y = k[1] * scaled_[1];
          const double z = k[2] * scaled_[2];
          values.push_back(x * x + y * y + z * z);
        }
      }
    }
  }
  if (formula) {
    if (const auto bad = std::ranges::find_if_not(values, [](double v) { return std::isfinite(v); }); bad != values.end()) {
      throw InputError(fmt::format(
          "the formula \"{}\" of a covariance is {} for some difference of two points of the grid: it must be finite", formula_, *bad));
    }
  } else {
    apply_correlation(values);
  }
  return values;
}

/// From r² to c(r).
void StationaryCovariance::apply_correlation(std::vector<double>& squares) const {
  if (kind_ == "gaussian") {
    std::ranges::transform(squares, squares.begin(), [](double square) { return std::exp(-0.5 * square); });
  } else if (kind_ == "exponential") {
    std::ranges::transform(squares, squares.begin(), [](double square) { return std::exp(-std::sqrt(square)); });
  } else if (table_) {
    const double scale = std::sqrt(2.0 * table_->nu());
    std::ranges::transform(squares, squares.begin(), [&](double square) { return scale * std::sqrt(square); });
    table_->evaluate(squares, squares);
  }
}

}  // namespace kindred
