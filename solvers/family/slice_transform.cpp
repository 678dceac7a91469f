#include <kindred/solvers/family/slice_transform.hpp>

#include <algorithm>
#include <complex>
#include <utility>

#include <kindred/kernels/multiversion.hpp>
#include <kindred/solvers/family/lane_stages.hpp>
#include <kindred/solvers/family/lane_transpose.hpp>

namespace kindred {
namespace {

/// Cells of a slice that are converted and transposed at a time: 16 lines of them stay in the innermost cache.
constexpr Index block = 256;

template <class Real>
[[gnu::always_inline]] inline void narrow_line(Index n, double scale, const double* values, const double* weights, Real* __restrict out) {
  if (weights == nullptr) {
    for (Index k = 0; k < n; ++k) {
      out[k] = static_cast<Real>(scale * values[k]);
    }
  } else {
    for (Index k = 0; k < n; ++k) {
      out[k] = static_cast<Real>(scale * (values[k] * weights[k]));
    }
  }
}

template <class Real>
[[gnu::always_inline]] inline void widen_line(Index n, double scale, const Real* in, const double* weights, double* __restrict values) {
  if (weights == nullptr) {
    for (Index k = 0; k < n; ++k) {
      values[k] = scale * static_cast<double>(in[k]);
    }
  } else {
    for (Index k = 0; k < n; ++k) {
      values[k] = scale * (static_cast<double>(in[k]) * weights[k]);
    }
  }
}

KINDRED_MULTIVERSION void narrow(Index n, double scale, const double* values, const double* weights, float* out) {
  narrow_line(n, scale, values, weights, out);
}
KINDRED_MULTIVERSION void narrow(Index n, double scale, const double* values, const double* weights, double* out) {
  narrow_line(n, scale, values, weights, out);
}
KINDRED_MULTIVERSION void widen(Index n, double scale, const float* in, const double* weights, double* values) {
  widen_line(n, scale, in, weights, values);
}
KINDRED_MULTIVERSION void widen(Index n, double scale, const double* in, const double* weights, double* values) {
  widen_line(n, scale, in, weights, values);
}

/// Rows that lie `from` and `to` numbers apart.
template <class Real>
void copy_rows(Index count, const Real* in, Index from, Real* out, Index to) {
  for (Index k = 0; k < count; ++k) {
    std::copy_n(in + k * from, row_size<Real>, out + k * to);
  }
}

template <class Real>
std::vector<Real> interleave(const AxisTransform::Combination& c) {
  std::vector<Real> all;
  for (std::size_t k = 0; k < c.direct_re.size(); ++k) {
    for (const double part : {c.direct_re[k], c.direct_im[k], c.mirror_re[k], c.mirror_im[k]}) {
      all.push_back(static_cast<Real>(part));
    }
  }
  return all;
}

}  // namespace

template <class Real>
SliceTransform<Real>::SliceTransform(const std::vector<ConstantAxis>& axes) {
  position_ = {0};
  std::vector<std::complex<double>> weights{1.0};
  for (const ConstantAxis& axis : axes) {
    const AxisTransform& t = axes_.emplace_back(axis_transform(axis));
    fourier_.emplace_back(t.length);
    forward_.push_back(interleave<Real>(t.forward));
    backward_.push_back(interleave<Real>(t.backward));
    cells_ *= t.cells;
    modes_ *= t.length;
    padded_ = padded_ || t.length != t.cells;
    std::vector<Index> positions;
    std::vector<std::complex<double>> products;
    for (std::size_t outer = 0; outer < position_.size(); ++outer) {
      for (std::size_t j = 0; j < t.position.size(); ++j) {
        positions.push_back(position_[outer] * t.length + t.position[j]);
        products.push_back(weights[outer] * t.weight[j]);
      }
    }
    position_ = std::move(positions);
    weights = std::move(products);
  }
  const bool real = std::ranges::all_of(weights, [](const auto& w) { return w.imag() == 0.0; });
  complex_weight_.resize(real ? 0 : static_cast<std::size_t>(2 * modes_));
  for (std::size_t j = 0; j < weights.size(); ++j) {
    weight_re_.push_back(real ? static_cast<Real>(weights[j].real()) : Real{1});
    if (!real) {
      complex_weight_[static_cast<std::size_t>(2 * position_[j])] = static_cast<Real>(weights[j].real());
      complex_weight_[static_cast<std::size_t>(2 * position_[j] + 1)] = static_cast<Real>(weights[j].imag());
    }
  }
  Index longest = 0;
  for (const AxisTransform& t : axes_) {
    longest = std::max(longest, t.length);
  }
  rows_.resize(static_cast<std::size_t>(modes_ * row_size<Real>));
  line_.resize(static_cast<std::size_t>(longest * row_size<Real>));
  other_.resize(line_.size());
  lines_.resize(static_cast<std::size_t>(batch * block));
}

/// Line by line, so that all steps find their rows in the innermost cache.
template <class Real>
template <class Steps>
void SliceTransform<Real>::for_each_line(Steps steps) {
  Index stride = row_size<Real>;
  for (std::size_t axis = axes_.size(); axis-- > 0;) {
    const Index length = axes_[axis].length;
    const Index group = length * stride;
    for (Index start = 0; start < modes_ * row_size<Real>; start += group) {
      for (Index first = start; first < start + stride; first += row_size<Real>) {
        Real* const place = rows_.data() + first;
        Real* line = place;
        if (stride > row_size<Real>) {
          line = line_.data();
          copy_rows(length, place, stride, line, row_size<Real>);
        }
        const Real* const result = steps(axis, line);
        if (result != place) {
          copy_rows(length, result, row_size<Real>, place, stride);
        }
      }
    }
    stride = group;
  }
}

template <class Real>
void SliceTransform<Real>::apply_weights() {
  if (!complex_weight_.empty()) {
    for (Index k = 0; k < modes_; ++k) {
      Real* const row = rows_.data() + k * row_size<Real>;
      multiply_row(row, complex_weight_.data() + 2 * k, false, row);
    }
  }
}

template <class Real>
void SliceTransform<Real>::forward(Index count, double scale, const double* values, const double* weights, Real* modes, Index stride) {
  if (padded_) {
    std::ranges::fill(rows_, Real{0});
  }
  std::fill(lines_.begin() + count * block, lines_.end(), Real{0});
  for (Index start = 0; start < cells_; start += block) {
    const Index n = std::min(block, cells_ - start);
    for (Index l = 0; l < count; ++l) {
      const Index at = l * cells_ + start;
      narrow(n, scale, values + at, weights == nullptr ? nullptr : weights + at, lines_.data() + l * block);
    }
    lines_to_places(n, lines_.data(), block, position_.data() + start, weight_re_.data() + start, rows_.data());
  }
  apply_weights();
  for_each_line([this](std::size_t axis, Real* line) {
    Real* const result = fourier_[axis](line, other_.data());
    combine_line(axes_[axis].length, axes_[axis].mirror_about_zero, forward_[axis].data(), result);
    return result;
  });
  rows_to_lines(modes_, rows_.data(), stride, modes);
}

template <class Real>
void SliceTransform<Real>::backward(Index count, double scale, const Real* modes, Index stride, const double* weights, double* values) {
  lines_to_rows(modes_, modes, stride, rows_.data());
  for_each_line([this](std::size_t axis, Real* line) {
    combine_line(axes_[axis].length, axes_[axis].mirror_about_zero, backward_[axis].data(), line);
    return fourier_[axis](line, other_.data());
  });
  apply_weights();
  for (Index start = 0; start < cells_; start += block) {
    const Index n = std::min(block, cells_ - start);
    places_to_lines(n, rows_.data(), position_.data() + start, weight_re_.data() + start, block, lines_.data());
    for (Index l = 0; l < count; ++l) {
      const Index at = l * cells_ + start;
      widen(n, scale, lines_.data() + l * block, weights == nullptr ? nullptr : weights + at, values + at);
    }
  }
}

template <class Real>
std::size_t SliceTransform<Real>::bytes() const {
  std::size_t reals = rows_.size() + line_.size() + other_.size() + lines_.size() + weight_re_.size() + complex_weight_.size();
  std::size_t total = sizeof(Index) * position_.size();
  for (std::size_t a = 0; a < axes_.size(); ++a) {
    reals += forward_[a].size() + backward_[a].size();
    total += fourier_[a].bytes();
  }
  return total + sizeof(Real) * reals;
}

template class SliceTransform<float>;
template class SliceTransform<double>;

}  // namespace kindred
