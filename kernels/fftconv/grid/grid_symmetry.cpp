#include <kindred/kernels/fftconv/grid/grid_symmetry.hpp>

#include <tuple>

#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

/// The taps and the axes they lie on; taps beyond the given ones are zero.
template <class Value>
struct Taps {
  const GridLayout& layout;
  const std::vector<Value>& values;

  [[nodiscard]] Value at(Index i, Index j, Index k) const {
    const Index a = layout.x.source(i);
    const Index b = layout.y.source(j);
    const Index c = layout.z.source(k);
    return a < 0 || b < 0 || c < 0 ? Value(0) : values[static_cast<std::size_t>((a * layout.y.given + b) * layout.z.given + c)];
  }

  /// Whether every tap is what `mirrored` says of its indices; axes that are mirrored must have centres.
  template <class Mirrored>
  [[nodiscard]] bool all(const Mirrored& mirrored) const {
    for (Index i = 0; i < layout.x.taps; ++i) {
      for (Index j = 0; j < layout.y.taps; ++j) {
        for (Index k = 0; k < layout.z.taps; ++k) {
          if (at(i, j, k) != mirrored(i, j, k)) {
            return false;
          }
        }
      }
    }
    return true;
  }
};

bool has_centre(const GridAxis& axis) { return axis.partner(0) >= 0; }

}  // namespace

template <class Value>
Symmetry symmetry_of(const GridLayout& layout, const std::vector<Value>& values) {
  const Taps<Value> taps{layout, values};
  const auto& [x, y, z] = std::tie(layout.x, layout.y, layout.z);
  return {.hermitian = has_centre(x) && has_centre(y) && has_centre(z) &&
                       taps.all([&](Index i, Index j, Index k) { return conjugate(taps.at(x.partner(i), y.partner(j), z.partner(k))); }),
          .even_x = has_centre(x) && taps.all([&](Index i, Index j, Index k) { return taps.at(x.partner(i), j, k); }),
          .even_y = has_centre(y) && taps.all([&](Index i, Index j, Index k) { return taps.at(i, y.partner(j), k); })};
}

template <class Value>
Symmetry symmetry_of_spectrum(const GridLayout& layout, std::span<const std::complex<Real<Value>>> spectrum) {
  const Index nx = layout.x.data;
  const Index ny = layout.y.data;
  const Index nz = static_cast<Index>(spectrum.size()) / (nx * ny);
  const auto at = [&](Index i, Index j, Index k) { return spectrum[static_cast<std::size_t>((i * ny + j) * nz + k)]; };
  Symmetry symmetry;
  for (Index i = 0; i < nx; ++i) {
    for (Index j = 0; j < ny; ++j) {
      for (Index k = 0; k < nz; ++k) {
        symmetry.hermitian = symmetry.hermitian && at(i, j, k).imag() == 0;
        symmetry.even_x = symmetry.even_x && at(i, j, k) == at((nx - i) % nx, j, k);
        symmetry.even_y = symmetry.even_y && at(i, j, k) == at(i, (ny - j) % ny, k);
      }
    }
  }
  return symmetry;
}

template <class Value>
void impose(const Symmetry& symmetry, const GridLayout& layout, std::vector<Value>& taps) {
  const Index nx = layout.x.data;
  const Index ny = layout.y.data;
  const Index nz = layout.z.data;
  const auto at = [&](Index i, Index j, Index k) -> Value& { return taps[static_cast<std::size_t>((i * ny + j) * nz + k)]; };
  const auto average = [&](const auto& mirrored, const auto& conjugated) {
    for (Index i = 0; i < nx; ++i) {
      for (Index j = 0; j < ny; ++j) {
        for (Index k = 0; k < nz; ++k) {
          const auto [a, b, c] = mirrored(i, j, k);
          const Value mean = (at(i, j, k) + conjugated(at(a, b, c))) / Value(2);
          at(i, j, k) = mean;
          at(a, b, c) = conjugated(mean);
        }
      }
    }
  };
  using Place = std::array<Index, 3>;
  const auto same = [](const Value& value) { return value; };
  if (symmetry.even_x) {
    average([&](Index i, Index j, Index k) { return Place{(nx - i) % nx, j, k}; }, same);
  }
  if (symmetry.even_y) {
    average([&](Index i, Index j, Index k) { return Place{i, (ny - j) % ny, k}; }, same);
  }
  if (symmetry.hermitian) {
    average([&](Index i, Index j, Index k) { return Place{(nx - i) % nx, (ny - j) % ny, (nz - k) % nz}; }, conjugate<Value>);
  }
}

#define KINDRED_INSTANTIATE(Value)                                                                              \
  template Symmetry symmetry_of(const GridLayout&, const std::vector<Value>&);                                  \
  template Symmetry symmetry_of_spectrum<Value>(const GridLayout&, std::span<const std::complex<Real<Value>>>); \
  template void impose(const Symmetry&, const GridLayout&, std::vector<Value>&);
KINDRED_INSTANTIATE(float)
KINDRED_INSTANTIATE(double)
KINDRED_INSTANTIATE(std::complex<float>)
KINDRED_INSTANTIATE(std::complex<double>)
#undef KINDRED_INSTANTIATE

}  // namespace kindred::fftconv
