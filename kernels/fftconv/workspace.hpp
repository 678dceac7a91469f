#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred::fftconv {

constexpr std::size_t line_bytes = 64;

/// Bytes of `count` values, rounded up to whole cache lines.
template <class Value>
constexpr std::size_t aligned_bytes(Index count) {
  return (static_cast<std::size_t>(count) * sizeof(Value) + line_bytes - 1) / line_bytes * line_bytes;
}

/// Memory at multiples of a cache line, not initialised.
template <class Value>
struct LineAllocator {
  using value_type = Value;

  LineAllocator() = default;
  template <class Other>
  LineAllocator(const LineAllocator<Other>& /*other*/) {}

  Value* allocate(std::size_t count) { return static_cast<Value*>(::operator new (count * sizeof(Value), std::align_val_t{line_bytes})); }
  void deallocate(Value* values, std::size_t /*count*/) { ::operator delete (values, std::align_val_t{line_bytes}); }
  template <class Other>
  void construct(Other* place) {
    ::new (static_cast<void*>(place)) Other;
  }
  template <class Other, class... Arguments>
  void construct(Other* place, Arguments&&... arguments) {
    ::new (static_cast<void*>(place)) Other(std::forward<Arguments>(arguments)...);
  }
  bool operator==(const LineAllocator& /*other*/) const { return true; }
};

template <class Value>
using LineVector = std::vector<Value, LineAllocator<Value>>;

}  // namespace kindred::fftconv
