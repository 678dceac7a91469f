#pragma once

#include <cmath>
#include <random>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "fftconv_half_emulation.hpp"

// Convolutions in half precision against the sum itself in double precision, of the rounded data and the kernel as it is given. A result
// that is zero, scaled or another's fails: relative L2 error, norm and correlation are looked at, each of every array.

namespace half_test {

inline float value_of(HalfFormat format, std::uint16_t word) { return format == HalfFormat::fp16 ? Fp16::value(word) : Bf16::value(word); }
inline std::uint16_t word_of(HalfFormat format, double x) {
  return format == HalfFormat::fp16 ? Fp16::round(static_cast<float>(x)) : Bf16::round(static_cast<float>(x));
}
/// Relative L2 errors that are accepted: what rounding data, matrices and intermediate results to 11 and 8 digits makes, twice.
inline double bound(HalfFormat format) { return format == HalfFormat::fp16 ? 1.5e-3 : 1e-2; }
inline const char* name_of(HalfFormat format) { return format == HalfFormat::fp16 ? "fp16" : "bf16"; }

class Noise {
 public:
  explicit Noise(unsigned seed) : words_(seed) {}
  double operator()() { return normal_(words_); }
  Index index(Index least, Index most) { return std::uniform_int_distribution<Index>(least, most)(words_); }
  std::vector<std::uint16_t> numbers(HalfFormat format, Index count, double scale = 1.0) {
    std::vector<std::uint16_t> all(static_cast<std::size_t>(count));
    for (auto& word : all) {
      word = word_of(format, scale * (*this)());
    }
    return all;
  }
  /// Taps with the gain 1 of white noise.
  std::vector<float> taps(Index kernels, Index count, double scale = 1.0) {
    std::vector<float> all(static_cast<std::size_t>(kernels * count));
    for (auto& tap : all) {
      tap = static_cast<float>(scale * (*this)() / std::sqrt(static_cast<double>(count)));
    }
    return all;
  }

 private:
  std::mt19937 words_;
  std::normal_distribution<double> normal_;
};

/// A convolution with all that is applied to it.
struct Case {
  HalfDescription description;
  Emulated emulated;
  std::vector<float> taps;
  bool adjoint = false;
  double alpha = 1.0;
  std::vector<std::uint16_t> pre = {};
  std::vector<std::uint16_t> post = {};

  Case(const HalfDescription& d, std::vector<float> h) : description(d), emulated(d), taps(std::move(h)) { emulated.set_kernel(taps); }

  [[nodiscard]] const Axis& axis() const { return emulated.geometry().axis; }
  [[nodiscard]] Index in_length() const { return adjoint ? axis().outputs : axis().data; }
  [[nodiscard]] Index out_length() const { return adjoint ? axis().data : axis().outputs; }

  /// @param offset  of the arrays from a multiple of 16 bytes, in numbers; what lies around them must stay
  [[nodiscard]] std::vector<std::uint16_t> apply(const std::vector<std::uint16_t>& in, std::size_t offset = 0) const {
    constexpr std::size_t margin = 24;
    const std::size_t size = static_cast<std::size_t>(description.batch * out_length());
    LineVector<std::uint16_t> from(in.size() + offset, 0x7FFF);  // nothing behind it: a sanitizer sees what reads too far
    LineVector<std::uint16_t> to(size + 2 * margin, 0x7FFE);
    std::ranges::copy(in, from.begin() + static_cast<std::ptrdiff_t>(offset));
    half::Call call;
    call.in = from.data() + offset;
    call.out = to.data() + margin + offset;
    call.pre = pre.empty() ? nullptr : pre.data();
    call.post = post.empty() ? nullptr : post.data();
    call.alpha = static_cast<float>(alpha);
    call.adjoint = adjoint;
    emulated.apply(call);
    const auto first = to.begin() + static_cast<std::ptrdiff_t>(margin + offset);
    const auto last = first + static_cast<std::ptrdiff_t>(size);
    BOOST_CHECK(std::all_of(to.begin(), first, [](auto word) { return word == 0x7FFE; }));
    BOOST_CHECK(std::all_of(last, to.end(), [](auto word) { return word == 0x7FFE; }));
    return {first, last};
  }

  /// Output i of an array, by the sum.
  [[nodiscard]] double exact(const std::vector<std::uint16_t>& in, Index array, Index i) const {
    const auto at = [&](const std::vector<std::uint16_t>& numbers, Index j) {
      return static_cast<double>(value_of(description.format, numbers[static_cast<std::size_t>(array * in_length() + j)]));
    };
    const float* h = taps.data() + array % description.kernels * description.kernel + axis().skipped;
    double sum = 0.0;
    for (Index k = 0; k < axis().taps; ++k) {
      const Index j = adjoint ? i - axis().first + k : axis().first + i - k;
      if (j >= 0 && j < in_length()) {
        // The gated number is rounded to the format.
        const double x = pre.empty() ? at(in, j) : value_of(description.format, word_of(description.format, at(in, j) * at(pre, j)));
        sum += static_cast<double>(h[k]) * x;
      }
    }
    const std::size_t out = static_cast<std::size_t>(array * out_length() + i);
    return alpha * sum * (post.empty() ? 1.0 : value_of(description.format, post[out]));
  }

  /// Of every array, by a sample of its outputs where they are very many. @returns the greatest relative L2 error
  double check(const std::vector<std::uint16_t>& in, std::size_t offset = 0) const {
    const auto out = apply(in, offset);
    double worst = 0.0;
    const Index step = std::max<Index>(1, out_length() * axis().taps >> 22);
    for (Index array = 0; array < description.batch; ++array) {
      double error = 0.0;
      double wanted = 0.0;
      double got = 0.0;
      double both = 0.0;
      for (Index i = array % step; i < out_length(); i += step) {
        const double y = exact(in, array, i);
        const double z = value_of(description.format, out[static_cast<std::size_t>(array * out_length() + i)]);
        error += (z - y) * (z - y);
        wanted += y * y;
        got += z * z;
        both += y * z;
      }
      const double relative = std::sqrt(error / wanted);
      BOOST_TEST_CONTEXT(name_of(description.format)
                         << ", L = " << description.data << ", K = " << description.kernel << ", mode "
                         << static_cast<int>(description.mode) << ", method " << static_cast<int>(emulated.geometry().method) << ", period "
                         << emulated.geometry().period << (adjoint ? ", adjoint" : "") << ", array " << array) {
        BOOST_CHECK_LE(relative, bound(description.format));
        BOOST_CHECK_GT(both / std::sqrt(wanted * got), 0.999);
        BOOST_CHECK_LT(std::abs(std::sqrt(got / wanted) - 1.0), bound(description.format));
      }
      worst = std::max(worst, relative);
    }
    return worst;
  }
};

inline HalfDescription description(HalfFormat format, Index data, Index kernel, Index batch = 1, Index kernels = 1,
                                   Mode mode = Mode::causal) {
  HalfDescription d;
  d.format = format;
  d.data = data;
  d.kernel = kernel;
  d.batch = batch;
  d.kernels = kernels;
  d.mode = mode;
  return d;
}

constexpr HalfFormat formats[] = {HalfFormat::fp16, HalfFormat::bf16};

}  // namespace half_test
