#pragma once

#include <cmath>
#include <complex>
#include <cstring>
#include <vector>

#include <kindred/kernels/fftconv/cuda/pipeline.hpp>

// An executor of the pipelines of GPUs on a processor: threads one after another, transforms by their definition, callbacks where they
// would be called.

namespace fftconv_test {

using kindred::Index;
namespace device = kindred::fftconv::device;

/// X_k = Σ_j exp(∓2πi j k / n) x_j of numbers `stride` apart.
inline void dft(std::complex<double>* x, Index n, Index stride, bool inverse) {
  std::vector<std::complex<double>> roots(static_cast<std::size_t>(n));
  for (Index j = 0; j < n; ++j) {
    const long double angle =
        (inverse ? 2.0L : -2.0L) * 3.14159265358979323846264338327950288L * static_cast<long double>(j) / static_cast<long double>(n);
    roots[static_cast<std::size_t>(j)] = {static_cast<double>(std::cos(angle)), static_cast<double>(std::sin(angle))};
  }
  std::vector<std::complex<double>> sums(static_cast<std::size_t>(n));
  for (Index k = 0; k < n; ++k) {
    for (Index j = 0; j < n; ++j) {
      sums[static_cast<std::size_t>(k)] += roots[static_cast<std::size_t>(j * k % n)] * x[j * stride];
    }
  }
  for (Index k = 0; k < n; ++k) {
    x[k * stride] = sums[static_cast<std::size_t>(k)];
  }
}

template <class Value>
class Emulator {
 public:
  using Number = device::Element<Value>;
  using Real = typename device::ElementOf<Value>::Real;
  using Complex = device::Complex<Real>;
  struct Fft {
    device::Transform transform;
    device::Callbacks callbacks;
  };

  static Fft plan(const device::Transform& transform, device::Callbacks callbacks) { return {transform, callbacks}; }

  template <class Step>
  static void run(const Step& step) {
    for (Index row = step.rows(); row-- > 0;) {  // no row needs another
      const auto line = step.line(row);
      for (Index column = 0; column < step.columns(); ++column) {
        line(column);
      }
    }
  }

  static void exchange(const device::PlaneExchange<Real>& step) {
    std::vector<Complex> fast(static_cast<std::size_t>(step.shared));
    for (Index tile = 0; tile < step.tiles(); ++tile) {
      for (int thread = 0; thread < step.threads; ++thread) {
        step.load(tile, thread, fast.data());
      }
      for (int thread = 0; thread < step.threads; ++thread) {
        step.store(tile, thread, fast.data());
      }
    }
  }

  void set_callbacks(const device::CallbackData<Value>& data) { data_ = data; }

  void transform(const Fft& fft, void* data) const {
    const device::Transform& t = fft.transform;
    const Index waves = t.real ? t.extents[2] / 2 + 1 : t.extents[2];
    const Index rows = t.extents[0] * t.extents[1];
    std::vector<std::complex<double>> all(static_cast<std::size_t>(t.batch * rows * t.extents[2]));
    for (Index b = 0; b < t.batch; ++b) {
      std::complex<double>* const array = all.data() + b * rows * t.extents[2];
      for (Index row = 0; row < rows; ++row) {
        load_row(fft, data, b, row, waves, array + row * t.extents[2]);
      }
      if (t.real && t.inverse) {
        complete(t, waves, array);
      }
      for (Index row = 0; row < rows; ++row) {
        dft(array + row * t.extents[2], t.extents[2], 1, t.inverse);
      }
      for (Index i = 0; i < t.extents[0]; ++i) {
        for (Index k = 0; k < t.extents[2]; ++k) {
          dft(array + i * t.extents[1] * t.extents[2] + k, t.extents[1], t.extents[2], t.inverse);
        }
      }
      for (Index jk = 0; jk < t.extents[1] * t.extents[2]; ++jk) {
        dft(array + jk, t.extents[0], t.extents[1] * t.extents[2], t.inverse);
      }
    }
    for (Index b = 0; b < t.batch; ++b) {
      for (Index row = 0; row < rows; ++row) {
        store_row(fft, data, b, row, waves, all.data() + (b * rows + row) * t.extents[2]);
      }
    }
  }

 private:
  static Index complex_offset(const device::Transform& t, Index b, Index row, Index waves, Index k) {
    return b * t.distance + (row * waves + k) * t.stride;
  }
  static Index real_offset(const device::Transform& t, Index b, Index row, Index waves, Index k) {
    return 2 * b * t.distance + row * 2 * waves + k;
  }

  void load_row(const Fft& fft, const void* data, Index b, Index row, Index waves, std::complex<double>* to) const {
    const device::Transform& t = fft.transform;
    const Index count = t.real && t.inverse ? waves : t.extents[2];
    for (Index k = 0; k < count; ++k) {
      if (t.real && !t.inverse) {
        const Index at = real_offset(t, b, row, waves, k);
        if constexpr (std::is_same_v<Value, Real>) {
          to[k] = fft.callbacks.load == device::LoadCallback::padded ? data_.load_padded(static_cast<std::uint32_t>(at))
                                                                     : static_cast<const Real*>(data)[at];
        }
        continue;
      }
      const Index at = complex_offset(t, b, row, waves, k);
      Complex value = static_cast<const Complex*>(data)[at];
      if (fft.callbacks.load == device::LoadCallback::product) {
        value = data_.load_product(static_cast<std::uint32_t>(at));
      } else if constexpr (!std::is_same_v<Value, Real>) {
        if (fft.callbacks.load == device::LoadCallback::padded) {
          value = data_.load_padded(static_cast<std::uint32_t>(at));
        }
      }
      to[k] = {value.re, value.im};
    }
  }

  void store_row(const Fft& fft, void* data, Index b, Index row, Index waves, const std::complex<double>* from) const {
    const device::Transform& t = fft.transform;
    const Index count = t.real && !t.inverse ? waves : t.extents[2];
    for (Index k = 0; k < count; ++k) {
      if (t.real && t.inverse) {
        const Index at = real_offset(t, b, row, waves, k);
        if constexpr (std::is_same_v<Value, Real>) {
          const auto value = static_cast<Real>(from[k].real());
          if (fft.callbacks.store) {
            data_.store_cropped(static_cast<std::uint32_t>(at), value);
          } else {
            static_cast<Real*>(data)[at] = value;
          }
        }
        continue;
      }
      const Index at = complex_offset(t, b, row, waves, k);
      const Complex value{static_cast<Real>(from[k].real()), static_cast<Real>(from[k].imag())};
      if constexpr (!std::is_same_v<Value, Real>) {
        if (fft.callbacks.store) {
          data_.store_cropped(static_cast<std::uint32_t>(at), value);
          continue;
        }
      }
      static_cast<Complex*>(data)[at] = value;
    }
  }

  /// The other half of a spectrum of real numbers.
  static void complete(const device::Transform& t, Index waves, std::complex<double>* array) {
    const auto mirrored = [](Index k, Index n) { return k == 0 ? 0 : n - k; };
    for (Index i = 0; i < t.extents[0]; ++i) {
      for (Index j = 0; j < t.extents[1]; ++j) {
        for (Index k = waves; k < t.extents[2]; ++k) {
          const Index other = (mirrored(i, t.extents[0]) * t.extents[1] + mirrored(j, t.extents[1])) * t.extents[2] + t.extents[2] - k;
          array[(i * t.extents[1] + j) * t.extents[2] + k] = std::conj(array[other]);
        }
      }
    }
  }

  device::CallbackData<Value> data_;
};

}  // namespace fftconv_test
