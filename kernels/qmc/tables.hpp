#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

// The published tables that the library carries (data/SOURCES.md), packed by data/pack_tables.py. Nothing is unpacked before it is asked
// for: a table costs what is used of it.

namespace kindred::qmc::tables {

enum class Kind : std::uint32_t { joe_kuo = 1, lattice = 2, digital_net = 3, kronecker = 4 };

struct Table {
  std::string_view name;
  Kind kind;
  int rows;
  int columns;
  int digits;
  std::span<const unsigned char> bytes;
};

/// All tables, in the order of the file.
std::vector<Table> all();

/// @throws InputError listing the tables of this kind, if there is none of this name
Table find(Kind kind, std::string_view name);

/// Number `k` of a table of 32-bit or 64-bit words.
std::uint32_t word32(const Table& table, std::size_t k);
std::uint64_t word64(const Table& table, std::size_t k);

/// A row of the Joe-Kuo table: primitive polynomial x^s + a_1 x^(s−1) + … + a_(s−1) x + 1 over GF(2), a = Σ a_i 2^(s−1−i), and odd m_k <
/// 2^k.
struct JoeKuoRow {
  static constexpr int max_degree = 18;
  int degree = 0;
  std::uint32_t a = 0;
  std::uint32_t m[max_degree] = {};
};

/// Rows of dimensions 2, 3, …; dimension 1 has none.
class JoeKuo {
 public:
  static constexpr int dimensions = 21201;

  JoeKuo();
  /// The next row. At most dimensions − 1 calls.
  JoeKuoRow next();

 private:
  std::span<const unsigned char> bytes_;
  std::size_t position_ = 0;
  int degree_ = 0;
  std::uint32_t left_ = 0;  // rows of this degree
};

}  // namespace kindred::qmc::tables
