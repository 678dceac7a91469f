#include <algorithm>
#include <bit>

#include <kindred/kernels/qmc/net_points.hpp>

namespace kindred::qmc {
namespace {

/// Rows 0 … 2^bits − 1 of C(order(a)), d words each: every row is an earlier one and the word of a single bit.
/// @param word  (dimension, index)
template <class Row, class WordOf>
Row low_rows(std::size_t d, Order order, int bits, const WordOf& word) {
  Row low(d << static_cast<unsigned>(bits));
  for (int bit = 0; bit < bits; ++bit) {
    const std::size_t half = std::size_t{1} << static_cast<unsigned>(bit);
    auto* first = low.data() + half * d;
    for (std::size_t j = 0; j < d; ++j) {
      first[j] = word(j, index_of(order, half));
    }
    for (std::size_t a = 1; a < half; ++a) {
      std::transform(first, first + d, low.data() + a * d, first + a * d, [](auto x, auto y) { return x ^ y; });
    }
  }
  return low;
}

/// Rows of what changes at blocks 1 … last_block, one for every number of trailing zeros.
template <class Row, class WordOf>
Row step_rows(std::size_t d, std::size_t pitch, Order order, int bits, std::uint64_t last_block, const WordOf& word) {
  const int steps = std::max(1, static_cast<int>(std::bit_width(last_block)));
  Row step(static_cast<std::size_t>(steps) * pitch);
  for (int c = 0; c < steps; ++c) {
    const std::uint64_t changed = step_index(order, bits, c) ^ (c > 0 ? step_index(order, bits, c - 1) : 0);
    auto* row = step.data() + static_cast<std::size_t>(c) * pitch;
    for (std::size_t j = 0; j < d; ++j) {
      row[j] = word(j, changed) ^ (c > 0 ? row[j - pitch] : 0);
    }
  }
  return step;
}

/// Continues an array of period d.
template <class Row>
void repeat(Row& row, std::size_t d) {
  for (std::size_t k = d; k < row.size(); ++k) {
    row[k] = row[k - d];
  }
}

}  // namespace

LinearNet::Rows::Rows(const LinearNet& net, int replicate, Order order, int bits, std::uint64_t last_block, const BlockKernels& kernels)
    : net_(net), kernels_(kernels), replicate_(replicate), order_(order), bits_(bits) {
  const auto d = static_cast<std::size_t>(net.dimensions_);
  const auto word = [&](std::size_t j, std::uint64_t index) { return net_word(net.matrix(replicate, static_cast<int>(j)), index); };
  low_ = low_rows<LineVector<std::uint64_t>>(d, order, bits, word);
  step_ = step_rows<LineVector<std::uint64_t>>(d, d, order, bits, last_block, word);
  for (auto& base : base_) {
    base.resize(d + kernels.padding);
  }
}

void LinearNet::Rows::seek(std::uint64_t block) {
  const std::uint64_t index = index_of(order_, block << static_cast<unsigned>(bits_));
  auto& base = base_[block & 1U];
  for (int j = 0; j < net_.dimensions_; ++j) {
    base[static_cast<std::size_t>(j)] = net_.word(replicate_, j, index);
  }
  repeat(base, static_cast<std::size_t>(net_.dimensions_));
}

void LinearNet::Rows::next(std::uint64_t block) {
  const auto d = static_cast<std::size_t>(net_.dimensions_);
  const std::uint64_t* step = step_.data() + static_cast<std::size_t>(std::countr_zero(block)) * d;
  const auto& before = base_[(block - 1) & 1U];
  auto& base = base_[block & 1U];
  std::transform(step, step + d, before.begin(), base.begin(), [](std::uint64_t x, std::uint64_t y) { return x ^ y; });
  repeat(base, d);
}

void LinearNet::Rows::write(Format format, void* out, std::uint64_t block, std::size_t number, std::size_t phase, std::size_t count) const {
  kernels_.xor_rows[static_cast<std::size_t>(format)](out, low_.data() + number, base_[block & 1U].data(),
                                                      static_cast<std::size_t>(net_.dimensions_), phase, count);
}

LinearNet::LongRows::LongRows(const LinearNet& net, int replicate, Order order, std::uint64_t first, std::uint64_t last,
                              const BlockKernels& kernels)
    : kernels_(kernels), first_(first), pitch_((static_cast<std::size_t>(net.dimensions_) + 7) / 8 * 8) {
  const auto d = static_cast<std::size_t>(net.dimensions_);
  step_ = step_rows<LineVector<std::uint64_t>>(d, pitch_, order, 0, last, [&](std::size_t j, std::uint64_t index) {
    return net_word(net.matrix(replicate, static_cast<int>(j)), index);
  });
  base_.resize(d);
  for (std::size_t j = 0; j < d; ++j) {
    base_[j] = net.word(replicate, static_cast<int>(j), index_of(order, first));
  }
}

void LinearNet::LongRows::write(Format format, void* out, std::uint64_t row, std::size_t dimension, std::size_t count) {
  const auto f = static_cast<std::size_t>(format);
  if (row == first_) {
    kernels_.convert[f](out, base_.data() + dimension, count);
  } else {
    kernels_.xor_step[f](out, base_.data() + dimension, step_.data() + static_cast<std::size_t>(std::countr_zero(row)) * pitch_ + dimension,
                         count);
  }
}

OwenNet::Rows::Rows(const OwenNet& net, int replicate, Order order, int bits, std::uint64_t last_block, const BlockKernels& kernels)
    : net_(net), kernels_(kernels), order_(order), bits_(bits) {
  const auto d = static_cast<std::size_t>(net.net_.dimensions);
  const auto word = [&](std::size_t j, std::uint64_t index) {
    return reversed_head(net_word(net.net_.matrix(static_cast<int>(j)), index));
  };
  low_ = low_rows<LineVector<std::uint32_t>>(d, order, bits, word);
  step_ = step_rows<LineVector<std::uint32_t>>(d, d, order, bits, last_block, word);
  for (auto& base : base_) {
    base.resize(d + kernels.padding);
  }
  seed_.resize(d + kernels.padding);
  tail_.resize(d + kernels.padding);
  for (std::size_t j = 0; j < d; ++j) {
    seed_[j] = net.key(replicate, static_cast<int>(j)).seed;
    tail_[j] = net.key(replicate, static_cast<int>(j)).tail;
  }
  repeat(seed_, d);
  repeat(tail_, d);
}

void OwenNet::Rows::seek(std::uint64_t block) {
  const std::uint64_t index = index_of(order_, block << static_cast<unsigned>(bits_));
  auto& base = base_[block & 1U];
  for (int j = 0; j < net_.net_.dimensions; ++j) {
    base[static_cast<std::size_t>(j)] = reversed_head(net_word(net_.net_.matrix(j), index));
  }
  repeat(base, static_cast<std::size_t>(net_.net_.dimensions));
}

void OwenNet::Rows::next(std::uint64_t block) {
  const auto d = static_cast<std::size_t>(net_.net_.dimensions);
  const std::uint32_t* step = step_.data() + static_cast<std::size_t>(std::countr_zero(block)) * d;
  const auto& before = base_[(block - 1) & 1U];
  auto& base = base_[block & 1U];
  std::transform(step, step + d, before.begin(), base.begin(), [](std::uint32_t x, std::uint32_t y) { return x ^ y; });
  repeat(base, d);
}

void OwenNet::Rows::write(Format format, void* out, std::uint64_t block, std::size_t number, std::size_t phase, std::size_t count) const {
  const OwenRows rows{low_.data() + number, base_[block & 1U].data(), seed_.data(), tail_.data()};
  kernels_.owen_rows[static_cast<std::size_t>(format)](out, rows, static_cast<std::size_t>(net_.net_.dimensions), phase, count);
}

}  // namespace kindred::qmc
