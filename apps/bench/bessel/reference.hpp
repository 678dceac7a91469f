#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

/// Reference values of the functions in `kindred::kernels::BesselFunction`, in its order, and the files that hold them.
namespace bench {

constexpr std::size_t function_count = 10;

/// A number as an unevaluated sum: 106 bits.
struct TwoDoubles {
  double hi;
  double lo;
};

/// One row of a reference file, which is nothing but such rows in the machine's byte order: NumPy reads it as
/// `fromfile(path).reshape(-1, 22)`. Rows hold v, x and the functions at (v, x).
struct ReferenceRow {
  double v;
  double x;
  std::array<TwoDoubles, function_count> values;
};

using ReferenceTable = std::vector<ReferenceRow>;

/// @throws kindred::IoError if there is no such file or its size is not a number of rows
ReferenceTable read_reference(const std::filesystem::path& path);
void write_reference(const std::filesystem::path& path, const ReferenceTable& table);

}  // namespace bench
