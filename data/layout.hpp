#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/base/types.hpp>
#include <kindred/core/deck/value.hpp>

namespace kindred::data {

enum class Precision { f32, f64 };

/// One spatial axis of the data set. Coordinates are cell centres.
struct AxisLayout {
  std::string name;  ///< `x`, `y`, `z`
  std::vector<double> coordinates;
  std::string unit = "1";
};

/// One field, scalar-, vector- or tensor-valued. Row shape: [steps,] axes it varies along, [d] or [d, d] components.
struct FieldLayout {
  std::string name;
  std::string long_name;
  std::string unit = "1";
  bool output = false;
  int rank = 0;                    ///< 0 scalar, 1 vector, 2 tensor: /t0_fields, /t1_fields, /t2_fields
  std::vector<bool> varies_along;  ///< one flag per axis of the data set
  bool time_varying = false;       ///< has a step axis (steady solutions: one step, or two with steady_frames = 2)
};

/// One per-sample parameter, stored in /scalars.
struct ScalarLayout {
  std::string name;
  std::string unit = "1";
  std::string long_name;
};

/// One side's boundary condition, in The Well's terms and ours.
struct BoundaryLayout {
  std::string axis;  ///< `x`
  bool high = false;
  std::string kind;        ///< dirichlet, neumann, robin, periodic; open: no boundary, the solution goes on
  std::string expression;  ///< the value as written in the deck
};

/// The Well's word for a kind of side.
inline std::string well_boundary_type(const std::string& kind) {
  return kind == "periodic" ? "PERIODIC" : kind == "open" ? "OPEN" : "WALL";
}

struct Split {
  std::string name;  ///< train, valid, test
  Index count = 0;
};

/// Samples that were laid out together: those of the first run, or those by which a later one extended the data set.
struct Part {
  Index count = 0;
  std::vector<Split> splits;  ///< counts add up to `count`
};

/// Where the samples are among the points of a design.
class PointSource {
 public:
  virtual ~PointSource() = default;
  [[nodiscard]] virtual int dimensions() const = 0;
  [[nodiscard]] virtual int replicate(Index sample) const = 0;
  [[nodiscard]] virtual std::uint64_t point(Index sample) const = 0;
  /// True if the coordinates are to be stored.
  [[nodiscard]] virtual bool stored() const = 0;
  /// Coordinate j of the sample's point as a word: word / 2^64.
  [[nodiscard]] virtual std::uint64_t word(Index sample, int j) const = 0;
};

/// Everything that is fixed when a data set is created. Row order: the parts follow one another; within a part, row =
/// permutation(index), the splits are contiguous ranges of rows, the shards contiguous ranges of each split.
struct DatasetLayout {
  std::string name;  ///< The Well's dataset_name
  std::filesystem::path directory;
  std::uint64_t seed = 0;
  Index count = 0;  ///< samples in all
  std::vector<AxisLayout> axes;
  std::vector<FieldLayout> fields;
  std::vector<ScalarLayout> scalars;
  std::vector<BoundaryLayout> boundary;
  Precision precision = Precision::f32;
  int steady_frames = 1;
  std::vector<Split> splits;                      ///< counts add up to `count`
  Index shard_bytes = Index{1} << 30;             ///< aim
  Index minimum_shards = 1;                       ///< job arrays want at least one shard per task
  std::vector<Part> parts;                        ///< empty: one, of all samples
  bool shuffle = true;                            ///< false: row = index
  bool split_ranges = false;                      ///< every split of a part is a range of samples, shuffled within itself
  bool extensible = false;                        ///< more samples leave these as they are: a larger count goes on
  std::string identity;                           ///< canonical deck text that identifies the data
  std::map<std::string, std::string> provenance;  ///< further texts for /provenance, by name
  std::string card;                               ///< Markdown description for the data set card (equation, fields, …)
  Value design = Value(Table{});                  ///< attributes of /design: what makes the points again; empty: no such group
  std::shared_ptr<const PointSource> points;      ///< of that design

  /// Bytes written for one row of one field / of all fields (of two frames, the second; the first is a hole).
  [[nodiscard]] Index row_bytes(const FieldLayout& field) const;
  [[nodiscard]] Index row_bytes() const;
  /// Number of values of one row of a field as the caller supplies it (one step; frame 0 of two is implied).
  [[nodiscard]] Index row_values(const FieldLayout& field) const;
  /// Components of a value: 1 for scalars, d for vectors, d² for tensors.
  [[nodiscard]] Index row_components(const FieldLayout& field) const;
};

/// Keyed bijection of [0, n): a 4-round Feistel network over Philox with cycle walking; O(1) memory.
/// @returns the row at which sample `index` is stored
Index permuted_row(Index index, Index n, std::uint64_t seed);
Index permuted_index(Index row, Index n, std::uint64_t seed);

/// Where one sample lives.
struct Placement {
  std::size_t shard = 0;
  Index row = 0;  ///< within the shard
};

struct ShardPlan {
  std::string split;
  std::string file;     ///< relative to the directory: `data/train/darcy-00000-of-00004.hdf5`
  Index first_row = 0;  ///< global row of its first sample
  Index rows = 0;
};

/// The samples of a layout by parts, one at least.
std::vector<Part> parts_of(const DatasetLayout& layout);

/// The shards of a layout and the map from samples to rows; a pure function of the layout.
class DatasetPlan {
 public:
  explicit DatasetPlan(const DatasetLayout& layout);
  [[nodiscard]] const std::vector<ShardPlan>& shards() const { return shards_; }
  [[nodiscard]] Placement place(Index index) const;
  [[nodiscard]] Index index_at(std::size_t shard, Index row) const;

 private:
  /// Rows, and samples, `first` … `first + count − 1`, shuffled among themselves.
  struct Block {
    Index first = 0;
    Index count = 0;
    std::uint64_t seed = 0;
  };
  void add_shards(const DatasetLayout& layout, const Split& split, const std::string& stem, Index first);
  [[nodiscard]] const Block& block_of(Index row) const;

  std::vector<ShardPlan> shards_;
  std::vector<Block> blocks_;
  Index count_ = 0;
  bool shuffle_ = true;
};

}  // namespace kindred::data
