#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include <fftw3.h>

#include <kindred/core/base/types.hpp>

namespace kindred::fftw {

struct Free {
  void operator()(double* p) const { fftw_free(p); }
};

/// Memory aligned for FFTW's vector code: every transform meets the same alignment, hence the same code and the same bits.
class Buffer {
 public:
  /// @throws std::bad_alloc
  explicit Buffer(Index size);
  [[nodiscard]] double* data() { return data_.get(); }
  [[nodiscard]] const double* data() const { return data_.get(); }
  [[nodiscard]] Index size() const { return size_; }
  double& operator[](Index i) { return data_.get()[i]; }

 private:
  std::unique_ptr<double, Free> data_;
  Index size_;
};

/// A plan that FFTW may execute on any Buffer. Shared by everybody who asks for the same transform; lives as long as the process.
using Plan = std::shared_ptr<const std::remove_pointer_t<fftw_plan>>;

/// In-place real-to-real transform of an array in C order, one kind per axis. Planned with FFTW_ESTIMATE, because a measured
/// plan, and with it the last bits of the result, would depend on the machine's load. Plans are kept; thread-safe.
Plan real_plan(const std::vector<int>& cells, const std::vector<fftw_r2r_kind>& kinds);

/// Transforms in place; thread-safe.
void execute(const Plan& plan, Buffer& data);

/// A transform is repeated `count` times, `stride` complex numbers apart.
struct Repetition {
  Index count = 1;
  Index stride = 1;
};

/// In-place transforms with exp(+2 pi i j k/length) of complex numbers `stride` apart, repeated; planned as real_plan's.
Plan backward_plan(Index length, Index stride, const std::vector<Repetition>& repetitions);
/// From the complex numbers k = 0 … length/2 of a Hermitian row to its real values, in place; the rest as backward_plan.
Plan complex_to_real_plan(Index length, const std::vector<Repetition>& repetitions);
/// From an array of real numbers in C order, the rows of its last axis padded to 2 (length/2 + 1) numbers, to the complex numbers
/// k = 0 … length/2 of the last axis and all k of the others, with exp(−2 pi i j k/length), in place; planned as real_plan's.
Plan real_to_complex_plan(const std::vector<int>& cells);

/// Transform in place; thread-safe.
void execute_real_to_complex(const Plan& plan, Buffer& data);
void execute_complex(const Plan& plan, Buffer& data);
void execute_complex_to_real(const Plan& plan, Buffer& data);

/// Held while FFTW plans or destroys a plan: its planner is not thread-safe.
std::mutex& planner_mutex();

}  // namespace kindred::fftw
