#include <kindred/kernels/fftconv/sequence_convolver.hpp>

#include <algorithm>

#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/engine/kernels.hpp>
#include <kindred/kernels/fftconv/inverse_dft.hpp>
#include <kindred/kernels/fftconv/pieces.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

namespace kindred::fftconv {
namespace {

/// out_t = x_{(first + t) mod period}, 0 ≤ t < count
template <class Value>
void extend_periodically(const Value* x, Index period, Index first, Index count, Value* out) {
  Index place = ((first % period) + period) % period;
  for (Index copied = 0; copied < count; place = 0) {
    const Index run = std::min(period - place, count - copied);
    std::copy_n(x + place, run, out + copied);
    copied += run;
  }
}

template <class Value>
class SequenceConvolver final : public Convolver<Value> {
 public:
  using Number = Real<Value>;

  SequenceConvolver(const Description& description, const SequenceShape& shape)
      : description_(description),
        geometry_(geometry_of(description)),
        shape_(shape),
        pieces_(shape.step == 0 ? Pieces::whole(axis()) : Pieces::blocks(axis(), shape.step)),
        transform_(shape.length, is_complex<Value> || shape.cyclic ? 0.0 : -0.25, shape.residues) {}

  void set_kernel(std::span<const Value> taps, Index kernels) override {
    const auto size = static_cast<Index>(taps.size()) / kernels;
    const Index numbers = transform_.row_numbers();
    spectra_.assign(static_cast<std::size_t>(kernels * numbers), Number(0));
    real_spectra_ = true;
    for (Index kernel = 0; kernel < kernels; ++kernel) {
      const std::vector<Value> relevant = relevant_taps(geometry_, taps.data() + kernel * size);
      real_spectra_ = real_spectra_ && even(relevant);
      const std::vector<Value> period = placed(relevant);
      transform_.forward(period.data(), {0, static_cast<Index>(period.size())}, spectra_.data() + kernel * numbers);
    }
    if (real_spectra_) {
      drop_imaginary_parts();
    }
  }

  void set_spectrum(std::span<const std::complex<Number>> spectrum) override {
    set_kernel(kernel_of_spectrum<Value>(spectrum, description_.data), 1);
  }

  void apply(std::span<const Value* const> in, Index first_kernel, Value* out, std::byte* workspace, int threads) const override {
    if (in.size() == 1) {
      convolve(in[0], first_kernel, out, false, workspace, threads);
      return;
    }
    each_piece(false, workspace, threads, [&](const Piece& piece, const Memory& memory) {
      for (std::size_t j = 0; j < in.size(); ++j) {
        Number* const rows = j == 0 ? memory.sums : memory.rows;
        transform_.forward(source(in[j], piece, memory), piece.from, rows);
        transform_.multiply(rows, spectrum(first_kernel + static_cast<Index>(j)), real_spectra_, false, j == 0 ? nullptr : memory.sums);
      }
      transform_.backward(memory.sums, piece.to, out + piece.out);
    });
  }

  void apply_adjoint(const Value* in, Index first_kernel, std::span<Value* const> out, std::byte* workspace, int threads) const override {
    if (out.size() == 1) {
      convolve(in, first_kernel, out[0], true, workspace, threads);
      return;
    }
    each_piece(true, workspace, threads, [&](const Piece& piece, const Memory& memory) {
      transform_.forward(source(in, piece, memory), piece.from, memory.sums);
      for (std::size_t j = 0; j < out.size(); ++j) {
        std::copy_n(memory.sums, transform_.row_numbers(), memory.rows);
        transform_.multiply(memory.rows, spectrum(first_kernel + static_cast<Index>(j)), real_spectra_, true);
        transform_.backward(memory.rows, piece.to, out[j] + piece.out);
      }
    });
  }

  [[nodiscard]] std::size_t workspace_bytes(int threads) const override {
    const Index parts = std::min<Index>(threads, std::max(pieces_.count(false), pieces_.count(true)));
    const std::size_t of_residues = residues_in_parallel(threads) ? bytes_of_residues(threads) : 0;
    return std::max(static_cast<std::size_t>(parts) * bytes_of_thread(), of_residues);
  }

  [[nodiscard]] Report describe() const override {
    const double transforms = static_cast<double>(pieces_.count(false) * description_.inputs);
    Report report;
    report.padded = {is_complex<Value> || shape_.cyclic ? shape_.length : 2 * shape_.length};
    report.workspace_bytes = bytes_of_thread();
    report.spectrum_bytes = spectra_.empty()
                                ? static_cast<std::size_t>(kernels_of(description_) * transform_.row_numbers()) * sizeof(Number)
                                : spectra_.size() * sizeof(Number);
    report.predicted_seconds = static_cast<double>(description_.inputs) * shape_.seconds;
    report.predicted_bytes =
        static_cast<double>((shape_.residues * axis().data * description_.inputs + axis().outputs) * Index{sizeof(Value)}) +
        transforms * 2.0 * static_cast<double>(transform_.row_numbers() * Index{sizeof(Number)});
    report.instruction_set = engine_kernels<Number>().instruction_set;
    return report;
  }

 private:
  struct Memory {
    Value* extension;  ///< numbers of a piece that wraps
    Number* rows;
    Number* sums;  ///< of several inputs or outputs
  };

  [[nodiscard]] const Axis& axis() const { return geometry_.axes[2]; }

  // Kernels.

  [[nodiscard]] const Number* spectrum(Index kernel) const {
    return spectra_.data() + kernel * transform_.row_numbers() / (real_spectra_ ? 2 : 1);
  }

  /// About place 0, so that the spectrum is real.
  [[nodiscard]] bool even(const std::vector<Value>& taps) const {
    const auto count = static_cast<Index>(taps.size());
    if (count != 1 - 2 * pieces_.kernel_place()) {
      return false;
    }
    return std::equal(taps.begin(), taps.end(), taps.rbegin(), [](const Value& a, const Value& b) { return a == conjugate(b); });
  }

  /// A period with the kernel from kernel_place() on; of real numbers, places before 0 are those at the period's end with the other sign.
  [[nodiscard]] std::vector<Value> placed(const std::vector<Value>& taps) const {
    if (pieces_.kernel_place() == 0) {
      return taps;
    }
    const bool negacyclic = !is_complex<Value> && !shape_.cyclic;
    const Index numbers = is_complex<Value> || shape_.cyclic ? shape_.length : 2 * shape_.length;
    std::vector<Value> period(static_cast<std::size_t>(numbers));
    for (Index k = 0; k < axis().taps; ++k) {
      const Index place = pieces_.kernel_place() + k;
      const Value tap = taps[static_cast<std::size_t>(k)];
      period[static_cast<std::size_t>(place < 0 ? numbers + place : place)] = place < 0 && negacyclic ? -tap : tap;
    }
    return period;
  }

  void drop_imaginary_parts() {
    constexpr Index count = lanes<Number>;
    const auto rows = static_cast<Index>(spectra_.size()) / (2 * count);
    for (Index row = 0; row < rows; ++row) {
      std::copy_n(spectra_.data() + row * 2 * count, count, spectra_.data() + row * count);
    }
    spectra_.resize(spectra_.size() / 2);
    spectra_.shrink_to_fit();
  }

  // One input, one output: a residue's rows are enough.

  [[nodiscard]] std::size_t extension_bytes() const { return aligned_bytes<Value>(pieces_.wrapped()); }
  [[nodiscard]] std::size_t bytes_of_thread() const {
    return extension_bytes() + (description_.inputs > 1 ? 2 * aligned_bytes<Number>(transform_.row_numbers())
                                                        : aligned_bytes<Number>(transform_.residue_numbers()));
  }
  [[nodiscard]] bool residues_in_parallel(int threads) const { return threads > 1 && shape_.residues > 1 && description_.inputs == 1; }
  [[nodiscard]] std::size_t output_bytes() const { return aligned_bytes<Value>(std::max(axis().data, axis().outputs)); }
  [[nodiscard]] std::size_t bytes_of_residues(int threads) const {
    const Index parts = std::min<Index>(threads, shape_.residues);
    return extension_bytes() + static_cast<std::size_t>(parts) * aligned_bytes<Number>(transform_.residue_numbers()) +
           static_cast<std::size_t>(shape_.residues - 1) * output_bytes();
  }

  void convolve(const Value* in, Index kernel, Value* out, bool adjoint, std::byte* workspace, int threads) const {
    if (residues_in_parallel(threads)) {
      convolve_residues(in, kernel, out, adjoint, workspace, threads);
      return;
    }
    each_piece(adjoint, workspace, threads, [&](const Piece& piece, const Memory& memory) {
      transform_.convolve(source(in, piece, memory), piece.from, spectrum(kernel), real_spectra_, adjoint, out + piece.out, piece.to,
                          memory.rows);
    });
  }

  /// Each residue into an array of its own, then added in their order, as one thread does it.
  void convolve_residues(const Value* in, Index kernel, Value* out, bool adjoint, std::byte* workspace, int threads) const {
    const Piece piece = pieces_.piece(0, adjoint);
    const Index parts = std::min<Index>(threads, shape_.residues);
    const Memory memory = {reinterpret_cast<Value*>(workspace), nullptr, nullptr};
    const Value* const numbers = source(in, piece, memory);
    std::byte* const rows = workspace + extension_bytes();
    std::byte* const outputs = rows + static_cast<std::size_t>(parts) * aligned_bytes<Number>(transform_.residue_numbers());
    const auto output = [&](Index r) {
      return r == 0 ? out : reinterpret_cast<Value*>(outputs + static_cast<std::size_t>(r - 1) * output_bytes());
    };
    parallel(parts, 1, static_cast<int>(parts), [&](Index part, Index /*end*/) {
      auto* const own =
          reinterpret_cast<Number*>(rows + static_cast<std::size_t>(part) * aligned_bytes<Number>(transform_.residue_numbers()));
      for (Index r = shape_.residues * part / parts; r < shape_.residues * (part + 1) / parts; ++r) {
        transform_.convolve_residue(r, numbers, piece.from, spectrum(kernel), real_spectra_, adjoint, output(r), piece.to, false, own);
      }
    });
    parallel(piece.to.length, Index{1} << 14, threads, [&](Index begin, Index end) {
      for (Index r = 1; r < shape_.residues; ++r) {
        const Value* const more = output(r);
        for (Index i = begin; i < end; ++i) {
          out[i] += more[i];
        }
      }
    });
  }

  template <class Work>
  void each_piece(bool adjoint, std::byte* workspace, int threads, const Work& work) const {
    const Index count = pieces_.count(adjoint);
    const Index parts = std::min<Index>(threads, count);
    const auto run = [&](Index part, Index /*end*/) {
      std::byte* const place = workspace + static_cast<std::size_t>(part) * bytes_of_thread();
      std::byte* const rows = place + extension_bytes();
      const Memory memory = {reinterpret_cast<Value*>(place), reinterpret_cast<Number*>(rows),
                             reinterpret_cast<Number*>(rows + aligned_bytes<Number>(transform_.row_numbers()))};
      for (Index number = count * part / parts; number < count * (part + 1) / parts; ++number) {
        work(pieces_.piece(number, adjoint), memory);
      }
    };
    if (parts == 1) {
      run(0, 1);
    } else {
      parallel(parts, 1, static_cast<int>(parts), run);
    }
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
  SequenceShape shape_;
  Pieces pieces_;
  SequenceTransform<Number> transform_;
  LineVector<Number> spectra_;
  bool real_spectra_ = false;
};

}  // namespace

template <class Value>
std::unique_ptr<Convolver<Value>> make_sequence_convolver(const Description& description, const SequenceShape& shape) {
  return std::make_unique<SequenceConvolver<Value>>(description, shape);
}

template std::unique_ptr<Convolver<float>> make_sequence_convolver(const Description&, const SequenceShape&);
template std::unique_ptr<Convolver<double>> make_sequence_convolver(const Description&, const SequenceShape&);
template std::unique_ptr<Convolver<std::complex<float>>> make_sequence_convolver(const Description&, const SequenceShape&);
template std::unique_ptr<Convolver<std::complex<double>>> make_sequence_convolver(const Description&, const SequenceShape&);

}  // namespace kindred::fftconv
