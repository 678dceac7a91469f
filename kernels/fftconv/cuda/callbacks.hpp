#pragma once

#include <kindred/kernels/fftconv/cuda/steps.hpp>

// The steps of steps.hpp as cuFFT's callbacks: what a transform reads or writes at an offset, a number of elements below 2^31 from the
// beginning of its padded arrays.

namespace kindred::fftconv::device {

/// An offset into PaddedRows.
struct PaddedOffsets {
  Divisor pitch;
  Divisor rows1;
  Divisor rows0;
  Divisor slot_step;  ///< slots from one array of the transform's batch to the next

  PaddedOffsets() = default;
  PaddedOffsets(const PaddedRows& padded, Index step)
      : pitch(padded.pitch), rows1(padded.rows[1]), rows0(padded.rows[0]), slot_step(step) {}

  struct Place {
    std::uint32_t slot, i, j, column;
  };
  [[nodiscard]] KINDRED_HOST_DEVICE Place place(std::uint32_t offset) const {
    const std::uint32_t row = pitch.quotient(offset);
    const std::uint32_t ij = rows1.quotient(row);
    const std::uint32_t slot = rows0.quotient(ij);
    return {slot_step.quotient(slot), ij - slot * rows0.divisor, row - ij * rows1.divisor, offset - row * pitch.divisor};
  }
};

/// What the callbacks of one convolution know, in device memory.
template <class Value>
struct CallbackData {
  using Number = Element<Value>;
  using Real = typename ElementOf<Value>::Real;

  PaddedOffsets padded_in;
  Source<Number> source;

  PaddedOffsets spectra;                ///< of the transform back
  Divisor outputs;                      ///< slots of an array among them
  const Complex<Real>* from = nullptr;  ///< as Multiply
  ProductShape product;
  TableShape table;
  const void* factors = nullptr;
  bool real_factors = false;

  PaddedOffsets padded_out;
  Target<Number> target;

  /// Instead of reading padded data.
  [[nodiscard]] KINDRED_HOST_DEVICE Number load_padded(std::uint32_t offset) const {
    const PaddedOffsets::Place at = padded_in.place(offset);
    return source.row(at.slot, at.i, at.j)(at.column);
  }

  /// Instead of reading spectra that have been multiplied.
  [[nodiscard]] KINDRED_HOST_DEVICE Complex<Real> load_product(std::uint32_t offset) const {
    return real_factors ? product_with<Real>(offset) : product_with<Complex<Real>>(offset);
  }

  /// Instead of writing padded results.
  KINDRED_HOST_DEVICE void store_cropped(std::uint32_t offset, Number value) const {
    const PaddedOffsets::Place at = padded_out.place(offset);
    target.row(at.slot, at.i, at.j)(at.column, value);
  }

 private:
  template <class Factor>
  [[nodiscard]] KINDRED_HOST_DEVICE Complex<Real> product_with(std::uint32_t offset) const {
    const PaddedOffsets::Place at = spectra.place(offset);
    const Index array = outputs.quotient(at.slot);
    Complex<Real> sum{0, 0};
    if (array < product.arrays) {
      const Index output = at.slot - array * outputs.divisor;
      const Index numbers = product.numbers();
      const Index frequency = (Index{at.i} * product.spectrum.rows[1] + at.j) * product.spectrum.columns + at.column;
      const Table<Factor> all{static_cast<const Factor*>(factors), table};
      const Factor* const factor = all.row(at.i, at.j) + all.column(at.column);
      for (Index t = 0; t < product.terms; ++t) {
        const Factor h = factor[table.kernel(product.first_array + array, output + t) * table.of_kernel];
        sum = sum + from[(array * product.terms + t) * numbers + frequency] * (product.conjugate ? device::conjugate(h) : h);
      }
    }
    return sum;
  }
};

}  // namespace kindred::fftconv::device
