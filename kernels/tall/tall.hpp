#pragma once

#include <cstdint>

// Products with tall, narrow matrices: the inner loops of Krylov methods that keep their bases. All sums are taken in an order that does
// not depend on the processor, so that results have the same bits everywhere; they differ from those of another order by rounding.

namespace kindred::kernels {

/// A column-major matrix of `rows` × `columns`, columns `stride` apart; rows ≫ columns.
struct TallMatrix {
  const double* values = nullptr;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t stride = 0;
};

/// P = Aᵀ B, columns of P `stride` apart. Reads A and B from memory once; 2 n p q operations.
/// @param a n × p, @param b n × q
void tall_products(const TallMatrix& a, const TallMatrix& b, double* p, std::int64_t stride);

/// y += A c. Reads A once.
/// @param c  a.columns numbers. @param y  a.rows numbers, not part of A
void tall_accumulate(const TallMatrix& a, const double* c, double* y);

/// y -= A h, then sums = [Aᵀ y; yᵀ y] of the new y, with one pass over A: a step of classical Gram-Schmidt.
/// @param h  a.columns numbers, or null for zeros. @param sums  a.columns + 1 numbers, not h itself
void tall_subtract_and_project(const TallMatrix& a, const double* h, double* y, double* sums);

/// Y = A C, or Y += A C.
/// @param c  a.columns × q, columns `c_stride` apart. @param y  a.rows × q, columns `y_stride` apart, not part of A
void tall_multiply(const TallMatrix& a, const double* c, std::int64_t c_stride, std::int64_t q, bool add, double* y, std::int64_t y_stride);

}  // namespace kindred::kernels
