#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace kindred::qmc {

/// Memory at multiples of a cache line.
template <class T>
struct LineAllocator {
  using value_type = T;
  static constexpr std::align_val_t line{64};

  LineAllocator() = default;
  template <class Other>
  LineAllocator(const LineAllocator<Other>& /*other*/) {}

  T* allocate(std::size_t count) { return static_cast<T*>(::operator new(count * sizeof(T), line)); }
  void deallocate(T* values, std::size_t /*count*/) { ::operator delete(values, line); }
  bool operator==(const LineAllocator& /*other*/) const { return true; }
};

template <class T>
using LineVector = std::vector<T, LineAllocator<T>>;

}  // namespace kindred::qmc
