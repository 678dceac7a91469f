#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <kindred/apps/integrate/evaluator.hpp>
#include <kindred/data/lock.hpp>

namespace kindred::app {

/// All values evaluated so far, by level, replicate and number of the point; kept in an HDF5 file if it has a path.
///
/// The file (float64 and int64, little-endian): attributes `format` = "kindred integration record", `version` = "2", `checksum`, the
/// CRC-32C of the bytes of `pieces` and then `values` in hexadecimal, and the provenance; `identity`, the text that all values depend on;
/// `pieces`, count × 4: level, replicate, first point, number of points; `values`, points × outputs, the pieces' rows one after another;
/// `effort`, levels × 5: evaluations, solves, iterations, repeated solves, seconds.
class Record {
 public:
  /// Reads the file if it is there, and keeps other runs from it by `<path>.lock` until the end of this one.
  /// @param path  empty: nothing is kept
  /// @throws InputError naming what differs if the file is of another study, or if another run has it; IoError if it cannot be read or is
  /// damaged
  Record(std::filesystem::path path, std::string identity, std::size_t outputs, std::size_t levels);

  /// Copies the values of a piece. @returns whether all are known
  bool find(const Piece& piece, std::span<double> values) const;
  void add(const Piece& piece, std::span<const double> values, const Effort& effort);

  /// Writes the file anew and puts it in the old one's place, so that at any time one of the two is whole; nothing if nothing was added.
  /// @throws IoError
  void save(const std::vector<std::string>& command_line);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::int64_t loaded() const { return loaded_; }  ///< evaluations that the file held
  [[nodiscard]] const std::vector<Effort>& effort() const { return effort_; }

 private:
  void load();

  std::filesystem::path path_;
  std::optional<data::OwnedFile> lock_;
  std::string identity_;
  std::size_t outputs_;
  std::vector<Effort> effort_;                                ///< by level
  std::map<std::pair<int, int>, std::vector<double>> known_;  ///< by level and replicate: points × outputs, NaN: not known
  std::vector<Piece> pieces_;
  std::int64_t loaded_ = 0;
  bool changed_ = false;
};

}  // namespace kindred::app
