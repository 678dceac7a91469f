#pragma once

#include <optional>
#include <span>

#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/fused/job.hpp>
#include <kindred/kernels/fftconv/fused/tables.hpp>
#include <kindred/kernels/fftconv/layout.hpp>

namespace kindred::fftconv::fused {

/// The blocks of one convolution along an axis.
struct Schedule {
  Shape shape;
  Axis axis;
  bool whole = false;  ///< one block without wrap-around into what is wanted; otherwise overlap-save
  Index hop = 0;       ///< outputs of a block
  Index adjoint_hop = 0;
  Index blocks = 1;
  Index adjoint_blocks = 1;

  [[nodiscard]] double work() const;  ///< of an array, in two-point steps
};

/// Of periods of 2^log_length complex numbers; nothing if the kernel is too long.
template <class Value>
std::optional<Schedule> schedule_of(const Axis& axis, int log_length);

/// Bytes of shared memory of a thread block.
template <class Value>
constexpr std::size_t shared_bytes(const Shape& shape) {
  return sizeof(Complex<Real<Value>>) * static_cast<std::size_t>(shape.transforms()) * static_cast<std::size_t>(shape.shared_numbers());
}

/// The least work of those that fit into so much shared memory; nothing if there is none.
template <class Value>
std::optional<Schedule> best_schedule(const Axis& axis, std::size_t most_shared_bytes);

/// What does not depend on arrays, for all inputs: windows and strides. `read` and `write` of the adjoint are the layouts of what it reads
/// and writes.
template <class Value>
Job<Element<Value>> job_of(const Schedule& schedule, bool adjoint, const Layout& read, const Layout& write);

}  // namespace kindred::fftconv::fused
