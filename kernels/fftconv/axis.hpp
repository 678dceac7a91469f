#pragma once

#include <algorithm>
#include <array>
#include <complex>
#include <type_traits>
#include <vector>

#include <kindred/kernels/fftconv/description.hpp>

namespace kindred::fftconv {

/// One axis of a convolution, with those taps alone that take part in it:
///   y_i = Σ_k h_{skipped + k} x_{first + i − k},  0 ≤ i < outputs, 0 ≤ k < taps,
/// x zero outside [0, data); periodic: indices of x modulo data, and taps that lie `data` apart are summed beforehand.
struct Axis {
  Index data = 1;
  Index taps = 1;
  Index skipped = 0;
  Index first = 0;
  Index outputs = 1;
  bool periodic = false;
};

Axis axis_of(Mode mode, Index data, Index kernel);

/// The axis of the adjoint, x_j = Σ_i h_{first + i − j} y_i, as a convolution with the reversed taps.
Axis adjoint(const Axis& axis);

/// least_period(), which may be less here: taps that do not take part need no room.
Index least_period(const Axis& axis);

/// The axes of an array, preceded by axes of extent 1 up to three.
struct Geometry {
  std::array<Axis, 3> axes = {};
  int count = 1;
  std::array<Index, 3> kernel = {1, 1, 1};  ///< extents of the kernel as it is given

  [[nodiscard]] std::array<Index, 3> data() const { return {axes[0].data, axes[1].data, axes[2].data}; }
  [[nodiscard]] std::array<Index, 3> taps() const { return {axes[0].taps, axes[1].taps, axes[2].taps}; }
  [[nodiscard]] std::array<Index, 3> outputs() const { return {axes[0].outputs, axes[1].outputs, axes[2].outputs}; }
};

Geometry geometry_of(const Description& description);

/// Kernels that a plan takes.
constexpr Index kernels_of(const Description& d) { return (d.kernel_per_array ? d.batch : 1) * d.inputs; }

constexpr Index product(const std::array<Index, 3>& extents) { return extents[0] * extents[1] * extents[2]; }

/// A type with more digits, for sums that are rounded once.
template <class Value>
struct WiderOf {
  using type = std::conditional_t<std::is_same_v<Value, float>, double, long double>;
};
template <class Real>
struct WiderOf<std::complex<Real>> {
  using type = std::complex<typename WiderOf<Real>::type>;
};

/// The taps that take part, dense, of a kernel as it is given; folded along periodic axes.
template <class Value>
std::vector<Value> relevant_taps(const Geometry& geometry, const Value* kernel) {
  using Wider = typename WiderOf<Value>::type;
  const auto& [a, b, c] = geometry.axes;
  std::vector<Wider> sums(static_cast<std::size_t>(product(geometry.taps())));
  const auto place = [](const Axis& axis, Index k) { return axis.periodic ? k % axis.data : k - axis.skipped; };
  const auto takes_part = [&](const Axis& axis, Index k) { return place(axis, k) >= 0 && place(axis, k) < axis.taps; };
  for (Index i = 0; i < geometry.kernel[0]; ++i) {
    for (Index j = 0; j < geometry.kernel[1]; ++j) {
      for (Index k = 0; k < geometry.kernel[2]; ++k, ++kernel) {
        if (takes_part(a, i) && takes_part(b, j) && takes_part(c, k)) {
          sums[static_cast<std::size_t>((place(a, i) * b.taps + place(b, j)) * c.taps + place(c, k))] += Wider(*kernel);
        }
      }
    }
  }
  std::vector<Value> taps(sums.size());
  std::ranges::transform(sums, taps.begin(), [](const Wider& sum) { return static_cast<Value>(sum); });
  return taps;
}

}  // namespace kindred::fftconv
