#include <cmath>
#include <complex>

#include <kindred/kernels/fftconv/engine/roots.hpp>
#include <kindred/kernels/fftconv/half/half_plan.hpp>

namespace kindred::fftconv::half {
namespace {

using Entry = std::complex<double>;

constexpr int lanes_of_warp = 32;

/// exp(−2πi (k + s) n / M), s = −1/4 or 0.
Entry shifted_root(Index k, Index n, Index length, bool shifted) {
  const Index turns = (4 * k - (shifted ? 1 : 0)) * n;  // in units of 1/(4 M)
  return Entry(root(turns >= 0 ? turns : turns + 4 * length * n, 4 * length));
}

/// A power of two near 1/√radix, not above.
double scale_of_radix(int radix) {
  double scale = 1.0;
  for (int power = 1; power < radix; power *= 4) {
    scale /= 2;
  }
  return scale;
}

std::uint32_t rounded(HalfFormat format, double low, double high) {
  const auto a = static_cast<float>(low);
  const auto b = static_cast<float>(high);
  return format == HalfFormat::fp16 ? Fp16::round(a, b) : Bf16::round(a, b);
}

/// Appends a 16 × 16 matrix; number(lane, r, e) is what half e of register r holds.
template <class Number>
void append(std::vector<Quad>& table, HalfFormat format, const Number& number) {
  for (const bool imaginary : {false, true}) {
    for (int lane = 0; lane < lanes_of_warp; ++lane) {
      Quad quad;
      for (int r = 0; r < 4; ++r) {
        const Entry low = number(lane, r, 0);
        const Entry high = number(lane, r, 1);
        quad.word[r] = imaginary ? rounded(format, low.imag(), high.imag()) : rounded(format, low.real(), high.real());
      }
      table.push_back(quad);
    }
  }
}

/// See fragments.hpp.
template <class Matrix>
void append_left(std::vector<Quad>& table, HalfFormat format, const Matrix& matrix) {
  append(table, format, [&](int lane, int r, int e) { return matrix(lane / 4 + 8 * (r & 1), 2 * (lane % 4) + 8 * (r / 2) + e); });
}
template <class Matrix>
void append_right(std::vector<Quad>& table, HalfFormat format, const Matrix& matrix) {
  append(table, format, [&](int lane, int r, int e) { return matrix(2 * (lane % 4) + 8 * (r & 1) + e, lane / 4 + 8 * (r / 2)); });
}

Complex single(Entry x) { return {static_cast<float>(x.real()), static_cast<float>(x.imag())}; }

Tables::Stage stage_tables(HalfFormat format, int radix, bool shifted) {
  Tables::Stage stage;
  const int tiles = radix < 16 ? 1 : radix / 16;
  const int repeat = 16 * tiles / radix;
  const auto entry = [&](int k, int n) {
    const Entry factor = scale_of_radix(radix) * shifted_root(k / repeat, n / repeat, radix, shifted);
    return k % repeat == n % repeat ? factor : Entry{};
  };
  for (int i = 0; i < tiles; ++i) {
    for (int j = 0; j < tiles; ++j) {
      append_left(stage.forward, format, [&](int row, int column) { return entry(16 * i + row, 16 * j + column); });
      append_left(stage.backward, format, [&](int row, int column) { return std::conj(entry(16 * j + column, 16 * i + row)); });
    }
  }
  return stage;
}

}  // namespace

Tables tables_of(const HalfDescription& description, const Geometry& geometry) {
  const HalfFormat format = description.format;
  Tables tables;
  const bool two_levels = geometry.outer_radix > 1;
  if (two_levels) {
    tables.outer = stage_tables(format, geometry.outer_radix, true);
    for (int k = 0; k < geometry.outer_radix; ++k) {
      for (int j = 0; j < 16; ++j) {
        tables.outer_low.push_back(single(shifted_root(k, j, geometry.length(), true)));
      }
      for (Index m = 0; m < geometry.length() / geometry.outer_radix / 16; ++m) {
        tables.outer_high.push_back(single(shifted_root(k, 16 * m, geometry.length(), true)));
      }
    }
  }
  const FusedShape& shape = geometry.shape;
  if (shape.staged()) {
    tables.stage = stage_tables(format, shape.radix(), !two_levels);
  }
  const int columns = shape.columns();
  for (int block = 0; block < shape.radix(); ++block) {
    const auto first = [&](int k, int n) {
      return scale_of_radix(16) * shifted_root(block + Index{shape.radix()} * k, n, 16 * shape.radix(), !two_levels);
    };
    const auto last = [&](int n, int position) {
      const Index k = block + Index{16} * shape.radix() * digit_at(position, columns);
      const bool there = n < columns && position < columns;
      return there ? scale_of_radix(columns) * shifted_root(k, n, Index{16} * shape.radix() * columns, !two_levels) : Entry{};
    };
    append_left(tables.first, format, first);
    append_left(tables.first_adjoint, format, [&](int n, int k) { return std::conj(first(k, n)); });
    append_right(tables.last, format, last);
    append_left(tables.last_adjoint, format, [&](int n, int position) { return std::conj(last(n, position)); });
  }
  for (int pair = 0; pair < 4; ++pair) {
    for (int lane = 0; lane < lanes_of_warp; ++lane) {
      for (int i = 2 * pair; i < 2 * pair + 2; ++i) {
        const int row = sum_row(lane, i);
        const int column = sum_column(lane, i);
        tables.twiddles.push_back(single(shifted_root(row, column, 16 * columns, false)));
        tables.twiddles_back.push_back(single(std::conj(shifted_root(column, row, 16 * columns, false))));
      }
    }
  }
  return tables;
}

}  // namespace kindred::fftconv::half
