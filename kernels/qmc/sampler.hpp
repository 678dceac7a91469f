#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <variant>
#include <vector>

#include <kindred/kernels/qmc/digital_net.hpp>
#include <kindred/kernels/qmc/halton.hpp>
#include <kindred/kernels/qmc/independent.hpp>
#include <kindred/kernels/qmc/kronecker.hpp>
#include <kindred/kernels/qmc/lattice.hpp>
#include <kindred/kernels/qmc/order.hpp>
#include <kindred/kernels/qmc/randomization.hpp>

namespace kindred::qmc {

using PointSet = std::variant<DigitalNet, Lattice, Kronecker, Halton, Independent>;

enum class Layout {
  row_major,        // replicates × points × dimensions
  dimension_major,  // replicates × dimensions × points
};

/// Whether writing goes past the caches; `automatic`: where the output exceeds the last-level cache.
enum class Stores { automatic, ordinary, streaming };

struct FillOptions {
  Order order = Order::natural;
  Layout layout = Layout::row_major;
  /// double and float: midpoints of cells of 52 and 23 digits, so that 0 does not occur (for inverse distribution functions).
  bool centred = false;
  /// 0: one for every processor.
  int threads = 1;
  Stores stores = Stores::automatic;
};

template <class T>
class Blocks;

/// A randomised point set: replicates of a low-discrepancy set, any range of whose points can be generated. The bits of a number depend on
/// the set, the randomisation, the replicate, the order and its indices alone: not on the range, the partition, the threads or the
/// processor. Value type; copies share the tables, which never change: safe to use from several threads.
class Sampler {
 public:
  /// @throws InputError if the scramble does not apply to such a set, replicates < 1, or a set is empty or unusable
  /// Cost of the tables: digital nets O(components · columns · digits / 4) a replicate under lms, Halton see halton.hpp, O(dimensions)
  /// otherwise.
  explicit Sampler(const PointSet& points, const Randomization& randomization = {});

  [[nodiscard]] int dimensions() const;
  [[nodiscard]] int replicates() const;
  [[nodiscard]] const Randomization& randomization() const;
  /// Points are numbered 0 … max_points() − 1. (2^64 − 1 stands for 2^64.)
  [[nodiscard]] std::uint64_t max_points() const;

  /// Coordinate j of point i as a word: u = word / 2^64. O(log i), Halton O(⌈53/log₂ b⌉ log_b i).
  /// @throws InputError if an index is out of range or the set has no such order
  [[nodiscard]] std::uint64_t word(std::uint64_t i, int j, int replicate = 0, Order order = Order::natural) const;

  /// The coordinates of point i.
  /// @param out dimensions() numbers
  void point(std::uint64_t i, std::span<double> out, int replicate = 0, Order order = Order::natural) const;

  /// Points n0 … n1 − 1 of all replicates.
  /// double: 53 digits, float: 24, std::uint32_t: 32 (u = x / 2^32), std::uint64_t: 64; rounded down, never 1.
  /// @param out replicates() · (n1 − n0) · dimensions() numbers in the layout of the options
  /// @throws InputError if the sizes disagree, n0 > n1, n1 > max_points(), or the set has no such order
  template <class T>
  void fill(std::span<T> out, std::uint64_t n0, std::uint64_t n1, const FillOptions& options = {}) const;

  /// Points n0 … n1 − 1 piece by piece in one buffer of about `bytes` bytes; pieces end at multiples of their length, a power of two.
  ///     for (const auto& block : sampler.blocks<double>(n0, n1)) { use(block.first, block.count, block.values); }
  /// @throws InputError as fill()
  template <class T>
  [[nodiscard]] Blocks<T> blocks(std::uint64_t n0, std::uint64_t n1, std::size_t bytes = std::size_t{1} << 20U,
                                 const FillOptions& options = {}) const;

 private:
  friend struct SamplerAccess;
  struct State;
  std::shared_ptr<const State> state_;
};

/// The range that Sampler::blocks() returns; to be gone through once.
template <class T>
class Blocks {
 public:
  struct Block {
    std::uint64_t first;
    std::uint64_t count;
    std::span<const T> values;  // as from fill(); overwritten by the next block
  };

  class Iterator {
   public:
    explicit Iterator(Blocks* blocks) : blocks_(blocks) {}
    const Block& operator*() const { return blocks_->block_; }
    Iterator& operator++() {
      blocks_->next();
      return *this;
    }
    bool operator==(std::default_sentinel_t /*end*/) const { return blocks_->block_.count == 0; }

   private:
    Blocks* blocks_;
  };

  Iterator begin() { return Iterator(this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  friend class Sampler;
  Blocks(Sampler sampler, std::uint64_t n0, std::uint64_t n1, std::size_t bytes, const FillOptions& options);
  void next();

  Sampler sampler_;
  FillOptions options_;
  std::uint64_t end_;
  std::uint64_t length_ = 1;  // a power of two
  std::vector<T> buffer_;
  Block block_{};
};

}  // namespace kindred::qmc
