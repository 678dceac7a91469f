#include <kindred/operators/fields/fftw.hpp>

#include <algorithm>
#include <map>
#include <new>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/fftw_planner.hpp>

namespace kindred::fftw {
namespace {

Plan shared(fftw_plan made, const char* what) {
  if (made == nullptr) {
    throw Error(std::string("FFTW cannot plan this ") + what + " transform");
  }
  return {made, [](const auto* p) {
            const std::scoped_lock lock(planner_mutex());
            fftw_destroy_plan(const_cast<fftw_plan>(p));
          }};
}

/// @param factor  numbers per complex number in the output's strides: 2 if it is real
std::vector<fftw_iodim64> dimensions(const std::vector<Repetition>& repetitions, Index factor) {
  std::vector<fftw_iodim64> all;
  all.reserve(repetitions.size());
  for (const auto& [count, stride] : repetitions) {
    all.push_back({count, stride, factor * stride});
  }
  return all;
}

/// Complex numbers between the first that a transform touches and the end.
Index reach(Index numbers, Index stride, const std::vector<Repetition>& repetitions) {
  Index last = (numbers - 1) * stride;
  for (const auto& [count, step] : repetitions) {
    last += (count - 1) * step;
  }
  return last + 1;
}

}  // namespace

Buffer::Buffer(Index size) : data_(fftw_alloc_real(static_cast<std::size_t>(std::max<Index>(size, 1)))), size_(size) {
  if (data_ == nullptr) {
    throw std::bad_alloc();
  }
}

std::mutex& planner_mutex() { return fftconv::fftw_planner_mutex(); }

Plan real_plan(const std::vector<int>& cells, const std::vector<fftw_r2r_kind>& kinds) {
  static std::map<std::pair<std::vector<int>, std::vector<fftw_r2r_kind>>, Plan> plans;
  const std::scoped_lock lock(planner_mutex());
  Plan& plan = plans[{cells, kinds}];
  if (plan == nullptr) {
    Index size = 1;
    for (const int n : cells) {
      size *= n;
    }
    Buffer buffer(size);  // FFTW looks at its alignment only
    const fftw_plan made =
        fftw_plan_r2r(static_cast<int>(cells.size()), cells.data(), buffer.data(), buffer.data(), kinds.data(), FFTW_ESTIMATE);
    if (made == nullptr) {
      throw Error("FFTW cannot plan this real-to-real transform");
    }
    plan = Plan(made, [](const auto* p) { fftw_destroy_plan(const_cast<fftw_plan>(p)); });
  }
  return plan;
}

void execute(const Plan& plan, Buffer& data) { fftw_execute_r2r(const_cast<fftw_plan>(plan.get()), data.data(), data.data()); }

Plan backward_plan(Index length, Index stride, const std::vector<Repetition>& repetitions) {
  const fftw_iodim64 axis{length, stride, stride};
  const auto repeated = dimensions(repetitions, 1);
  const std::scoped_lock lock(planner_mutex());
  Buffer buffer(2 * reach(length, stride, repetitions));
  auto* data = reinterpret_cast<fftw_complex*>(buffer.data());
  return shared(
      fftw_plan_guru64_dft(1, &axis, static_cast<int>(repeated.size()), repeated.data(), data, data, FFTW_BACKWARD, FFTW_ESTIMATE),
      "complex");
}

Plan complex_to_real_plan(Index length, const std::vector<Repetition>& repetitions) {
  const fftw_iodim64 axis{length, 1, 1};
  const auto repeated = dimensions(repetitions, 2);
  const std::scoped_lock lock(planner_mutex());
  Buffer buffer(2 * reach(length / 2 + 1, 1, repetitions));
  return shared(fftw_plan_guru64_dft_c2r(1, &axis, static_cast<int>(repeated.size()), repeated.data(),
                                         reinterpret_cast<fftw_complex*>(buffer.data()), buffer.data(), FFTW_ESTIMATE),
                "complex-to-real");
}

Plan real_to_complex_plan(const std::vector<int>& cells) {
  const std::scoped_lock lock(planner_mutex());
  Index rows = 1;
  for (std::size_t a = 0; a + 1 < cells.size(); ++a) {
    rows *= cells[a];
  }
  Buffer buffer(rows * 2 * (cells.back() / 2 + 1));
  return shared(fftw_plan_dft_r2c(static_cast<int>(cells.size()), cells.data(), buffer.data(),
                                  reinterpret_cast<fftw_complex*>(buffer.data()), FFTW_ESTIMATE),
                "real-to-complex");
}

void execute_real_to_complex(const Plan& plan, Buffer& data) {
  fftw_execute_dft_r2c(const_cast<fftw_plan>(plan.get()), data.data(), reinterpret_cast<fftw_complex*>(data.data()));
}

void execute_complex(const Plan& plan, Buffer& data) {
  auto* numbers = reinterpret_cast<fftw_complex*>(data.data());
  fftw_execute_dft(const_cast<fftw_plan>(plan.get()), numbers, numbers);
}

void execute_complex_to_real(const Plan& plan, Buffer& data) {
  fftw_execute_dft_c2r(const_cast<fftw_plan>(plan.get()), reinterpret_cast<fftw_complex*>(data.data()), data.data());
}

}  // namespace kindred::fftw
