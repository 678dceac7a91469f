#include <kindred/kernels/fftconv/hybrid_convolver.hpp>

#include <algorithm>

#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/cost_model.hpp>
#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/engine/roots.hpp>
#include <kindred/kernels/fftconv/extension.hpp>
#include <kindred/kernels/fftconv/fold.hpp>
#include <kindred/kernels/fftconv/inverse_dft.hpp>
#include <kindred/kernels/fftconv/pieces.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

namespace kindred::fftconv {
namespace {

template <class Value>
class HybridConvolver final : public Convolver<Value> {
 public:
  using Number = Real<Value>;
  using Complex = std::complex<Number>;

  HybridConvolver(const Description& description, const Pieces& pieces, Index residues, Index length)
      : description_(description), geometry_(geometry_of(description)), pieces_(pieces), length_(length) {
    for (Index r = 0; r < residues; ++r) {
      transforms_.emplace_back(length, turn(r, residues));
    }
  }

  void set_kernel(std::span<const Value> taps, Index kernels) override {
    const auto size = static_cast<Index>(taps.size()) / kernels;
    spectra_.resize(static_cast<std::size_t>(kernels * residues() * 2 * length_));
    LineVector<Complex> folded(static_cast<std::size_t>(length_));
    for (Index kernel = 0; kernel < kernels; ++kernel) {
      const std::vector<Value> relevant = relevant_taps(geometry_, taps.data() + kernel * size);
      for (Index r = 0; r < residues(); ++r) {
        fold(r, relevant.data(), {0, axis().taps}, folded.data());
        transform(r).forward(folded.data(), {0, length_}, spectra_.data() + (kernel * residues() + r) * 2 * length_);
      }
    }
  }

  void set_spectrum(std::span<const std::complex<Number>> spectrum) override {
    set_kernel(kernel_of_spectrum<Value>(spectrum, description_.data), 1);
  }

  void apply(std::span<const Value* const> in, Index first_kernel, Value* out, std::byte* workspace, int threads) const override {
    const Piece piece = pieces_.piece(0, false);
    const Memory memory = memory_of(workspace);
    const auto convolved = [&](Index r, Complex* folded, Number* rows) {
      for (std::size_t j = 0; j < in.size(); ++j) {
        const Number* const factors = spectrum(first_kernel + static_cast<Index>(j), r);
        fold(r, source(in[j], piece, memory), piece.from, folded);
        if (in.size() == 1) {
          transform(r).convolve(folded, all(), factors, false, false, folded, all(), rows);
          return;
        }
        Number* const sums = rows + 2 * length_;
        transform(r).forward(folded, all(), j == 0 ? sums : rows);
        transform(r).lane_transform().multiply(j == 0 ? sums : rows, factors, SpectrumForm::complex_lanes, false, j == 0 ? nullptr : sums);
      }
      transform(r).backward(rows + 2 * length_, all(), folded);
    };
    each_residue(memory, threads, convolved, piece.to, out);
  }

  void apply_adjoint(const Value* in, Index first_kernel, std::span<Value* const> out, std::byte* workspace, int threads) const override {
    const Piece piece = pieces_.piece(0, true);
    const Memory memory = memory_of(workspace);
    const Value* const numbers = source(in, piece, memory);
    for (std::size_t j = 0; j < out.size(); ++j) {
      const auto convolved = [&](Index r, Complex* folded, Number* rows) {
        fold(r, numbers, piece.from, folded);
        transform(r).convolve(folded, all(), spectrum(first_kernel + static_cast<Index>(j), r), false, true, folded, all(), rows);
      };
      each_residue(memory, threads, convolved, piece.to, out[j]);
    }
  }

  [[nodiscard]] std::size_t workspace_bytes(int threads) const override {
    const auto parts = static_cast<std::size_t>(std::min<Index>(threads, residues()));
    const std::size_t folded = aligned_bytes<Complex>(length_) * (parts > 1 ? static_cast<std::size_t>(residues()) : 1);
    return aligned_bytes<Value>(pieces_.wrapped()) + folded + parts * rows_bytes();
  }

  [[nodiscard]] Report describe() const override {
    Report report;
    report.padded = {residues() * length_ * (is_complex<Value> ? 1 : 2)};
    report.workspace_bytes = workspace_bytes(1);
    report.spectrum_bytes = spectra_.size() * sizeof(Number);
    report.predicted_seconds = hybrid_seconds<Value>(length_, residues()) * static_cast<double>(description_.inputs);
    report.predicted_bytes = static_cast<double>(residues() * (description_.inputs * axis().data + axis().outputs) * Index{sizeof(Value)}) +
                             static_cast<double>(residues() * description_.inputs) * 2.0 * static_cast<double>(rows_bytes());
    report.instruction_set = engine_kernels<Number>().instruction_set;
    return report;
  }

 private:
  /// The extension of a piece that wraps, then what was folded, then rows.
  struct Memory {
    Value* extension;
    std::byte* rest;
  };

  static double turn(Index r, Index residues) {
    return (static_cast<double>(r) - (is_complex<Value> ? 0.0 : 0.25)) / static_cast<double>(residues);
  }

  [[nodiscard]] Index residues() const { return static_cast<Index>(transforms_.size()); }
  [[nodiscard]] const SequenceTransform<Number>& transform(Index r) const { return transforms_[static_cast<std::size_t>(r)]; }
  [[nodiscard]] const Axis& axis() const { return geometry_.axes[2]; }
  [[nodiscard]] Window all() const { return {0, length_}; }
  [[nodiscard]] std::size_t rows_bytes() const { return (description_.inputs > 1 ? 2 : 1) * aligned_bytes<Number>(2 * length_); }
  [[nodiscard]] const Number* spectrum(Index kernel, Index r) const { return spectra_.data() + (kernel * residues() + r) * 2 * length_; }
  [[nodiscard]] Memory memory_of(std::byte* workspace) const {
    return {reinterpret_cast<Value*>(workspace), workspace + aligned_bytes<Value>(pieces_.wrapped())};
  }

  /// c^t
  [[nodiscard]] Complex factor(Index r, Index t) const {
    return static_cast<Complex>(root(static_cast<long double>(t) * (static_cast<long double>(r) - (is_complex<Value> ? 0.0L : 0.25L)) /
                                     static_cast<long double>(residues())));
  }

  /// Calls visit(t, first place in a residue, first number of the window, count) for the parts of the window in [t M, (t + 1) M).
  template <class Visit>
  void each_fold(Window window, const Visit& visit) const {
    for (Index t = window.offset / length_; t * length_ < window.offset + window.length; ++t) {
      const Index begin = std::max(window.offset, t * length_);
      const Index end = std::min(window.offset + window.length, (t + 1) * length_);
      visit(t, begin - t * length_, begin - window.offset, end - begin);
    }
  }

  void fold(Index r, const Value* x, Window window, Complex* folded) const {
    std::fill_n(folded, length_, Complex(0));
    each_fold(window, [&](Index t, Index s, Index number, Index count) { fold_in(x + number, factor(r, t), count, folded + s); });
  }

  void unfold(Index r, const Complex* folded, Window window, Value* out) const {
    each_fold(window, [&](Index t, Index s, Index number, Index count) {
      fold_out(folded + s, std::conj(factor(r, t)) / static_cast<Number>(residues()), count, out + number, r > 0);
    });
  }

  const Value* source(const Value* in, const Piece& piece, const Memory& memory) const {
    if (!piece.wraps) {
      return in + piece.in;
    }
    extend_periodically(in, axis().data, piece.in, piece.from.length, memory.extension);
    return memory.extension;
  }

  /// One thread: a residue is added to the output before the next begins. Several: all are computed, then added, in the same order.
  template <class Convolved>
  void each_residue(const Memory& memory, int threads, const Convolved& convolved, Window to, Value* out) const {
    const Index parts = std::min<Index>(threads, residues());
    const std::size_t folded_bytes = aligned_bytes<Complex>(length_);
    const auto folded = [&](Index r) {
      return reinterpret_cast<Complex*>(memory.rest + (parts > 1 ? static_cast<std::size_t>(r) : 0) * folded_bytes);
    };
    std::byte* const rows = memory.rest + (parts > 1 ? static_cast<std::size_t>(residues()) : 1) * folded_bytes;
    parallel(parts, 1, static_cast<int>(parts), [&](Index part, Index /*end*/) {
      for (Index r = residues() * part / parts; r < residues() * (part + 1) / parts; ++r) {
        convolved(r, folded(r), reinterpret_cast<Number*>(rows + static_cast<std::size_t>(part) * rows_bytes()));
        if (parts == 1) {
          unfold(r, folded(r), to, out);
        }
      }
    });
    if (parts > 1) {
      parallel(to.length, 1, static_cast<int>(parts), [&](Index begin, Index end) {
        for (Index r = 0; r < residues(); ++r) {
          unfold(r, folded(r), {to.offset + begin, end - begin}, out + begin);
        }
      });
    }
  }

  Description description_;
  Geometry geometry_;
  Pieces pieces_;
  Index length_;
  std::vector<SequenceTransform<Number>> transforms_;
  LineVector<Number> spectra_;
};

}  // namespace

template <class Value>
std::unique_ptr<Convolver<Value>> make_hybrid_convolver(const Description& description, Index residues) {
  const Axis axis = geometry_of(description).axes[2];
  const Index least = axis.periodic ? axis.data + axis.taps - 1 : least_period(axis);
  const Index numbers = is_complex<Value> ? least : (least + 1) / 2;
  const Index q = residues == 0 ? best_residues<Value>(numbers) : residues;
  const Index length = SequenceTransform<Real<Value>>::good_length((numbers + q - 1) / q);
  const Pieces pieces = axis.periodic ? Pieces::blocks(axis, axis.data) : Pieces::whole(axis);
  return std::make_unique<HybridConvolver<Value>>(description, pieces, q, length);
}

template std::unique_ptr<Convolver<float>> make_hybrid_convolver(const Description&, Index);
template std::unique_ptr<Convolver<double>> make_hybrid_convolver(const Description&, Index);
template std::unique_ptr<Convolver<std::complex<float>>> make_hybrid_convolver(const Description&, Index);
template std::unique_ptr<Convolver<std::complex<double>>> make_hybrid_convolver(const Description&, Index);

}  // namespace kindred::fftconv
