// Maximum-likelihood concentrations: checks, then the solver compiled for this processor.

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/bessel/instruction_set.hpp>
#include <kindred/kernels/bessel/von_mises_fisher.hpp>

namespace kindred::kernels::von_mises_fisher {
namespace {

double order(std::int64_t dimension) {
  if (dimension < 2) {
    throw InputError("concentration: the dimension is " + std::to_string(dimension) + "; directions need at least two");
  }
  return 0.5 * static_cast<double>(dimension) - 1.0;
}

bool valid(double r) { return r >= 0.0 && r <= 1.0; }
bool valid(double r, double spread) { return valid(r) && valid(spread) && std::abs(r + spread - 1.0) <= 1e-12; }

[[noreturn]] void refuse(double r, const std::string& where) {
  throw InputError("concentration: the mean resultant length" + where + " is " + std::to_string(r) + "; it must lie in [0, 1]");
}

[[noreturn]] void refuse(double r, double spread, const std::string& where) {
  throw InputError("concentration: the mean resultant length" + where + " is " + std::to_string(r) + " and the spread " +
                   std::to_string(spread) + "; both must lie in [0, 1] and add up to one");
}

std::string at(std::size_t i) { return " [" + std::to_string(i) + "]"; }

void check_size(std::size_t size, std::size_t expected, const char* what) {
  if (size != expected) {
    throw InputError("concentration: " + std::to_string(expected) + " mean resultant lengths, but " + std::to_string(size) + " " + what);
  }
}

}  // namespace

double concentration(std::int64_t dimension, double mean_resultant_length) {
  const double v = order(dimension);
  if (!valid(mean_resultant_length)) {
    refuse(mean_resultant_length, "");
  }
  const double spread = 1.0 - mean_resultant_length;
  double kappa = 0.0;
  bessel::instructions().concentrations(v, 1, &mean_resultant_length, &spread, &kappa);
  return kappa;
}

double concentration(std::int64_t dimension, double mean_resultant_length, double spread) {
  const double v = order(dimension);
  if (!valid(mean_resultant_length, spread)) {
    refuse(mean_resultant_length, spread, "");
  }
  double kappa = 0.0;
  bessel::instructions().concentrations(v, 1, &mean_resultant_length, &spread, &kappa);
  return kappa;
}

void concentration(std::int64_t dimension, std::span<const double> mean_resultant_lengths, std::span<double> concentrations) {
  const double v = order(dimension);
  const auto& r = mean_resultant_lengths;
  check_size(concentrations.size(), r.size(), "concentrations");
  const auto bad = std::find_if(r.begin(), r.end(), [](double value) { return !valid(value); });
  if (bad != r.end()) {
    refuse(*bad, at(static_cast<std::size_t>(bad - r.begin())));
  }
  constexpr std::size_t block = 1024;
  std::array<double, block> spreads;
  for (std::size_t first = 0; first < r.size(); first += block) {
    const std::size_t size = std::min(block, r.size() - first);
    std::transform(r.data() + first, r.data() + first + size, spreads.data(), [](double value) { return 1.0 - value; });
    bessel::instructions().concentrations(v, size, r.data() + first, spreads.data(), concentrations.data() + first);
  }
}

void concentration(std::int64_t dimension, std::span<const double> mean_resultant_lengths, std::span<const double> spreads,
                   std::span<double> concentrations) {
  const double v = order(dimension);
  const std::size_t size = mean_resultant_lengths.size();
  check_size(spreads.size(), size, "spreads");
  check_size(concentrations.size(), size, "concentrations");
  for (std::size_t i = 0; i < size; ++i) {
    if (!valid(mean_resultant_lengths[i], spreads[i])) {
      refuse(mean_resultant_lengths[i], spreads[i], at(i));
    }
  }
  bessel::instructions().concentrations(v, size, mean_resultant_lengths.data(), spreads.data(), concentrations.data());
}

}  // namespace kindred::kernels::von_mises_fisher
