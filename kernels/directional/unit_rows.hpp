#pragma once

#include <cstdint>

// Rows of a matrix as directions: scaling to unit length, distances, compensated sums. All sums are taken in an order that does not
// depend on the processor, so that results have the same bits everywhere.

namespace kindred::kernels {

/// unit = rows, each scaled to Euclidean length one; valid[i] is 0 for a row that is zero or not finite, whose unit row is zeros.
/// Reads the rows twice, from the caches the second time. No overflow or underflow whatever the scale of the rows.
/// @param rows  count × dimension. @param unit  count × dimension, not part of rows. @param valid  count
void unit_rows(const double* rows, std::int64_t count, std::int64_t dimension, double* unit, unsigned char* valid);
void unit_rows(const float* rows, std::int64_t count, std::int64_t dimension, double* unit, unsigned char* valid);

/// |x - y|².
double squared_distance(std::int64_t dimension, const double* x, const double* y);

/// sums += terms by compensated addition (Neumaier 1974; Knuth's two-sum): sums + compensations carries twice the digits.
void add_compensated(std::int64_t n, const double* terms, double* sums, double* compensations);

/// The same with x - shift for terms.
void add_shifted(std::int64_t n, const double* x, const double* shift, double* sums, double* compensations);

}  // namespace kindred::kernels
