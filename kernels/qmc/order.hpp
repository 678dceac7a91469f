#pragma once

#include <cstdint>

#include <kindred/kernels/qmc/bits.hpp>

namespace kindred::qmc {

/// Point i of a digital net or lattice is that of index i (natural, radical-inverse order), or of the Gray code of i. The first 2^m points
/// are the same in both; block k of 2^m points in Gray order is block gray_code(k) in natural order.
enum class Order { natural, gray };

KINDRED_HOST_DEVICE inline std::uint64_t index_of(Order order, std::uint64_t i) { return order == Order::gray ? gray_code(i) : i; }

}  // namespace kindred::qmc
