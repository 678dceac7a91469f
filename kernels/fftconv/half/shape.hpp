#pragma once

namespace kindred::fftconv::half {

/// How the fused kernel transforms 2^log_length complex numbers: by two digits, or by three of which the first is radix().
struct FusedShape {
  int log_length = 8;

  static constexpr int least_log_length = 7;
  static constexpr int most_log_length = 14;

  /// Values of the last digit; those of the one before are 16.
  [[nodiscard]] constexpr int columns() const { return log_length == 7 ? 8 : 16; }
  [[nodiscard]] constexpr int log_radix() const { return log_length <= 8 ? 0 : log_length - 8; }
  [[nodiscard]] constexpr int radix() const { return 1 << log_radix(); }
  [[nodiscard]] constexpr bool staged() const { return log_length > 8; }
  /// Of 16 rows, that the first digit's matrix has.
  [[nodiscard]] constexpr int tiles() const { return radix() <= 16 ? 1 : radix() / 16; }
  [[nodiscard]] constexpr int log_rows() const { return !staged() ? 0 : log_radix() <= 4 ? 4 : log_radix(); }
  [[nodiscard]] constexpr int rows() const { return 1 << log_rows(); }
  [[nodiscard]] constexpr int log_columns() const { return log_length - log_rows(); }
  /// Warps of a transform.
  [[nodiscard]] constexpr int warps() const { return log_length <= 9 ? 1 : log_length == 10 ? 2 : log_length <= 13 ? 4 : 8; }
  /// Transforms of a thread block.
  [[nodiscard]] constexpr int side_by_side() const { return warps() < 4 ? 4 / warps() : 1; }
  [[nodiscard]] constexpr int threads() const { return 32 * warps() * side_by_side(); }
};

}  // namespace kindred::fftconv::half
