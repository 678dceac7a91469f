#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/core/deck/value.hpp>
#include <kindred/kernels/qmc/sampler.hpp>
#include <kindred/kernels/qmc/transforms/marginal.hpp>

namespace kindred::app::points {

/// The command line of `kindred points`.
struct Options {
  std::string sequence = "sobol";
  std::vector<std::string> settings;  ///< NAME=VALUE, of the point set
  int dimension = 0;
  Index first = 0;
  Index count = 0;
  std::string order = "natural";
  std::string scramble;                      ///< empty: the set's usual one
  std::vector<std::filesystem::path> saved;  ///< randomisations in LDData's formats, in place of a scramble
  std::uint64_t seed = 0;
  int replicates = 1;
  int first_replicate = 0;
  bool centred = false;
  std::string precision = "double";
  std::vector<std::string> transforms;
  int threads = 1;
  std::string output;
  std::filesystem::path ld_data;
  bool quality = false;
  bool triples = false;
  bool force = false;
};

/// The command line, understood and checked.
struct Plan {
  std::string sequence;
  Value table;                ///< of the point set, with its defaults
  qmc::PointSet set;          ///< as its plugin made it
  qmc::PointSet ordered_set;  ///< whose points in `order` are wanted: `set`, or a lattice in linear order
  qmc::Order order = qmc::Order::natural;
  qmc::Randomization randomization;
  /// A saved shift, one word for each coordinate, or none: added to the points modulo 1, or to a net's digits modulo 2.
  std::vector<std::uint64_t> shift;
  bool keep_source = false;  ///< the set or the shift came out of a file
  Index first = 0;
  Index count = 0;
  int dimensions = 0;
  bool centred = false;
  std::vector<qmc::Marginal> marginals;  ///< none, one for all dimensions, or one for each
  std::vector<std::string> warnings;
  /// What the points follow from, name and value; to be stored beside them.
  std::vector<std::pair<std::string, std::string>> description;
};

/// @throws InputError, IoError, DeckError for what cannot be made
Plan understand(const Options& options);

/// Applies saved randomisations: scrambling matrices to the plan's net, a shift to all its points.
/// @throws InputError if the set has no such randomisation, IoError if a file cannot be read
void apply_saved(Plan& plan, const Options& options);

/// `normal`, `normal(2, 0.5)`, `uniform(-1, 1)`, … @throws InputError
qmc::Marginal parse_marginal(const std::string& text);

/// FNV-1a of the set's matrices, generating vector or multipliers, as 16 hexadecimal digits; of their number where it has none of these.
std::string checksum(const qmc::PointSet& set);

}  // namespace kindred::app::points
