#include <kindred/kernels/fftconv/direct.hpp>

#include <algorithm>

#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/correlate.hpp>
#include <kindred/kernels/fftconv/cost_model.hpp>
#include <kindred/kernels/fftconv/inverse_dft.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

namespace kindred::fftconv {
namespace {

/// ext_t = x_{first − (taps − 1) + begin + t}, 0 ≤ t < count: the numbers that outputs from `begin` on meet, with zeros or the period
/// around them. Each number is a row of `row` values.
template <class Value>
void extend(const Axis& axis, const Value* x, Index begin, Index count, Index row, Value* ext) {
  const Index from = axis.first - (axis.taps - 1) + begin;
  for (Index t = 0; t < count; ++t) {
    const Index place = from + t;
    if (axis.periodic) {
      const Index wrapped = ((place % axis.data) + axis.data) % axis.data;
      std::copy_n(x + wrapped * row, row, ext + t * row);
    } else if (place < 0 || place >= axis.data) {
      std::fill_n(ext + t * row, row, Value(0));
    } else {
      std::copy_n(x + place * row, row, ext + t * row);
    }
  }
}

/// Numbers that all outputs meet.
Index extended(const Axis& axis) { return axis.outputs + axis.taps - 1; }

template <class Value>
class Direct final : public Convolver<Value> {
 public:
  explicit Direct(const Description& description) : description_(description), geometry_(geometry_of(description)), adjoint_(geometry_) {
    for (Axis& axis : adjoint_.axes) {
      axis = adjoint(axis);
    }
  }

  void set_kernel(std::span<const Value> taps, Index kernels) override {
    const auto size = static_cast<Index>(taps.size()) / kernels;
    reversed_.clear();
    conjugates_.clear();
    for (Index kernel = 0; kernel < kernels; ++kernel) {
      const std::vector<Value> relevant = relevant_taps(geometry_, taps.data() + kernel * size);
      reversed_.insert(reversed_.end(), relevant.rbegin(), relevant.rend());
      std::ranges::transform(relevant, std::back_inserter(conjugates_), [](const Value& tap) { return conjugate(tap); });
    }
  }

  void set_spectrum(std::span<const std::complex<Real<Value>>> spectrum) override {
    set_kernel(kernel_of_spectrum<Value>(spectrum, description_.data), 1);
  }

  void apply(std::span<const Value* const> in, Index first_kernel, Value* out, std::byte* workspace, int threads) const override {
    for (std::size_t j = 0; j < in.size(); ++j) {
      const Value* taps = reversed_.data() + (first_kernel + static_cast<Index>(j)) * product(geometry_.taps());
      correlate_array(geometry_, in[j], taps, out, j > 0, workspace, threads);
    }
  }

  void apply_adjoint(const Value* in, Index first_kernel, std::span<Value* const> out, std::byte* workspace, int threads) const override {
    for (std::size_t j = 0; j < out.size(); ++j) {
      const Value* taps = conjugates_.data() + (first_kernel + static_cast<Index>(j)) * product(geometry_.taps());
      correlate_array(adjoint_, in, taps, out[j], false, workspace, threads);
    }
  }

  [[nodiscard]] std::size_t workspace_bytes(int /*threads*/) const override {
    return std::max(workspace_of(geometry_), workspace_of(adjoint_));
  }

  [[nodiscard]] Report describe() const override {
    Report report;
    report.spectrum_bytes = static_cast<std::size_t>(2 * kernels_of(description_) * product(geometry_.taps())) * sizeof(Value);
    report.predicted_bytes =
        static_cast<double>((product(geometry_.data()) * description_.inputs + product(geometry_.outputs())) * Index{sizeof(Value)});
    report.predicted_seconds = direct_seconds<Value>(geometry_) * static_cast<double>(description_.inputs);
    report.instruction_set = "widest found";
    return report;
  }

 private:
  /// One axis: only the numbers that the edges' outputs meet are copied; at most 2 (taps − 1) of them for each edge.
  static bool line(const Geometry& geometry) { return geometry.count == 1 && geometry.axes[2].data >= geometry.axes[2].taps; }

  static std::size_t workspace_of(const Geometry& geometry) {
    const auto& [a, b, c] = geometry.axes;
    return line(geometry) ? aligned_bytes<Value>(2 * c.taps)
                          : aligned_bytes<Value>(extended(a) * extended(b) * extended(c) + extended(b) * c.data + extended(c));
  }

  void correlate_array(const Geometry& geometry, const Value* in, const Value* taps, Value* out, bool add, std::byte* workspace,
                       int threads) const {
    if (line(geometry)) {
      correlate_line(geometry.axes[2], in, taps, out, add, workspace, threads);
    } else {
      correlate_extended(geometry, in, taps, out, add, reinterpret_cast<Value*>(workspace), threads);
    }
  }

  static void correlate_line(const Axis& axis, const Value* in, const Value* taps, Value* out, bool add, std::byte* workspace,
                             int threads) {
    const Index interior = std::clamp<Index>(axis.taps - 1 - axis.first, 0, axis.outputs);
    const Index behind = std::clamp<Index>(axis.data - axis.first, interior, axis.outputs);
    const auto edge = [&](Index begin, Index end, Value* ext) {
      extend(axis, in, begin, end - begin + axis.taps - 1, 1, ext);
      correlate(ext, taps, axis.taps, out + begin, end - begin, add);
    };
    if (interior > 0) {
      edge(0, interior, reinterpret_cast<Value*>(workspace));
    }
    if (behind < axis.outputs) {
      edge(behind, axis.outputs, reinterpret_cast<Value*>(workspace));
    }
    const Index grain = std::max<Index>(1, (Index{1} << 18) / axis.taps);
    parallel(behind - interior, grain, threads, [&](Index begin, Index end) {
      const Index i = interior + begin;
      correlate(in + axis.first + i - (axis.taps - 1), taps, axis.taps, out + i, end - begin, add);
    });
  }

  static void correlate_extended(const Geometry& geometry, const Value* in, const Value* taps, Value* out, bool add, Value* ext,
                                 int threads) {
    const auto& [a, b, c] = geometry.axes;
    const Index row = extended(c);
    const Index plane = extended(b) * row;
    extend_array(geometry, in, ext);
    parallel(a.outputs * b.outputs, 1, threads, [&](Index begin, Index end) {
      for (Index line = begin; line < end; ++line) {
        const Value* from = ext + line / b.outputs * plane + line % b.outputs * row;
        for (Index k = 0; k < a.taps * b.taps; ++k) {
          correlate(from + k / b.taps * plane + k % b.taps * row, taps + k * c.taps, c.taps, out + line * c.outputs, c.outputs,
                    add || k > 0);
        }
      }
    });
  }

  /// Along the first axis, along the second and along the last one; the plane and the line behind `ext` hold what is between.
  static void extend_array(const Geometry& geometry, const Value* in, Value* ext) {
    const auto& [a, b, c] = geometry.axes;
    Value* const plane = ext + extended(a) * extended(b) * extended(c);
    const Value* source = in;
    for (Index i = 0; i < extended(a); ++i) {
      const Index from = a.first - (a.taps - 1) + i;
      const bool empty = !a.periodic && (from < 0 || from >= a.data);
      Value* const to = ext + i * extended(b) * extended(c);
      if (empty) {
        std::fill_n(to, extended(b) * extended(c), Value(0));
        continue;
      }
      source = in + (((from % a.data) + a.data) % a.data) * b.data * c.data;
      extend(b, source, 0, extended(b), c.data, plane);
      for (Index j = 0; j < extended(b); ++j) {
        extend(c, plane + j * c.data, 0, extended(c), 1, to + j * extended(c));
      }
    }
  }

  Description description_;
  Geometry geometry_;
  Geometry adjoint_;
  std::vector<Value> reversed_;    ///< kernels × taps
  std::vector<Value> conjugates_;  ///< in their own order: what the adjoint correlates with
};

}  // namespace

template <class Value>
std::unique_ptr<Convolver<Value>> make_direct_convolver(const Description& description) {
  return std::make_unique<Direct<Value>>(description);
}

template std::unique_ptr<Convolver<float>> make_direct_convolver(const Description&);
template std::unique_ptr<Convolver<double>> make_direct_convolver(const Description&);
template std::unique_ptr<Convolver<std::complex<float>>> make_direct_convolver(const Description&);
template std::unique_ptr<Convolver<std::complex<double>>> make_direct_convolver(const Description&);

}  // namespace kindred::fftconv
