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

template <class Word>
template <class WordOf>
BlockRows<Word>::BlockRows(std::size_t d, Order o, int block_bits, std::uint64_t last_block, std::size_t padding, const WordOf& word)
    : dimensions(d),
      order(o),
      bits(block_bits),
      low(low_rows<LineVector<Word>>(d, o, block_bits, word)),
      step(step_rows<LineVector<Word>>(d, d, o, block_bits, last_block, word)) {
  for (auto& words : base) {
    words.resize(d + padding);
  }
}

template <class Word>
template <class WordOf>
void BlockRows<Word>::seek(std::uint64_t block, const WordOf& word) {
  const std::uint64_t index = index_of(order, block << static_cast<unsigned>(bits));
  auto& words = base[block & 1U];
  for (std::size_t j = 0; j < dimensions; ++j) {
    words[j] = word(j, index);
  }
  repeat(words, dimensions);
}

template <class Word>
void BlockRows<Word>::next(std::uint64_t block) {
  const Word* change = step.data() + static_cast<std::size_t>(std::countr_zero(block)) * dimensions;
  const auto& before = base[(block - 1) & 1U];
  auto& words = base[block & 1U];
  std::transform(change, change + dimensions, before.begin(), words.begin(), [](Word x, Word y) { return x ^ y; });
  repeat(words, dimensions);
}

template struct BlockRows<std::uint32_t>;
template struct BlockRows<std::uint64_t>;

LinearNet::Rows::Rows(const LinearNet& net, int replicate, Order order, int bits, std::uint64_t last_block, const BlockKernels& kernels)
    : net_(net),
      kernels_(kernels),
      replicate_(replicate),
      words_(static_cast<std::size_t>(net.dimensions_), order, bits, last_block, kernels.padding,
             [&](std::size_t j, std::uint64_t index) { return net_word(net.matrix(replicate, static_cast<int>(j)), index); }) {}

void LinearNet::Rows::seek(std::uint64_t block) {
  words_.seek(block, [&](std::size_t j, std::uint64_t index) { return net_.word(replicate_, static_cast<int>(j), index); });
}

void LinearNet::Rows::write(Format format, void* out, std::uint64_t block, std::size_t number, std::size_t phase, std::size_t count) const {
  kernels_.xor_rows[static_cast<std::size_t>(format)](out, words_.low.data() + number, words_.base[block & 1U].data(), words_.dimensions,
                                                      phase, count);
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

namespace {

auto words_of(const DigitalNet& net) {
  return [&net](std::size_t j, std::uint64_t index) { return reversed_head(net_word(net.matrix(static_cast<int>(j)), index)); };
}

}  // namespace

OwenNet::Rows::Rows(const OwenNet& net, int replicate, Order order, int bits, std::uint64_t last_block, const BlockKernels& kernels)
    : net_(net),
      kernels_(kernels),
      words_(static_cast<std::size_t>(net.net_.dimensions), order, bits, last_block, kernels.padding, words_of(net.net_)),
      seed_(words_.dimensions + kernels.padding),
      tail_(words_.dimensions + kernels.padding) {
  for (std::size_t j = 0; j < words_.dimensions; ++j) {
    seed_[j] = net.key(replicate, static_cast<int>(j)).seed;
    tail_[j] = net.key(replicate, static_cast<int>(j)).tail;
  }
  repeat(seed_, words_.dimensions);
  repeat(tail_, words_.dimensions);
}

void OwenNet::Rows::seek(std::uint64_t block) { words_.seek(block, words_of(net_.net_)); }

void OwenNet::Rows::write(Format format, void* out, std::uint64_t block, std::size_t number, std::size_t phase, std::size_t count) const {
  const OwenRows rows{words_.low.data() + number, words_.base[block & 1U].data(), seed_.data(), tail_.data()};
  kernels_.owen_rows[static_cast<std::size_t>(format)](out, rows, words_.dimensions, phase, count);
}

}  // namespace kindred::qmc
