#include <kindred/kernels/qmc/digital_net.hpp>

#include <bit>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/tables.hpp>

namespace kindred::qmc {
namespace {

constexpr int word_bits = 64;

std::uint64_t digit(int k) { return std::uint64_t{1} << static_cast<unsigned>(word_bits - k); }

/// Zeros below the given number of leading digits.
std::uint64_t leading(int digits) { return digits == 0 ? 0 : ~std::uint64_t{0} << static_cast<unsigned>(word_bits - digits); }

void check_shape(const char* what, int dimensions, int columns, int digits, int interlacing) {
  const auto check = [&](const char* name, int value, int high) {
    if (value < 1 || value > high) {
      throw InputError(std::string(what) + ": " + name + " = " + std::to_string(value) + " is not in 1 … " + std::to_string(high));
    }
  };
  check("interlacing", interlacing, DigitalNet::max_interlacing);
  check("dimensions", dimensions, tables::JoeKuo::dimensions);
  check("columns", columns, word_bits);
  check("digits", digits, word_bits);
}

/// Bratley and Fox (1988), equation for the direction numbers v_k; columns of the generating matrix.
void direction_numbers(const tables::JoeKuoRow& row, int columns, std::uint64_t* v) {
  const int s = row.degree;
  for (int k = 1; k <= columns && k <= s; ++k) {
    v[k - 1] = static_cast<std::uint64_t>(row.m[k - 1]) << static_cast<unsigned>(word_bits - k);
  }
  for (int k = s; k < columns; ++k) {
    std::uint64_t value = v[k - s] ^ (v[k - s] >> static_cast<unsigned>(s));
    for (std::uint32_t a = row.a; a != 0; a &= a - 1) {  // bit s − 1 − i of a: coefficient a_i
      value ^= v[k - (s - 1 - std::countr_zero(a))];
    }
    v[k] = value;
  }
}

}  // namespace

DigitalNet sobol(int dimensions, int columns, int interlacing) {
  check_shape("sobol", dimensions, columns, columns, interlacing);
  DigitalNet net{dimensions, interlacing, columns, columns, {}};
  if (net.components() > tables::JoeKuo::dimensions) {
    throw InputError("sobol: " + std::to_string(dimensions) + " dimensions with interlacing " + std::to_string(interlacing) +
                     " need more than the table's " + std::to_string(tables::JoeKuo::dimensions) + " components");
  }
  const auto width = static_cast<std::size_t>(columns);
  net.matrices.resize(static_cast<std::size_t>(net.components()) * width);
  for (int c = 0; c < columns; ++c) {
    net.matrices[static_cast<std::size_t>(c)] = digit(c + 1);
  }
  tables::JoeKuo table;
  for (std::size_t component = 1; component < static_cast<std::size_t>(net.components()); ++component) {
    direction_numbers(table.next(), columns, net.matrices.data() + component * width);
  }
  return net;
}

DigitalNet digital_net(int dimensions, int columns, int digits, std::span<const std::uint64_t> matrices, int interlacing) {
  check_shape("digital_net", dimensions, columns, digits, interlacing);
  DigitalNet net{dimensions, interlacing, columns, digits, {matrices.begin(), matrices.end()}};
  const auto expected = static_cast<std::size_t>(net.components()) * static_cast<std::size_t>(columns);
  if (matrices.size() != expected) {
    throw InputError("digital_net: " + std::to_string(matrices.size()) + " columns given, " + std::to_string(net.components()) +
                     " matrices of " + std::to_string(columns) + " columns need " + std::to_string(expected));
  }
  for (std::size_t k = 0; k < matrices.size(); ++k) {
    if ((matrices[k] & ~leading(digits)) != 0) {
      throw InputError("digital_net: column " + std::to_string(k % static_cast<std::size_t>(columns)) + " of matrix " +
                       std::to_string(k / static_cast<std::size_t>(columns)) + " has digits beyond number " + std::to_string(digits) +
                       "; row 1 belongs in bit 63");
    }
  }
  return net;
}

DigitalNet digital_net_table(std::string_view name) {
  const auto table = tables::find(tables::Kind::digital_net, name);
  DigitalNet net{table.rows, 1, table.columns, table.digits, {}};
  net.matrices.resize(static_cast<std::size_t>(table.rows) * static_cast<std::size_t>(table.columns));
  for (std::size_t k = 0; k < net.matrices.size(); ++k) {
    net.matrices[k] = static_cast<std::uint64_t>(tables::word32(table, k)) << static_cast<unsigned>(word_bits - table.digits);
  }
  return net;
}

DigitalNet niederreiter_xing(int dimensions) {
  if (dimensions < 4 || dimensions > 32) {
    throw InputError("niederreiter_xing: dimensions = " + std::to_string(dimensions) + " is not in 4 … 32; use sobol");
  }
  if (dimensions < 9) {
    return digital_net_table("nx_b2_m30_s" + std::to_string(dimensions));
  }
  return digital_net_table((dimensions < 10 ? "nxs0" : "nxs") + std::to_string(dimensions) + "m32");
}

DigitalNet multiply_out(const DigitalNet& net) {
  const Interlacing interlacing(net.interlacing);
  DigitalNet plain{net.dimensions, 1, net.columns, std::min(word_bits, net.digits * net.interlacing), {}};
  plain.matrices.resize(static_cast<std::size_t>(net.dimensions) * static_cast<std::size_t>(net.columns));
  for (int j = 0; j < net.dimensions; ++j) {
    for (int r = 0; r < net.interlacing; ++r) {
      const auto component = net.matrix(j * net.interlacing + r);
      for (std::size_t c = 0; c < component.size(); ++c) {
        plain.matrices[static_cast<std::size_t>(j) * component.size() + c] ^= interlacing.spread(component[c], r);
      }
    }
  }
  return plain;
}

}  // namespace kindred::qmc
