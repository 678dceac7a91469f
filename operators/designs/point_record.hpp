#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <kindred/core/deck/value.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

namespace kindred {

/// All that determines the points of a design: what a data set stores of it, and what makes them again bit for bit.
struct PointRecord {
  std::string sequence;                    ///< sobol, lattice, halton
  std::string table;                       ///< where the generating numbers come from: joe_kuo_6_21201, a vector's name, a file; primes
  std::string table_sha256;                ///< of the numbers in use, as little-endian 64-bit words; empty if there are none
  std::vector<std::string> assigned;       ///< what each coordinate stands for: the path of an axis, or `problem.coefficient #3`
  std::vector<std::string> distributions;  ///< of the axes, as in a deck
  int interlacing = 1;
  int columns = 32;  ///< of the generating matrices
  std::string order = "natural";
  std::string scramble;
  std::uint64_t seed = 0;
  int replicate = 0;
  std::uint64_t first_point = 0;
  bool split_replicates = false;

  [[nodiscard]] int dimensions() const { return static_cast<int>(assigned.size()); }
  [[nodiscard]] qmc::Order point_order() const;
  /// Its table of the first `dimensions` coordinates.
  /// @throws InputError if the table has no so many, or is not the one that was in use
  [[nodiscard]] qmc::PointSet point_set(int dimensions) const;
  [[nodiscard]] qmc::Randomization randomization() const;
  [[nodiscard]] qmc::Sampler sampler() const { return qmc::Sampler(point_set(dimensions()), randomization()); }

  [[nodiscard]] Value to_value() const;
  /// The inverse. @throws InputError if the table lacks something
  static PointRecord from_value(const Value& table);
};

/// SHA-256 of a set's generating numbers; empty for a Halton sequence.
std::string generating_hash(const qmc::PointSet& set);

/// The scramble of this name. @throws InputError listing those that there are
qmc::Scramble parse_scramble(const std::string& name);

/// A distribution as a deck's inline table: `{ uniform = [0.0, 1.0] }`.
std::string distribution_text(const class Distribution& distribution);

}  // namespace kindred
