#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/engine/sequence_transform.hpp>
#include <kindred/kernels/fftconv/half/half_plan.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

namespace kindred::fftconv::half {
namespace {

using Number = std::complex<double>;

/// Transforms of kernels at the frequencies (k − 1/4)/M, k = 0, 1, …
class KernelTransform {
 public:
  explicit KernelTransform(const Geometry& geometry)
      : geometry_(geometry),
        transform_(geometry.length(), -0.25),
        rows_(static_cast<std::size_t>(transform_.row_numbers())),
        values_(static_cast<std::size_t>(geometry.length())) {}

  const std::vector<Number>& operator()(std::span<const float> taps) {
    const std::vector<double> wide(taps.begin(), taps.end());
    transform_.forward(wide.data(), {0, static_cast<Index>(wide.size())}, rows_.data());
    const Index length = geometry_.length();
    for (Index p = 0; p < length / lanes<double>; ++p) {
      for (Index lane = 0; lane < lanes<double>; ++lane) {
        const double* row = rows_.data() + p * row_size<double>;
        const Index k = transform_.frequency(p, lane);
        // Tap j at place j − shift.
        const Index turns = (4 * k - 1) * geometry_.shift % (4 * length);
        const double angle = 2.0 * std::numbers::pi * static_cast<double>(turns) / static_cast<double>(4 * length);
        const Number value(row[lane], row[lanes<double> + lane]);
        values_[static_cast<std::size_t>(k)] = geometry_.shift == 0 ? value : value * std::polar(1.0, angle);
      }
    }
    return values_;
  }

 private:
  const Geometry& geometry_;
  SequenceTransform<double> transform_;
  LineVector<double> rows_;
  std::vector<Number> values_;
};

/// f(word's number, half it is, k, kept) of a spectrum's words in their order.
template <class F>
void for_words(const Geometry& g, const HalfBand& band, const F& f) {
  const int columns = g.shape.columns();
  const int last = band.last == 0 ? columns : band.last;
  const auto first_kept = [&](int digit) { return band.first.empty() || band.first[static_cast<std::size_t>(digit)]; };
  std::size_t word = 0;
  for (int k0 = 0; k0 < g.outer_radix; ++k0) {
    for (int k1 = 0; k1 < g.shape.radix(); ++k1) {
      for (int j = 0; j < columns / 8; ++j) {
        for (int lane = 0; lane < 32; ++lane) {
          for (int e = 0; e < 4; ++e, ++word) {
            const int k2 = sum_row(lane, 4 * j + e);
            const int position = sum_column(lane, 4 * j + e);
            const int first = g.outer_radix > 1 ? k0 : g.shape.staged() ? k1 : k2;
            const Index k = k0 + static_cast<Index>(g.outer_radix) *
                                     (k1 + static_cast<Index>(g.shape.radix()) * (k2 + Index{16} * digit_at(position, columns)));
            f(word, k, position < last && first_kept(first));
          }
        }
      }
    }
  }
}

/// Powers of two that a stage and its adjoint lack: each has 2^-⌈(log₂ r)/2⌉ for 1/√r.
int missing_powers(const Geometry& g) {
  int missing = 0;
  for (const int radix : g.digits()) {
    missing += std::countr_zero(static_cast<unsigned>(radix)) % 2;
  }
  return missing;
}

}  // namespace

Spectra spectra_of(const HalfDescription& d, const Geometry& g, std::span<const float> taps) {
  if (taps.size() != static_cast<std::size_t>(d.kernels * d.kernel)) {
    throw InputError("HalfConvolution::set_kernel: " + std::to_string(taps.size()) + " taps for " + std::to_string(d.kernels) +
                     " kernels of " + std::to_string(d.kernel));
  }
  if (const auto bad = std::ranges::find_if(taps, [](float tap) { return !std::isfinite(tap); }); bad != taps.end()) {
    throw InputError("HalfConvolution::set_kernel: tap " + std::to_string(bad - taps.begin()) + " is not finite");
  }
  const auto words = static_cast<std::size_t>(g.length());
  Spectra spectra;
  spectra.numbers.resize(static_cast<std::size_t>(d.kernels) * words / 4);
  KernelTransform transform(g);
  for (Index kernel = 0; kernel < d.kernels; ++kernel) {
    const std::vector<Number>& values =
        transform(taps.subspan(static_cast<std::size_t>(kernel * d.kernel + g.axis.skipped), static_cast<std::size_t>(g.axis.taps)));
    double greatest = 0.0;
    for_words(g, d.band, [&](std::size_t, Index k, bool kept) {
      greatest = kept ? std::max(greatest, std::abs(values[static_cast<std::size_t>(k)])) : greatest;
    });
    int exponent = 0;
    std::frexp(greatest, &exponent);
    if (exponent + missing_powers(g) > 126) {
      throw InputError("HalfConvolution::set_kernel: kernel " + std::to_string(kernel) + " has the gain " + std::to_string(greatest) +
                       ", beyond the range of float: scale the taps down and alpha up");
    }
    Quad* quads = spectra.numbers.data() + static_cast<std::size_t>(kernel) * words / 4;
    for_words(g, d.band, [&](std::size_t word, Index k, bool kept) {
      const Number value = kept ? values[static_cast<std::size_t>(k)] : Number{};
      quads[word / 4].word[word % 4] =
          Fp16::round(static_cast<float>(std::ldexp(value.real(), -exponent)), static_cast<float>(std::ldexp(value.imag(), -exponent)));
    });
    spectra.scales.push_back(std::ldexp(1.0F, exponent + missing_powers(g)));
  }
  return spectra;
}

}  // namespace kindred::fftconv::half
