#include <kindred/kernels/fftconv/sequence_convolver.hpp>

#include <algorithm>

#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/cost_model.hpp>
#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/extension.hpp>
#include <kindred/kernels/fftconv/inverse_dft.hpp>
#include <kindred/kernels/fftconv/pieces.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

namespace kindred::fftconv {
namespace {

/// The period, as numbers of Value, of a transform of `length` complex numbers.
template <class Value>
constexpr Index period_of(Index length) {
  return is_complex<Value> ? length : 2 * length;
}

template <class Value>
class SequenceConvolver final : public Convolver<Value> {
 public:
  using Number = Real<Value>;

  /// @param cyclic  the period is meant as it is, not as the room for a kernel that does not wrap
  SequenceConvolver(const Description& description, const Pieces& pieces, Index length, bool cyclic)
      : description_(description),
        geometry_(geometry_of(description)),
        pieces_(pieces),
        transform_(length, is_complex<Value> || cyclic ? 0.0 : -0.25) {}

  void set_kernel(std::span<const Value> taps, Index kernels) override {
    const auto size = static_cast<Index>(taps.size()) / kernels;
    spectra_.resize(static_cast<std::size_t>(kernels * transform_.row_numbers()));
    for (Index kernel = 0; kernel < kernels; ++kernel) {
      const std::vector<Value> relevant = relevant_taps(geometry_, taps.data() + kernel * size);
      transform_.forward(relevant.data(), {0, axis().taps}, spectra_.data() + kernel * transform_.row_numbers());
    }
  }

  void set_spectrum(std::span<const std::complex<Number>> spectrum) override {
    set_kernel(kernel_of_spectrum<Value>(spectrum, description_.data), 1);
  }

  void apply(std::span<const Value* const> in, Index first_kernel, Value* out, std::byte* workspace, int threads) const override {
    each_piece(false, workspace, threads, [&](const Piece& piece, const Memory& memory) {
      if (in.size() == 1) {
        transform_.convolve(source(in[0], piece, memory), piece.from, spectrum(first_kernel), false, false, out + piece.out, piece.to,
                            memory.rows);
        return;
      }
      for (std::size_t j = 0; j < in.size(); ++j) {
        Number* const rows = j == 0 ? memory.sums : memory.rows;
        transform_.forward(source(in[j], piece, memory), piece.from, rows);
        transform_.lane_transform().multiply(rows, spectrum(first_kernel + static_cast<Index>(j)), SpectrumForm::complex_lanes, false,
                                             j == 0 ? nullptr : memory.sums);
      }
      transform_.backward(memory.sums, piece.to, out + piece.out);
    });
  }

  void apply_adjoint(const Value* in, Index first_kernel, std::span<Value* const> out, std::byte* workspace, int threads) const override {
    each_piece(true, workspace, threads, [&](const Piece& piece, const Memory& memory) {
      const Value* const numbers = source(in, piece, memory);
      if (out.size() == 1) {
        transform_.convolve(numbers, piece.from, spectrum(first_kernel), false, true, out[0] + piece.out, piece.to, memory.rows);
        return;
      }
      transform_.forward(numbers, piece.from, memory.sums);
      for (std::size_t j = 0; j < out.size(); ++j) {
        std::copy_n(memory.sums, transform_.row_numbers(), memory.rows);
        transform_.lane_transform().multiply(memory.rows, spectrum(first_kernel + static_cast<Index>(j)), SpectrumForm::complex_lanes,
                                             true);
        transform_.backward(memory.rows, piece.to, out[j] + piece.out);
      }
    });
  }

  [[nodiscard]] std::size_t workspace_bytes(int threads) const override {
    const int parts = std::min<Index>(threads, std::max(pieces_.count(false), pieces_.count(true)));
    return static_cast<std::size_t>(parts) * bytes_of_thread();
  }

  [[nodiscard]] Report describe() const override {
    Report report;
    report.padded = {period_of<Value>(transform_.length())};
    report.workspace_bytes = bytes_of_thread();
    report.spectrum_bytes = spectra_.size() * sizeof(Number);
    report.predicted_seconds =
        static_cast<double>(pieces_.count(false) * description_.inputs) * transform_seconds<Number>(transform_.length());
    report.predicted_bytes = static_cast<double>((axis().data * description_.inputs + axis().outputs) * Index{sizeof(Value)}) +
                             static_cast<double>(pieces_.count(false) * description_.inputs) * 2.0 * static_cast<double>(rows_bytes());
    report.instruction_set = engine_kernels<Number>().instruction_set;
    return report;
  }

 private:
  struct Memory {
    Number* rows;
    Number* sums;      ///< of several inputs or outputs
    Value* extension;  ///< numbers of a piece that wraps
  };

  [[nodiscard]] const Axis& axis() const { return geometry_.axes[2]; }
  [[nodiscard]] const Number* spectrum(Index kernel) const { return spectra_.data() + kernel * transform_.row_numbers(); }
  [[nodiscard]] std::size_t rows_bytes() const { return aligned_bytes<Number>(transform_.row_numbers()); }
  [[nodiscard]] std::size_t bytes_of_thread() const {
    return (description_.inputs > 1 ? 2 : 1) * rows_bytes() + aligned_bytes<Value>(pieces_.wrapped());
  }

  template <class Work>
  void each_piece(bool adjoint, std::byte* workspace, int threads, const Work& work) const {
    const Index count = pieces_.count(adjoint);
    const Index parts = std::min<Index>(threads, count);
    parallel(parts, 1, static_cast<int>(parts), [&](Index part, Index /*end*/) {
      std::byte* const place = workspace + static_cast<std::size_t>(part) * bytes_of_thread();
      std::byte* const second = place + rows_bytes();
      const Memory memory = {reinterpret_cast<Number*>(place), reinterpret_cast<Number*>(second),
                             reinterpret_cast<Value*>(description_.inputs > 1 ? second + rows_bytes() : second)};
      for (Index number = count * part / parts; number < count * (part + 1) / parts; ++number) {
        work(pieces_.piece(number, adjoint), memory);
      }
    });
  }

  const Value* source(const Value* in, const Piece& piece, const Memory& memory) const {
    if (!piece.wraps) {
      return in + piece.in;
    }
    extend_periodically(in, axis().data, piece.in, piece.from.length, memory.extension);
    return memory.extension;
  }

  Description description_;
  Geometry geometry_;
  Pieces pieces_;
  SequenceTransform<Number> transform_;
  LineVector<Number> spectra_;
};

}  // namespace

template <class Value>
std::unique_ptr<Convolver<Value>> make_sequence_convolver(const Description& description) {
  using Transform = SequenceTransform<Real<Value>>;
  const Axis axis = geometry_of(description).axes[2];
  if (!axis.periodic) {
    const Index least = least_period(axis);
    const Index length = Transform::good_length(is_complex<Value> ? least : (least + 1) / 2);
    return std::make_unique<SequenceConvolver<Value>>(description, Pieces::whole(axis), length, false);
  }
  if (Transform::good_length(axis.data) == axis.data) {
    return std::make_unique<SequenceConvolver<Value>>(description, Pieces::whole(axis), axis.data, true);
  }
  const Index least = axis.data + axis.taps - 1;
  const Index length = Transform::good_length(is_complex<Value> ? least : (least + 1) / 2);
  return std::make_unique<SequenceConvolver<Value>>(description, Pieces::blocks(axis, axis.data), length, false);
}

template <class Value>
std::unique_ptr<Convolver<Value>> make_overlap_save_convolver(const Description& description, Index period) {
  using Transform = SequenceTransform<Real<Value>>;
  const Axis axis = geometry_of(description).axes[2];
  const Index length = period == 0 ? best_block_length<Value>(axis) : Transform::good_length(is_complex<Value> ? period : (period + 1) / 2);
  const Index step = period_of<Value>(length) - (axis.taps - 1);
  return std::make_unique<SequenceConvolver<Value>>(description, Pieces::blocks(axis, step), length, false);
}

template std::unique_ptr<Convolver<float>> make_sequence_convolver(const Description&);
template std::unique_ptr<Convolver<double>> make_sequence_convolver(const Description&);
template std::unique_ptr<Convolver<std::complex<float>>> make_sequence_convolver(const Description&);
template std::unique_ptr<Convolver<std::complex<double>>> make_sequence_convolver(const Description&);
template std::unique_ptr<Convolver<float>> make_overlap_save_convolver(const Description&, Index);
template std::unique_ptr<Convolver<double>> make_overlap_save_convolver(const Description&, Index);
template std::unique_ptr<Convolver<std::complex<float>>> make_overlap_save_convolver(const Description&, Index);
template std::unique_ptr<Convolver<std::complex<double>>> make_overlap_save_convolver(const Description&, Index);

}  // namespace kindred::fftconv
