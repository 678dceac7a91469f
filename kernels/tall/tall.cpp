#include <kindred/kernels/tall/tall.hpp>

#include <algorithm>
#include <cstring>

#include <kindred/kernels/multiversion.hpp>

namespace kindred::kernels {
namespace {

/// Four numbers at once on every processor: two registers of SSE2, one of AVX. The width fixes the order of summation.
using Lanes [[gnu::vector_size(32)]] = double;
constexpr std::int64_t width = 4;

constexpr std::int64_t vector_rows = 2048;  // times some forty columns: within the second-level cache
constexpr std::int64_t matrix_rows = 512;   // of products of two matrices

[[gnu::always_inline]] inline void load(const double* from, Lanes& lanes) { std::memcpy(&lanes, from, sizeof(lanes)); }
[[gnu::always_inline]] inline void store(const Lanes& lanes, double* to) { std::memcpy(to, &lanes, sizeof(lanes)); }

/// P(0..I, 0..J) += A(:, 0..I)ᵀ B(:, 0..J) over some rows.
template <int I, int J>
[[gnu::always_inline]] inline void add_dots(std::int64_t rows, const double* a, std::int64_t a_stride, const double* b,
                                            std::int64_t b_stride, double* p, std::int64_t p_stride) {
  Lanes sums[I][J] = {};
  std::int64_t r = 0;
  for (; r + width <= rows; r += width) {
    Lanes right[J];
    for (int j = 0; j < J; ++j) {
      load(b + j * b_stride + r, right[j]);
    }
    for (int i = 0; i < I; ++i) {
      Lanes left;
      load(a + i * a_stride + r, left);
      for (int j = 0; j < J; ++j) {
        sums[i][j] += left * right[j];
      }
    }
  }
  for (int i = 0; i < I; ++i) {
    for (int j = 0; j < J; ++j) {
      double sum = (sums[i][j][0] + sums[i][j][1]) + (sums[i][j][2] + sums[i][j][3]);
      for (std::int64_t rest = r; rest < rows; ++rest) {
        sum += a[i * a_stride + rest] * b[j * b_stride + rest];
      }
      p[i + j * p_stride] += sum;
    }
  }
}

/// P(:, 0..J) += Aᵀ B(:, 0..J) over some rows.
template <int J>
[[gnu::always_inline]] inline void add_products(const TallMatrix& a, const double* b, std::int64_t b_stride, double* p,
                                                std::int64_t p_stride) {
  std::int64_t i = 0;
  for (; i + 4 <= a.columns; i += 4) {
    add_dots<4, J>(a.rows, a.values + i * a.stride, a.stride, b, b_stride, p + i, p_stride);
  }
  for (; i < a.columns; ++i) {
    add_dots<1, J>(a.rows, a.values + i * a.stride, a.stride, b, b_stride, p + i, p_stride);
  }
}

/// y += Σ_j A(:, j) c_j, four columns at a time: more streams than that are more than a processor's prefetcher follows.
[[gnu::always_inline]] inline void add_columns(const TallMatrix& a, const double* c, double sign, double* __restrict y) {
  std::int64_t j = 0;
  for (; j + 4 <= a.columns; j += 4) {
    const double* a0 = a.values + j * a.stride;
    const double* a1 = a0 + a.stride;
    const double* a2 = a1 + a.stride;
    const double* a3 = a2 + a.stride;
    const double c0 = sign * c[j];
    const double c1 = sign * c[j + 1];
    const double c2 = sign * c[j + 2];
    const double c3 = sign * c[j + 3];
    for (std::int64_t r = 0; r < a.rows; ++r) {
      y[r] += (c0 * a0[r] + c1 * a1[r]) + (c2 * a2[r] + c3 * a3[r]);
    }
  }
  for (; j < a.columns; ++j) {
    const double* column = a.values + j * a.stride;
    const double factor = sign * c[j];
    for (std::int64_t r = 0; r < a.rows; ++r) {
      y[r] += factor * column[r];
    }
  }
}

/// Y(:, 0..J) = or += A C(:, 0..J) over some rows.
template <int J>
[[gnu::always_inline]] inline void multiply_columns(const TallMatrix& a, const double* c, std::int64_t c_stride, bool add, double* y,
                                                    std::int64_t y_stride) {
  std::int64_t r = 0;
  for (; r + 2 * width <= a.rows; r += 2 * width) {
    Lanes low[J] = {};
    Lanes high[J] = {};
    for (std::int64_t i = 0; i < a.columns; ++i) {
      Lanes first;
      Lanes second;
      load(a.values + i * a.stride + r, first);
      load(a.values + i * a.stride + r + width, second);
      for (int j = 0; j < J; ++j) {
        low[j] += first * c[i + j * c_stride];
        high[j] += second * c[i + j * c_stride];
      }
    }
    for (int j = 0; j < J; ++j) {
      double* target = y + j * y_stride + r;
      if (add) {
        Lanes before;
        load(target, before);
        low[j] += before;
        load(target + width, before);
        high[j] += before;
      }
      store(low[j], target);
      store(high[j], target + width);
    }
  }
  for (; r < a.rows; ++r) {
    for (int j = 0; j < J; ++j) {
      double sum = 0.0;
      for (std::int64_t i = 0; i < a.columns; ++i) {
        sum += a.values[i * a.stride + r] * c[i + j * c_stride];
      }
      double& target = y[j * y_stride + r];
      target = add ? target + sum : sum;
    }
  }
}

KINDRED_MULTIVERSION void products_of_rows(const TallMatrix& a, const TallMatrix& b, double* p, std::int64_t stride) {
  std::int64_t j = 0;
  for (; j + 2 <= b.columns; j += 2) {
    add_products<2>(a, b.values + j * b.stride, b.stride, p + j * stride, stride);
  }
  if (j < b.columns) {
    add_products<1>(a, b.values + j * b.stride, b.stride, p + j * stride, stride);
  }
}

KINDRED_MULTIVERSION void accumulate_rows(const TallMatrix& a, const double* c, double* y) { add_columns(a, c, 1.0, y); }

KINDRED_MULTIVERSION void project_rows(const TallMatrix& a, const double* h, double* y, double* sums) {
  if (h != nullptr) {
    add_columns(a, h, -1.0, y);
  }
  add_products<1>(a, y, a.rows, sums, a.columns + 1);
  add_dots<1, 1>(a.rows, y, a.rows, y, a.rows, sums + a.columns, 1);
}

KINDRED_MULTIVERSION void multiply_rows(const TallMatrix& a, const double* c, std::int64_t c_stride, std::int64_t q, bool add, double* y,
                                        std::int64_t y_stride) {
  std::int64_t j = 0;
  for (; j + 4 <= q; j += 4) {
    multiply_columns<4>(a, c + j * c_stride, c_stride, add, y + j * y_stride, y_stride);
  }
  for (; j < q; ++j) {
    multiply_columns<1>(a, c + j * c_stride, c_stride, add, y + j * y_stride, y_stride);
  }
}

/// Calls `body` with the first row and the block for each block of `size` rows.
template <class Body>
void for_row_blocks(const TallMatrix& a, std::int64_t size, Body body) {
  for (std::int64_t first = 0; first < a.rows; first += size) {
    body(first, TallMatrix{a.values + first, std::min(size, a.rows - first), a.columns, a.stride});
  }
}

}  // namespace

void tall_products(const TallMatrix& a, const TallMatrix& b, double* p, std::int64_t stride) {
  for (std::int64_t j = 0; j < b.columns; ++j) {
    std::fill_n(p + j * stride, a.columns, 0.0);
  }
  for_row_blocks(a, b.columns > 1 ? matrix_rows : vector_rows, [&](std::int64_t first, const TallMatrix& rows) {
    products_of_rows(rows, {b.values + first, rows.rows, b.columns, b.stride}, p, stride);
  });
}

void tall_accumulate(const TallMatrix& a, const double* c, double* y) {
  for_row_blocks(a, vector_rows, [&](std::int64_t first, const TallMatrix& rows) { accumulate_rows(rows, c, y + first); });
}

void tall_subtract_and_project(const TallMatrix& a, const double* h, double* y, double* sums) {
  std::fill_n(sums, a.columns + 1, 0.0);
  for_row_blocks(a, vector_rows, [&](std::int64_t first, const TallMatrix& rows) { project_rows(rows, h, y + first, sums); });
}

void tall_multiply(const TallMatrix& a, const double* c, std::int64_t c_stride, std::int64_t q, bool add, double* y,
                   std::int64_t y_stride) {
  for_row_blocks(a, matrix_rows,
                 [&](std::int64_t first, const TallMatrix& rows) { multiply_rows(rows, c, c_stride, q, add, y + first, y_stride); });
}

}  // namespace kindred::kernels
