#include <kindred/kernels/qmc/tables.hpp>

#include <bit>
#include <cstring>
#include <string>

#include <kindred/core/base/error.hpp>

// KINDRED_QMC_TABLES is the path of tables.bin.
asm(R"(.section .rodata
.balign 64
kindred_qmc_tables:
.incbin ")" KINDRED_QMC_TABLES R"("
kindred_qmc_tables_end:
.previous
)");
extern "C" const unsigned char kindred_qmc_tables[];
extern "C" const unsigned char kindred_qmc_tables_end[];

namespace kindred::qmc::tables {
namespace {

static_assert(std::endian::native == std::endian::little, "tables.bin is little-endian");

struct Entry {
  char name[40];
  Kind kind;
  std::uint32_t rows, columns, digits, offset, bytes;
};
static_assert(sizeof(Entry) == 64);

constexpr std::size_t header_bytes = 16;

template <class T>
T load(const unsigned char* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return value;
}

std::uint32_t entry_count() { return load<std::uint32_t>(kindred_qmc_tables + 8); }

Table entry(std::uint32_t k) {
  const unsigned char* at = kindred_qmc_tables + header_bytes + k * sizeof(Entry);
  const auto e = load<Entry>(at);
  return {reinterpret_cast<const char*>(at), e.kind,
          static_cast<int>(e.rows),          static_cast<int>(e.columns),
          static_cast<int>(e.digits),        {kindred_qmc_tables + e.offset, e.bytes}};
}

}  // namespace

std::vector<Table> all() {
  std::vector<Table> tables;
  for (std::uint32_t k = 0; k < entry_count(); ++k) {
    tables.push_back(entry(k));
  }
  return tables;
}

Table find(Kind kind, std::string_view name) {
  std::string known;
  for (std::uint32_t k = 0; k < entry_count(); ++k) {
    const Table table = entry(k);
    if (table.kind != kind) {
      continue;
    }
    if (table.name == name) {
      return table;
    }
    known += (known.empty() ? "" : ", ") + std::string(table.name);
  }
  throw InputError("no table of points is called \"" + std::string(name) + "\"; there are: " + known);
}

std::uint32_t word32(const Table& table, std::size_t k) { return load<std::uint32_t>(table.bytes.data() + 4 * k); }
std::uint64_t word64(const Table& table, std::size_t k) { return load<std::uint64_t>(table.bytes.data() + 8 * k); }

JoeKuo::JoeKuo() : bytes_(find(Kind::joe_kuo, "joe_kuo").bytes), position_(sizeof(std::uint32_t) * (JoeKuoRow::max_degree + 1)) {}

JoeKuoRow JoeKuo::next() {
  while (left_ == 0) {
    ++degree_;
    left_ = load<std::uint32_t>(bytes_.data() + sizeof(std::uint32_t) * static_cast<std::size_t>(degree_));
  }
  --left_;
  unsigned bit = 0;
  const auto take = [&](int width) {
    const auto bits = load<std::uint64_t>(bytes_.data() + position_ + bit / 8) >> (bit % 8);
    bit += static_cast<unsigned>(width);
    return static_cast<std::uint32_t>(bits & ((std::uint64_t{1} << static_cast<unsigned>(width)) - 1U));
  };
  JoeKuoRow row;
  row.degree = degree_;
  row.a = take(degree_ - 1);
  row.m[0] = 1;
  for (int k = 1; k < degree_; ++k) {
    row.m[k] = 2 * take(k) + 1;
  }
  position_ += (bit + 7) / 8;
  return row;
}

}  // namespace kindred::qmc::tables
