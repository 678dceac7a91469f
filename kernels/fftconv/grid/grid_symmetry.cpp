#include <kindred/kernels/fftconv/grid/grid_symmetry.hpp>

#include <kindred/kernels/fftconv/scalar.hpp>

namespace kindred::fftconv {
namespace {

/// The taps of a layout's axes; those beyond the given ones are zero.
template <class Value>
class Taps {
 public:
  Taps(const GridLayout& layout, const std::vector<Value>& values) : layout_(layout), values_(values) {
    for (Index k = 0; k < layout.z.taps; ++k) {
      along_.push_back(layout.z.source(k));
      mirrored_.push_back(layout.z.partner(k) < 0 ? -1 : layout.z.source(layout.z.partner(k)));
    }
  }

  /// Whether every tap is `image` of the one that lies mirrored along some axes, which must have centres.
  template <class Image>
  [[nodiscard]] bool equal(bool x, bool y, bool z, const Image& image) const {
    for (Index i = 0; i < layout_.x.taps; ++i) {
      for (Index j = 0; j < layout_.y.taps; ++j) {
        const Value* const row = line(i, j);
        const Value* const other = line(x ? layout_.x.partner(i) : i, y ? layout_.y.partner(j) : j);
        for (std::size_t k = 0; k < along_.size(); ++k) {
          if (at(row, along_[k]) != image(at(other, z ? mirrored_[k] : along_[k]))) {
            return false;
          }
        }
      }
    }
    return true;
  }

 private:
  [[nodiscard]] const Value* line(Index i, Index j) const {
    const Index a = layout_.x.source(i);
    const Index b = layout_.y.source(j);
    return a < 0 || b < 0 ? nullptr : values_.data() + (a * layout_.y.given + b) * layout_.z.given;
  }
  static Value at(const Value* line, Index k) { return line == nullptr || k < 0 ? Value(0) : line[k]; }

  const GridLayout& layout_;
  const std::vector<Value>& values_;
  std::vector<Index> along_, mirrored_;
};

bool has_centre(const GridAxis& axis) { return axis.partner(0) >= 0; }

}  // namespace

template <class Value>
Symmetry symmetry_of(const GridLayout& layout, const std::vector<Value>& values) {
  const Taps<Value> taps(layout, values);
  const bool x = has_centre(layout.x);
  const bool y = has_centre(layout.y);
  const auto same = [](const Value& value) { return value; };
  return {.hermitian = x && y && has_centre(layout.z) && taps.equal(true, true, true, conjugate<Value>),
          .even_x = x && taps.equal(true, false, false, same),
          .even_y = y && taps.equal(false, true, false, same)};
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

template Symmetry symmetry_of(const GridLayout&, const std::vector<float>&);
template Symmetry symmetry_of_spectrum<float>(const GridLayout&, std::span<const std::complex<float>>);
template void impose(const Symmetry&, const GridLayout&, std::vector<float>&);
template Symmetry symmetry_of(const GridLayout&, const std::vector<double>&);
template Symmetry symmetry_of_spectrum<double>(const GridLayout&, std::span<const std::complex<double>>);
template void impose(const Symmetry&, const GridLayout&, std::vector<double>&);
template Symmetry symmetry_of(const GridLayout&, const std::vector<std::complex<float>>&);
template Symmetry symmetry_of_spectrum<std::complex<float>>(const GridLayout&, std::span<const std::complex<float>>);
template void impose(const Symmetry&, const GridLayout&, std::vector<std::complex<float>>&);
template Symmetry symmetry_of(const GridLayout&, const std::vector<std::complex<double>>&);
template Symmetry symmetry_of_spectrum<std::complex<double>>(const GridLayout&, std::span<const std::complex<double>>);
template void impose(const Symmetry&, const GridLayout&, std::vector<std::complex<double>>&);

}  // namespace kindred::fftconv
