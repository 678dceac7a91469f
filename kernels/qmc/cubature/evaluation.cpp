#include <kindred/kernels/qmc/cubature/evaluation.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <vector>

#include <kindred/core/base/error.hpp>

namespace kindred::qmc {
namespace {

std::string shown(double x) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.17g", x);
  return text.data();
}

}  // namespace

void evaluate_finite(std::string_view rule, Integrand& integrand, const PointBlock& block, std::span<double> values) {
  integrand.evaluate(block, values);
  const auto outputs = static_cast<std::size_t>(integrand.outputs());
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (std::isfinite(values[k]) || (!block.needed.empty() && block.needed[k % outputs] == 0)) {
      continue;
    }
    const std::size_t d = block.points.size() / block.count;  // a level may use fewer than all dimensions
    constexpr std::size_t most_shown = 20;
    std::string coordinates;
    for (std::size_t j = 0; j < std::min(d, most_shown); ++j) {
      coordinates += (j == 0 ? "" : ", ") + shown(block.points[k / outputs * d + j]);
    }
    throw Error(std::string(rule) + ": output " + std::to_string(k % outputs) + " of the integrand is " + shown(values[k]) + " at point " +
                std::to_string(block.first + k / outputs) + " of replicate " + std::to_string(block.replicate) +
                (block.level > 0 ? " on level " + std::to_string(block.level) : "") + ": (" + coordinates + (d > most_shown ? ", …" : "") +
                ")");
  }
}

void evaluate_points(Integrand& integrand, const Sampler& sampler, std::uint64_t n0, std::uint64_t n1, std::span<const std::uint8_t> needed,
                     const TakeValues& take) {
  constexpr std::size_t block_bytes = std::size_t{1} << 20U;
  const auto d = static_cast<std::size_t>(integrand.dimensions());
  const auto outputs = static_cast<std::size_t>(integrand.outputs());
  FillOptions options;
  options.centred = true;
  std::vector<double> values;
  for (const auto& block : sampler.blocks<double>(n0, n1, block_bytes * d / (d + outputs), options)) {
    values.resize(block.count * outputs);
    integrand.evaluate({.points = block.values, .count = block.count, .first = block.first, .needed = needed}, values);
    take(block.first, values);
  }
}

void warn_of_weights(const std::string& rule, Periodization periodization, int dimensions, Estimate& estimate) {
  constexpr double pi = std::numbers::pi;
  double square = 1.0;  // ∫ ψ'²
  switch (periodization) {
    case Periodization::none:
    case Periodization::baker:
      return;
    case Periodization::c0:
      square = 6.0 / 5.0;
      break;
    case Periodization::c1:
      square = 10.0 / 7.0;
      break;
    case Periodization::c1sin:
      square = 3.0 / 2.0;
      break;
    case Periodization::c2sin:
      square = 45.0 / 256.0 * pi * pi;
      break;
    case Periodization::c3sin:
      square = 35.0 / 18.0;
      break;
  }
  if (std::pow(square, dimensions) > static_cast<double>(estimate.points)) {
    estimate.warnings.push_back(rule + ": the weights of the periodisation " + std::string(name_of(periodization)) + " vary so much in " +
                                std::to_string(dimensions) + " dimensions that " + std::to_string(estimate.points) +
                                " points do not see their mean, and value and bounds may be far off; baker has no weights");
  }
}

}  // namespace kindred::qmc
