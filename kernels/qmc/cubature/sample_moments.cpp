#include <kindred/kernels/qmc/cubature/sample_moments.hpp>

#include <algorithm>

namespace kindred::qmc {

void SampleMoments::add(std::span<const double> values) {
  const std::size_t outputs = sums_.size();
  for (std::size_t k = 0; k < values.size(); k += outputs, ++count_) {
    for (std::size_t i = 0; i < outputs; ++i) {
      Powers& sums = sums_[i];
      sums.origin = count_ == 0 ? values[i] : sums.origin;
      const double x = values[k + i] - sums.origin;
      sums.first.add(x);
      sums.second.add(x * x);
      sums.third.add(x * x * x);
      sums.fourth.add(x * x * (x * x));
    }
  }
}

double SampleMoments::mean(std::size_t output) const {
  return sums_[output].origin + sums_[output].first.value() / static_cast<double>(count_);
}

double SampleMoments::variance(std::size_t output) const {
  const auto n = static_cast<double>(count_);
  const double first = sums_[output].first.value();
  return std::max(0.0, (sums_[output].second.value() - first * first / n) / (n - 1.0));
}

double SampleMoments::kurtosis(std::size_t output) const {
  const auto n = static_cast<double>(count_);
  const Powers& sums = sums_[output];
  const double a = sums.first.value() / n;
  const double square = sums.second.value() / n;
  const double variance = square - a * a;
  const double fourth = sums.fourth.value() / n - 4.0 * a * sums.third.value() / n + 6.0 * a * a * square - 3.0 * a * a * a * a;
  return variance > 0.0 ? fourth / (variance * variance) : 0.0;
}

}  // namespace kindred::qmc
