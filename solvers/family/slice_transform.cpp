#include <kindred/solvers/family/slice_transform.hpp>

#include <algorithm>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>

namespace kindred {
namespace {

/// Complex numbers of one batch: 64 KiB, which stay in the cache between the
/// steps.
constexpr Index batch_target = 4096;
constexpr Index largest_batch = 8;

/// One line of complex numbers (interleaved) and its mirror image, combined
/// into two real lines.
KINDRED_MULTIVERSION void combine_split(Index n, Index mirror_start, const double* v, const double* dr, const double* di, const double* mr,
                                        const double* mi, double* __restrict first, double* __restrict second) {
  const double* mirror = v + 2 * mirror_start;
  for (Index k = 0; k < n; ++k) {
    const double a = v[2 * k];
    const double b = v[2 * k + 1];
    const double p = mirror[-2 * k];
    const double q = mirror[-2 * k + 1];
    first[k] = (dr[k] * a - di[k] * b) + (mr[k] * p - mi[k] * q);
    second[k] = (dr[k] * b + di[k] * a) + (mr[k] * q + mi[k] * p);
  }
}

/// Two real lines and their mirror images, combined into one complex line
/// (interleaved).
KINDRED_MULTIVERSION void combine_join(Index n, Index mirror_start, const double* first, const double* second, const double* dr,
                                       const double* di, const double* mr, const double* mi, double* __restrict v) {
  const double* first_mirror = first + mirror_start;
  const double* second_mirror = second + mirror_start;
  for (Index k = 0; k < n; ++k) {
    const double a = first[k];
    const double b = second[k];
    const double p = first_mirror[-k];
    const double q = second_mirror[-k];
    v[2 * k] = (dr[k] * a - di[k] * b) + (mr[k] * p - mi[k] * q);
    v[2 * k + 1] = (dr[k] * b + di[k] * a) + (mr[k] * q + mi[k] * p);
  }
}

struct Coefficient {
  double direct_re, direct_im, mirror_re, mirror_im;
};

Coefficient coefficient(const AxisTransform::Combination& c, Index k) {
  const auto i = static_cast<std::size_t>(k);
  return {c.direct_re[i], c.direct_im[i], c.mirror_re[i], c.mirror_im[i]};
}

/// Lines k and partner(k) of complex numbers, combined in place; `other` equals
/// `line` where k is its own partner.
KINDRED_MULTIVERSION void combine_lines(Index n, double* line, double* other, Coefficient c, Coefficient o) {
  for (Index k = 0; k < 2 * n; k += 2) {
    const double a = line[k];
    const double b = line[k + 1];
    const double p = other[k];
    const double q = other[k + 1];
    other[k] = (o.direct_re * p - o.direct_im * q) + (o.mirror_re * a - o.mirror_im * b);
    other[k + 1] = (o.direct_re * q + o.direct_im * p) + (o.mirror_re * b + o.mirror_im * a);
    line[k] = (c.direct_re * a - c.direct_im * b) + (c.mirror_re * p - c.mirror_im * q);
    line[k + 1] = (c.direct_re * b + c.direct_im * a) + (c.mirror_re * q + c.mirror_im * p);
  }
}

/// All lines of a slice along its slow axis. @param n length of a line
void combine_slow(const AxisTransform& t, const AxisTransform::Combination& c, Index n, double* v) {
  for (Index k = 0; k < t.length; ++k) {
    const Index partner = t.partner(k);
    if (partner >= k) {
      combine_lines(n, v + 2 * n * k, v + 2 * n * partner, coefficient(c, k), coefficient(c, partner));
    }
  }
}

/// Applies `line(k count, where the mirror starts, first mode)` to a whole
/// line: the mode that is its own mirror image comes first.
template <class Line>
void for_line(const AxisTransform& t, Line line) {
  if (t.mirror_about_zero) {
    line(Index{1}, Index{0}, Index{0});
    if (t.length > 1) {
      line(t.length - 1, t.length - 2, Index{1});
    }
  } else {
    line(t.length, t.length - 1, Index{0});
  }
}

}  // namespace

SliceTransform::SliceTransform(const std::vector<ConstantAxis>& axes, PlanEffort effort) {
  for (const ConstantAxis& axis : axes) {
    axes_.push_back(axis_transform(axis));
  }
  position_ = {0};
  std::vector<std::complex<double>> weights{1.0};
  for (const AxisTransform& t : axes_) {
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
  for (const auto& w : weights) {
    weight_re_.push_back(w.real());
    weight_im_.push_back(w.imag());
    real_weights_ = real_weights_ && w.imag() == 0.0;
  }
  batch_ = std::clamp(batch_target / modes_, Index{1}, largest_batch);
  buffer_ = fftw::Buffer(2 * modes_ * batch_);
  std::fill_n(buffer_.data(), buffer_.size(), 0.0);
  full_ = make_plan(batch_, effort);
  single_ = make_plan(1, effort);
}

SliceTransform::Plan SliceTransform::make_plan(Index pairs, PlanEffort effort) {
  if (axes_.empty()) {
    return nullptr;
  }
  std::vector<int> lengths;
  for (const AxisTransform& t : axes_) {
    lengths.push_back(static_cast<int>(t.length));
  }
  const unsigned flags = effort == PlanEffort::estimate ? FFTW_ESTIMATE : effort == PlanEffort::measure ? FFTW_MEASURE : FFTW_PATIENT;
  auto* data = reinterpret_cast<fftw_complex*>(buffer_.data());
  const auto distance = static_cast<int>(modes_);
  const std::scoped_lock lock(fftw::planner_mutex());
  // FFTW_UNALIGNED where places after the first may not have the buffer's
  // alignment and are transformed on their own.
  const unsigned alignment = pairs == 1 && modes_ % 4 != 0 ? FFTW_UNALIGNED : 0U;
  Plan plan(fftw_plan_many_dft(static_cast<int>(lengths.size()), lengths.data(), static_cast<int>(pairs), data, nullptr, 1, distance, data,
                               nullptr, 1, distance, FFTW_FORWARD, flags | alignment));
  if (plan == nullptr) {
    throw Error("FFTW cannot plan this complex transform");
  }
  return plan;
}

void SliceTransform::load(Index pair, const double* first, const double* second, const double* first_weights,
                          const double* second_weights) {
  double* const v = place(pair);
  if (padded_) {
    std::fill_n(v, 2 * modes_, 0.0);
  }
  const auto value = [](const double* slice, const double* weights, std::size_t j) {
    return slice == nullptr ? 0.0 : weights == nullptr ? slice[j] : slice[j] * weights[j];
  };
  const auto put = [&](auto multiply) {
    for (std::size_t j = 0; j < position_.size(); ++j) {
      double* const target = v + 2 * position_[j];
      multiply(j, value(first, first_weights, j), value(second, second_weights, j), target);
    }
  };
  if (real_weights_) {
    put([this](std::size_t j, double a, double b, double* target) {
      target[0] = weight_re_[j] * a;
      target[1] = weight_re_[j] * b;
    });
  } else {
    put([this](std::size_t j, double a, double b, double* target) {
      target[0] = weight_re_[j] * a - weight_im_[j] * b;
      target[1] = weight_re_[j] * b + weight_im_[j] * a;
    });
  }
}

void SliceTransform::transform(Index pairs) {
  if (axes_.empty()) {
    return;
  }
  if (pairs == batch_) {
    fftw_execute(full_.get());
    return;
  }
  for (Index pair = 0; pair < pairs; ++pair) {
    auto* data = reinterpret_cast<fftw_complex*>(place(pair));
    fftw_execute_dft(single_.get(), data, data);
  }
}

void SliceTransform::to_modes(Index pair, double* first, double* second) {
  double* const v = place(pair);
  if (axes_.empty()) {
    *first = v[0];
    *second = v[1];
    return;
  }
  const AxisTransform& fast = axes_.back();
  if (axes_.size() == 2) {
    combine_slow(axes_.front(), axes_.front().forward, fast.length, v);
  }
  const auto& c = fast.forward;
  for (Index row = 0; row < modes_; row += fast.length) {
    for_line(fast, [&](Index count, Index mirror, Index k) {
      combine_split(count, mirror, v + 2 * (row + k), c.direct_re.data() + k, c.direct_im.data() + k, c.mirror_re.data() + k,
                    c.mirror_im.data() + k, first + row + k, second + row + k);
    });
  }
}

void SliceTransform::from_modes(Index pair, const double* first, const double* second) {
  double* const v = place(pair);
  if (axes_.empty()) {
    v[0] = *first;
    v[1] = *second;
    return;
  }
  const AxisTransform& fast = axes_.back();
  const auto& c = fast.backward;
  for (Index row = 0; row < modes_; row += fast.length) {
    for_line(fast, [&](Index count, Index mirror, Index k) {
      combine_join(count, mirror, first + row + k, second + row + k, c.direct_re.data() + k, c.direct_im.data() + k, c.mirror_re.data() + k,
                   c.mirror_im.data() + k, v + 2 * (row + k));
    });
  }
  if (axes_.size() == 2) {
    combine_slow(axes_.front(), axes_.front().backward, fast.length, v);
  }
}

void SliceTransform::store(Index pair, double scale, double* first, double* second, const double* first_weights,
                           const double* second_weights) {
  const double* const v = place(pair);
  const auto weighted = [scale](const double* weights, std::size_t j, double x) {
    return scale * (weights == nullptr ? x : x * weights[j]);
  };
  for (std::size_t j = 0; j < position_.size(); ++j) {
    const double* const source = v + 2 * position_[j];
    first[j] = weighted(first_weights, j, weight_re_[j] * source[0] - weight_im_[j] * source[1]);
    if (second != nullptr) {
      second[j] = weighted(second_weights, j, weight_re_[j] * source[1] + weight_im_[j] * source[0]);
    }
  }
}

std::size_t SliceTransform::bytes() const { return sizeof(double) * (static_cast<std::size_t>(buffer_.size()) + 3 * position_.size()); }

}  // namespace kindred
