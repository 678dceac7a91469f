#include <kindred/kernels/fftconv/fused/schedule.hpp>

#include <algorithm>
#include <complex>

namespace kindred::fftconv::fused {
namespace {

Index blocks_of(Index outputs, Index hop) { return (outputs + hop - 1) / hop; }

}  // namespace

double Schedule::work() const {
  constexpr double passes_through_memory = 4.0;  // load, store and multiplication, in steps of a transform
  return static_cast<double>(blocks) * static_cast<double>(shape.numbers()) * (shape.log_length + passes_through_memory);
}

template <class Value>
std::optional<Schedule> schedule_of(const Axis& axis, int log_length) {
  Schedule schedule;
  schedule.shape = shape_of<Real<Value>>(log_length);
  schedule.axis = axis;
  const Index period = period_of<Value>(schedule.shape);
  schedule.whole = axis.periodic ? std::is_same_v<Value, std::complex<Real<Value>>> && period == axis.data : least_period(axis) <= period;
  if (schedule.whole) {
    schedule.hop = axis.outputs;
    schedule.adjoint_hop = axis.data;
    return schedule;
  }
  if (axis.taps > period) {
    return std::nullopt;
  }
  schedule.hop = std::min(period - axis.taps + 1, axis.outputs);
  schedule.adjoint_hop = std::min(period - axis.taps + 1, axis.data);
  schedule.blocks = blocks_of(axis.outputs, schedule.hop);
  schedule.adjoint_blocks = blocks_of(axis.data, schedule.adjoint_hop);
  return schedule;
}

template <class Value>
std::optional<Schedule> best_schedule(const Axis& axis, std::size_t most_shared_bytes) {
  std::optional<Schedule> best;
  for (int log_length = least_log_length<Real<Value>>; log_length <= most_log_length<Real<Value>>; ++log_length) {
    const auto schedule = schedule_of<Value>(axis, log_length);
    if (schedule && shared_bytes<Value>(schedule->shape) <= most_shared_bytes && (!best || schedule->work() < best->work())) {
      best = schedule;
    }
  }
  return best;
}

template <class Value>
Job<Element<Value>> job_of(const Schedule& schedule, bool adjoint, const Layout& read, const Layout& write) {
  const Axis& axis = schedule.axis;
  Job<Element<Value>> job;
  job.read = {read.extents[2], read.strides[2], read.batch, 0};
  job.write = {write.extents[2], write.strides[2], write.batch, 0};
  job.conjugate = adjoint;
  job.blocks = static_cast<std::uint32_t>(adjoint ? schedule.adjoint_blocks : schedule.blocks);
  job.hop = static_cast<int>(adjoint ? schedule.adjoint_hop : schedule.hop);
  if (schedule.whole) {
    // Numbers of the data at their places, output i at place first + i; the adjoint takes these and gives those.
    job.overlap = static_cast<int>(job.read.length - job.write.length);
    (adjoint ? job.read : job.write).first = -axis.first;
    if (adjoint) {
      job.overlap += static_cast<int>(axis.first);
    }
  } else {
    // y_i takes x_{first + i − k}, and x_j of the adjoint y_{j − first + k}, k < taps.
    job.overlap = static_cast<int>(axis.taps - 1);
    job.wraps = axis.periodic;
    job.read.first = adjoint ? -axis.first : axis.first - job.overlap;
    job.write.first = adjoint ? 0 : -job.overlap;
  }
  return job;
}

template std::optional<Schedule> schedule_of<float>(const Axis&, int);
template std::optional<Schedule> schedule_of<double>(const Axis&, int);
template std::optional<Schedule> schedule_of<std::complex<float>>(const Axis&, int);
template std::optional<Schedule> schedule_of<std::complex<double>>(const Axis&, int);
template std::optional<Schedule> best_schedule<float>(const Axis&, std::size_t);
template std::optional<Schedule> best_schedule<double>(const Axis&, std::size_t);
template std::optional<Schedule> best_schedule<std::complex<float>>(const Axis&, std::size_t);
template std::optional<Schedule> best_schedule<std::complex<double>>(const Axis&, std::size_t);
template Job<Element<float>> job_of<float>(const Schedule&, bool, const Layout&, const Layout&);
template Job<Element<double>> job_of<double>(const Schedule&, bool, const Layout&, const Layout&);
template Job<Element<std::complex<float>>> job_of<std::complex<float>>(const Schedule&, bool, const Layout&, const Layout&);
template Job<Element<std::complex<double>>> job_of<std::complex<double>>(const Schedule&, bool, const Layout&, const Layout&);

}  // namespace kindred::fftconv::fused
