#include <kindred/core/run/run.hpp>

#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <new>

#include <kindred/core/base/error.hpp>

namespace kindred {

static_assert(std::atomic<std::int64_t>::is_always_lock_free, "counters are shared between processes, where a lock would not be");

SharedCounters::SharedCounters() {
  void* memory = ::mmap(nullptr, sizeof(Counters), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    throw Error(std::string("cannot allocate memory shared by the workers: ") + std::strerror(errno));
  }
  counters_ = new (memory) Counters;
}

SharedCounters::~SharedCounters() { ::munmap(counters_, sizeof(Counters)); }

}  // namespace kindred
