#include <kindred/operators/fields/fftw.hpp>

#include <algorithm>
#include <map>
#include <new>
#include <utility>

#include <kindred/core/base/error.hpp>

namespace kindred::fftw {

Buffer::Buffer(Index size) : data_(fftw_alloc_real(static_cast<std::size_t>(std::max<Index>(size, 1)))), size_(size) {
  if (data_ == nullptr) {
    throw std::bad_alloc();
  }
}

std::mutex& planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

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

}  // namespace kindred::fftw
