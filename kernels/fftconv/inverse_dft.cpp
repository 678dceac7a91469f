#include <kindred/kernels/fftconv/inverse_dft.hpp>

#include <algorithm>
#include <numbers>

#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

using Complex = std::complex<double>;
using Line = std::vector<Complex>;

constexpr Index greatest_radix = 61;

Index least_factor(Index n) {
  for (Index p = 2; p * p <= n; ++p) {
    if (n % p == 0) {
      return p;
    }
  }
  return n;
}

/// exp(2πi k / n), with an argument below π/4 whatever the octant.
Complex root_of_unity(Index k, Index n) {
  const Index eighth = 8 * (k % n) / n;
  const Index steps = 8 * (k % n) - eighth * n;  // of 1/(8n), from the octant's first angle
  const auto angle = static_cast<double>((eighth % 2 == 0 ? steps : n - steps)) / static_cast<double>(n) * (std::numbers::pi / 4.0);
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  const Complex first = eighth % 4 == 0   ? Complex(c, s)
                        : eighth % 4 == 1 ? Complex(s, c)
                        : eighth % 4 == 2 ? Complex(-s, c)
                                          : Complex(-c, s);
  return eighth < 4 ? first : -first;
}

Line roots_of_unity(Index n) {
  Line roots(static_cast<std::size_t>(n));
  for (Index k = 0; k < n; ++k) {
    roots[static_cast<std::size_t>(k)] = root_of_unity(k, n);
  }
  return roots;
}

/// Unscaled sums with exp(+2πi j k / n).
class Dft {
 public:
  explicit Dft(Index n) : n_(n), roots_(roots_of_unity(n)) {}

  void operator()(Line& values) const {
    Line out(values.size());
    level(values.data(), 1, n_, out.data());
    values.swap(out);
  }

 private:
  /// Decimation in time: numbers `stride` apart, n of them.
  void level(const Complex* in, Index stride, Index n, Complex* out) const {
    if (n == 1) {
      *out = *in;
      return;
    }
    const Index radix = least_factor(n);
    if (radix > greatest_radix) {
      chirps(in, stride, n, out);
      return;
    }
    const Index rest = n / radix;
    for (Index r = 0; r < radix; ++r) {
      level(in + r * stride, stride * radix, rest, out + r * rest);
    }
    const Index step = n_ / n;
    Complex terms[greatest_radix];
    for (Index k = 0; k < rest; ++k) {
      for (Index r = 0; r < radix; ++r) {
        terms[r] = multiply(out[k + r * rest], root(r * k * step));
      }
      for (Index s = 0; s < radix; ++s) {
        Complex sum = terms[0];
        for (Index r = 1; r < radix; ++r) {
          sum += multiply(terms[r], root(r * s % radix * (n_ / radix)));
        }
        out[k + s * rest] = sum;
      }
    }
  }

  /// j k = (j² + k² − (k − j)²) / 2: a convolution with a chirp, of a length with small factors.
  static void chirps(const Complex* in, Index stride, Index n, Complex* out) {
    Index padded = 1;
    while (padded < 2 * n - 1) {
      padded *= 2;
    }
    const auto chirp = [n](Index j) { return root_of_unity(j * j % (2 * n), 2 * n); };
    Line a(static_cast<std::size_t>(padded));
    Line b(static_cast<std::size_t>(padded));
    for (Index j = 0; j < n; ++j) {
      a[static_cast<std::size_t>(j)] = multiply(in[j * stride], chirp(j));
      b[static_cast<std::size_t>(j)] = b[static_cast<std::size_t>((padded - j) % padded)] = std::conj(chirp(j));
    }
    const Dft dft(padded);
    dft(a);
    dft(b);
    for (Index j = 0; j < padded; ++j) {
      a[static_cast<std::size_t>(j)] = std::conj(multiply(a[static_cast<std::size_t>(j)], b[static_cast<std::size_t>(j)]));
    }
    dft(a);
    for (Index k = 0; k < n; ++k) {
      out[k] = multiply(std::conj(a[static_cast<std::size_t>(k)]) / static_cast<double>(padded), chirp(k));
    }
  }

  [[nodiscard]] const Complex& root(Index k) const { return roots_[static_cast<std::size_t>(k % n_)]; }

  Index n_;
  Line roots_;
};

/// Values of all wave numbers from the half that a real kernel's are given by.
template <class Value>
std::vector<Complex> whole_spectrum(std::span<const std::complex<Real<Value>>> given, std::span<const Index> extents) {
  if constexpr (is_complex<Value>) {
    return {given.begin(), given.end()};
  } else {
    const Index last = extents.back();
    const Index half = last / 2 + 1;
    const Index rows = static_cast<Index>(given.size()) / half;
    std::vector<Complex> whole;
    whole.reserve(static_cast<std::size_t>(rows * last));
    for (Index row = 0; row < rows; ++row) {
      Index mirrored = 0;
      for (Index d = 0, below = rows, rest = row; d + 1 < static_cast<Index>(extents.size()); ++d) {
        const Index extent = extents[static_cast<std::size_t>(d)];
        below /= extent;
        mirrored = mirrored * extent + (extent - rest / below) % extent;
        rest %= below;
      }
      for (Index k = 0; k < last; ++k) {
        const Index place = k < half ? row * half + k : mirrored * half + last - k;
        const auto value = static_cast<Complex>(given[static_cast<std::size_t>(place)]);
        whole.push_back(k < half ? value : std::conj(value));
      }
    }
    return whole;
  }
}

}  // namespace

void inverse_dft(std::span<std::complex<double>> values, std::span<const Index> extents) {
  auto inner = static_cast<Index>(values.size());
  Index outer = 1;
  for (const Index n : extents) {
    inner /= n;
    const Dft dft(n);
    Line line(static_cast<std::size_t>(n));
    for (Index i = 0; i < outer * inner; ++i) {
      Complex* const first = values.data() + i / inner * inner * n + i % inner;
      for (Index j = 0; j < n; ++j) {
        line[static_cast<std::size_t>(j)] = first[j * inner];
      }
      dft(line);
      for (Index j = 0; j < n; ++j) {
        first[j * inner] = line[static_cast<std::size_t>(j)] / static_cast<double>(n);
      }
    }
    outer *= n;
  }
}

template <class Value>
std::vector<Value> kernel_of_spectrum(std::span<const std::complex<Real<Value>>> spectrum, std::span<const Index> extents) {
  std::vector<Complex> values = whole_spectrum<Value>(spectrum, extents);
  inverse_dft(values, extents);
  std::vector<Value> kernel(values.size());
  std::ranges::transform(values, kernel.begin(), [](const Complex& value) {
    if constexpr (is_complex<Value>) {
      return static_cast<Value>(value);
    } else {
      return static_cast<Value>(value.real());
    }
  });
  return kernel;
}

template std::vector<float> kernel_of_spectrum<float>(std::span<const std::complex<float>>, std::span<const Index>);
template std::vector<double> kernel_of_spectrum<double>(std::span<const std::complex<double>>, std::span<const Index>);
template std::vector<std::complex<float>> kernel_of_spectrum<std::complex<float>>(std::span<const std::complex<float>>,
                                                                                  std::span<const Index>);
template std::vector<std::complex<double>> kernel_of_spectrum<std::complex<double>>(std::span<const std::complex<double>>,
                                                                                    std::span<const Index>);

}  // namespace kindred::fftconv
