#include <kindred/data/layout.hpp>

#include <algorithm>
#include <bit>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/random.hpp>

namespace kindred::data {
namespace {

constexpr int feistel_rounds = 4;

/// A balanced Feistel network (Luby, Rackoff 1988: four rounds of a random function are a strong pseudo-random
/// permutation) on 2 × `half_bits` bits, the smallest such domain that holds n values.
class Feistel {
 public:
  Feistel(Index n, std::uint64_t seed) : key_(stream_key(seed, "row permutation")) {
    const int bits = std::bit_width(static_cast<std::uint64_t>(n - 1));
    half_bits_ = std::max(1, (bits + 1) / 2);
    mask_ = (std::uint64_t{1} << half_bits_) - 1;
  }

  [[nodiscard]] std::uint64_t forward(std::uint64_t x) const {
    std::uint64_t left = x >> half_bits_;
    std::uint64_t right = x & mask_;
    for (std::uint32_t round = 0; round < feistel_rounds; ++round) {
      left = std::exchange(right, left ^ mix(right, round));
    }
    return (left << half_bits_) | right;
  }

  [[nodiscard]] std::uint64_t backward(std::uint64_t y) const {
    std::uint64_t left = y >> half_bits_;
    std::uint64_t right = y & mask_;
    for (std::uint32_t round = feistel_rounds; round-- > 0;) {
      right = std::exchange(left, right ^ mix(left, round));
    }
    return (left << half_bits_) | right;
  }

 private:
  [[nodiscard]] std::uint64_t mix(std::uint64_t half, std::uint32_t round) const {
    const auto words = Philox4x32::generate({static_cast<std::uint32_t>(half), static_cast<std::uint32_t>(half >> 32U), round, 0},
                                            {static_cast<std::uint32_t>(key_), static_cast<std::uint32_t>(key_ >> 32U)});
    return ((static_cast<std::uint64_t>(words[1]) << 32U) | words[0]) & mask_;
  }

  std::uint64_t key_;
  int half_bits_ = 1;
  std::uint64_t mask_ = 1;
};

void require_in_range(Index value, Index n) {
  if (value < 0 || value >= n) {
    throw InputError(fmt::format("sample or row {} is not in [0, {})", value, n));
  }
}

void require_name(const std::string& name, const char* what) {
  if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos) {
    throw InputError(fmt::format("\"{}\" cannot be the name of a {}", name, what));
  }
  constexpr std::size_t longest = 200;  // file systems allow 255 bytes, and file names add a number and a suffix
  if (name.size() > longest) {
    throw InputError(
        fmt::format("the name of a {} has {} bytes, {} at most are allowed: {}…", what, name.size(), longest, name.substr(0, 40)));
  }
}

/// @throws InputError if the layout contradicts itself
void validate(const DatasetLayout& layout) {
  require_name(layout.name, "data set");
  if (layout.count < 1 || layout.shard_bytes < 1 || layout.minimum_shards < 1) {
    throw InputError("a data set needs at least one sample, one byte per shard and one shard");
  }
  if (layout.fields.empty() || layout.axes.empty() || layout.axes.size() > 3) {
    throw InputError("a data set needs at least one field and one to three axes");
  }
  if (layout.steady_frames != 1 && layout.steady_frames != 2) {
    throw InputError("steady_frames is 1 or 2");
  }
  std::set<std::string> names;
  for (const auto& field : layout.fields) {
    require_name(field.name, "field");
    if (!names.insert(field.name).second) {
      throw InputError(fmt::format("two fields are called \"{}\"", field.name));
    }
    if (field.rank < 0 || field.rank > 2 || field.varies_along.size() != layout.axes.size()) {
      throw InputError(fmt::format("field \"{}\" needs a rank of 0, 1 or 2 and one flag per axis", field.name));
    }
  }
  names.clear();
  for (const auto& scalar : layout.scalars) {
    require_name(scalar.name, "parameter");
    if (!names.insert(scalar.name).second) {
      throw InputError(fmt::format("two parameters are called \"{}\"", scalar.name));
    }
  }
  Index sum = 0;
  for (const auto& split : layout.splits) {
    require_name(split.name, "split");
    sum += split.count;
  }
  if (sum != layout.count) {
    throw InputError(fmt::format("the splits hold {} samples, the data set {}", sum, layout.count));
  }
  sum = 0;
  for (const auto& part : parts_of(layout)) {
    for (const auto& split : part.splits) {
      sum += split.count;
    }
  }
  if (sum != layout.count) {
    throw InputError(fmt::format("the parts hold {} samples, the data set {}", sum, layout.count));
  }
}

/// Shards of one split. Job arrays of `minimum` tasks get a multiple of that number, so that each has its share of every split.
Index shards_of_split(Index rows, Index row_bytes, Index shard_bytes, Index minimum) {
  const Index rows_per_shard = std::max<Index>(1, shard_bytes / std::max<Index>(1, row_bytes));
  const Index shards = std::max((rows + rows_per_shard - 1) / rows_per_shard, minimum);
  return std::min(rows, (shards + minimum - 1) / minimum * minimum);
}

}  // namespace

Index DatasetLayout::row_values(const FieldLayout& field) const {
  Index values = row_components(field);
  for (std::size_t axis = 0; axis < axes.size(); ++axis) {
    values *= field.varies_along[axis] ? static_cast<Index>(axes[axis].coordinates.size()) : 1;
  }
  return values;
}

Index DatasetLayout::row_components(const FieldLayout& field) const {
  Index components = 1;
  for (int i = 0; i < field.rank; ++i) {
    components *= static_cast<Index>(axes.size());
  }
  return components;
}

Index DatasetLayout::row_bytes(const FieldLayout& field) const { return row_values(field) * (precision == Precision::f64 ? 8 : 4); }

Index DatasetLayout::row_bytes() const {
  Index bytes = 0;
  for (const auto& field : fields) {
    bytes += row_bytes(field);
  }
  return bytes;
}

Index permuted_row(Index index, Index n, std::uint64_t seed) {
  require_in_range(index, n);
  const Feistel network(n, seed);
  // Cycle walking (Black, Rogaway 2002): leave the domain's surplus by applying the permutation again. The domain is less
  // than four times n, so four applications are expected at most.
  auto row = static_cast<std::uint64_t>(index);
  do {
    row = network.forward(row);
  } while (row >= static_cast<std::uint64_t>(n));
  return static_cast<Index>(row);
}

Index permuted_index(Index row, Index n, std::uint64_t seed) {
  require_in_range(row, n);
  const Feistel network(n, seed);
  auto index = static_cast<std::uint64_t>(row);
  do {
    index = network.backward(index);
  } while (index >= static_cast<std::uint64_t>(n));
  return static_cast<Index>(index);
}

std::vector<Part> parts_of(const DatasetLayout& layout) {
  return layout.parts.empty() ? std::vector<Part>{{layout.count, layout.splits}} : layout.parts;
}

DatasetPlan::DatasetPlan(const DatasetLayout& layout) : count_(layout.count), shuffle_(layout.shuffle) {
  validate(layout);
  Index first = 0;
  std::size_t number = 0;
  for (const auto& part : parts_of(layout)) {
    const std::string stem = number == 0 ? layout.name : fmt::format("{}-part{}", layout.name, number);
    const std::uint64_t seed = layout.seed + number;
    if (!layout.split_ranges) {
      blocks_.push_back({first, part.count, seed});
    }
    for (const auto& split : part.splits) {
      if (split.count == 0) {
        continue;
      }
      if (layout.split_ranges) {
        blocks_.push_back({first, split.count, seed});
      }
      add_shards(layout, split, stem, first);
      first += split.count;
    }
    ++number;
  }
}

void DatasetPlan::add_shards(const DatasetLayout& layout, const Split& split, const std::string& stem, Index first) {
  const Index shards = shards_of_split(split.count, layout.row_bytes(), layout.shard_bytes, layout.minimum_shards);
  for (Index shard = 0; shard < shards; ++shard) {
    // Sizes that differ by one row at most.
    const Index begin = split.count / shards * shard + std::min(shard, split.count % shards);
    const Index rows = split.count / shards + (shard < split.count % shards ? 1 : 0);
    shards_.push_back({split.name, fmt::format("data/{}/{}-{:05}-of-{:05}.hdf5", split.name, stem, shard, shards), first + begin, rows});
  }
}

const DatasetPlan::Block& DatasetPlan::block_of(Index row) const {
  const auto next = std::upper_bound(blocks_.begin(), blocks_.end(), row, [](Index r, const Block& block) { return r < block.first; });
  return *(next - 1);
}

Placement DatasetPlan::place(Index index) const {
  require_in_range(index, count_);
  const Block& block = block_of(index);
  const Index row = shuffle_ ? block.first + permuted_row(index - block.first, block.count, block.seed) : index;
  const auto next =
      std::upper_bound(shards_.begin(), shards_.end(), row, [](Index r, const ShardPlan& shard) { return r < shard.first_row; });
  const auto shard = static_cast<std::size_t>(next - shards_.begin()) - 1;
  return {shard, row - shards_[shard].first_row};
}

Index DatasetPlan::index_at(std::size_t shard, Index row) const {
  if (shard >= shards_.size()) {
    throw InputError(fmt::format("there is no shard {} of {}", shard, shards_.size()));
  }
  require_in_range(row, shards_[shard].rows);
  const Index global = shards_[shard].first_row + row;
  const Block& block = block_of(global);
  return shuffle_ ? block.first + permuted_index(global - block.first, block.count, block.seed) : global;
}

}  // namespace kindred::data
