#include <kindred/kernels/qmc/lattice.hpp>

#include <algorithm>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/tables.hpp>

namespace kindred::qmc {
namespace {

void check(const Lattice& lattice, const std::string& what, Duplicates duplicates) {
  const int m = lattice.log2_points;
  if (m < 1 || m > 64 || lattice.z.empty()) {
    throw InputError(what + ": log2 of the number of points = " + std::to_string(m) + " is not in 1 … 64, or there is no component");
  }
  const std::uint64_t largest = ~std::uint64_t{0} >> static_cast<unsigned>(64 - m);
  std::vector<std::pair<std::uint64_t, std::size_t>> residues;
  residues.reserve(lattice.z.size());
  for (std::size_t j = 0; j < lattice.z.size(); ++j) {
    const std::uint64_t z = lattice.z[j];
    if (z % 2 == 0 || z > largest) {
      throw InputError(what + ": component " + std::to_string(j + 1) + " = " + std::to_string(z) + " is not odd and below 2^" +
                       std::to_string(m));
    }
    residues.emplace_back(std::min(z, (0 - z) & largest), j);
  }
  if (duplicates == Duplicates::allow) {
    return;
  }
  std::ranges::sort(residues);
  std::pair<std::size_t, std::size_t> first{lattice.z.size(), 0};  // the repetition of lowest dimension, and what it repeats
  for (std::size_t k = 1; k < residues.size(); ++k) {
    if (residues[k].first == residues[k - 1].first) {
      first = std::min(first, {residues[k].second, residues[k - 1].second});
    }
  }
  if (first.first < lattice.z.size()) {
    throw InputError(
        what + ": component " + std::to_string(first.first + 1) + " repeats component " + std::to_string(first.second + 1) +
        " (up to sign), so that these coordinates of all points coincide: use fewer dimensions, another vector, or allow duplicates");
  }
}

}  // namespace

Lattice lattice(std::span<const std::uint64_t> z, int log2_points, Duplicates duplicates) {
  Lattice result{log2_points, {z.begin(), z.end()}};
  check(result, "lattice", duplicates);
  return result;
}

Lattice lattice_table(int dimensions, std::string_view name, Duplicates duplicates) {
  const auto table = tables::find(tables::Kind::lattice, name);
  if (dimensions < 1 || dimensions > table.rows) {
    throw InputError("lattice " + std::string(name) + ": dimensions = " + std::to_string(dimensions) + " is not in 1 … " +
                     std::to_string(table.rows));
  }
  Lattice result{table.columns, {}};
  for (std::size_t j = 0; j < static_cast<std::size_t>(dimensions); ++j) {
    result.z.push_back(tables::word32(table, j));
  }
  check(result, "lattice " + std::string(name), duplicates);
  return result;
}

Kronecker linear_order(const Lattice& lattice, int m) {
  if (m < 1 || m > lattice.log2_points) {
    throw InputError("lattice in linear order: log2 of the number of points = " + std::to_string(m) + " is not in 1 … " +
                     std::to_string(lattice.log2_points));
  }
  Kronecker sequence;
  for (const std::uint64_t z : lattice.z) {
    sequence.a.push_back(z << static_cast<unsigned>(64 - m));
  }
  return sequence;
}

}  // namespace kindred::qmc
