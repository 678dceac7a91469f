#pragma once

#include <kindred/kernels/bessel/tables.hpp>
#include <kindred/kernels/bessel/target.hpp>

// Horner's rule with coefficients known at compile time, unrolled by templates: a loop over coefficients inside a loop over elements would
// keep the latter from being vectorised.

namespace kindred::kernels::bessel {
inline namespace KINDRED_BESSEL_TARGET {

template <const auto& Coefficients, int From, int To>
KINDRED_BESSEL_INLINE double horner(double x) {
  constexpr double coefficient = Coefficients[From];
  if constexpr (From + 1 == To) {
    return coefficient;
  } else {
    return mul_add(horner<Coefficients, From + 1, To>(x), x, coefficient);
  }
}

/// sum over k of c_k x^k.
template <const auto& Coefficients>
KINDRED_BESSEL_INLINE double polynomial(double x) {
  return horner<Coefficients, 0, sizeof(Coefficients) / sizeof(Coefficients[0])>(x);
}

template <const auto& Table, int From, int To>
KINDRED_BESSEL_INLINE double table_row(double b) {
  constexpr double coefficient = Table.coefficients[From];
  if constexpr (From + 1 == To) {
    return coefficient;
  } else {
    return mul_add(table_row<Table, From + 1, To>(b), b, coefficient);
  }
}

template <const auto& Table, int Row>
KINDRED_BESSEL_INLINE double table_rows(double a, double b) {
  if constexpr (Row + 1 == Table.rows) {
    return table_row<Table, Table.start[Row], Table.start[Row + 1]>(b);
  } else {
    const double rest = table_rows<Table, Row + 1>(a, b);  // first, so that no more than one row waits for its turn
    return mul_add(rest, a, table_row<Table, Table.start[Row], Table.start[Row + 1]>(b));
  }
}

/// The polynomial of a Bivariate table at (a, b), unscaled.
template <const auto& Table>
KINDRED_BESSEL_INLINE double bivariate(double a, double b) {
  return table_rows<Table, 0>((a - Table.a_center) * Table.a_scale, (b - Table.b_center) * Table.b_scale);
}

}  // namespace KINDRED_BESSEL_TARGET
}  // namespace kindred::kernels::bessel
