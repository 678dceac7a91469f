#include <algorithm>
#include <bit>

#include <kindred/kernels/qmc/net_points.hpp>
#include <kindred/kernels/qmc/random_words.hpp>
#include <kindred/kernels/qmc/write_blocks.hpp>

namespace kindred::qmc {
namespace {

constexpr int small_cut = 2;  // eight levels, kept for every component
constexpr int large_cut = 3;  // fourteen levels, tabulated for long columns
constexpr std::size_t small_table = std::size_t{1} << static_cast<unsigned>(NestedKeys::level(small_cut));
constexpr std::uint64_t long_column = std::uint64_t{1} << 15U;

/// Scrambled digits of all prefixes of level(to) digits from those of level(from), subtree by subtree:
/// S_(k+1)[2p + b] = 2 S_k[p] + (b ⊕ bit of node (k, p)).
std::vector<std::uint16_t> extend(std::vector<std::uint16_t> table, const NestedKeys& keys, int from, int to) {
  for (int cut = from; cut < to; ++cut) {
    const int depth = NestedKeys::level(cut + 1) - NestedKeys::level(cut);
    const std::size_t leaves = std::size_t{1} << static_cast<unsigned>(depth);
    std::vector<std::uint16_t> next(table.size() * leaves);
    for (std::size_t prefix = 0; prefix < table.size(); ++prefix) {
      const std::uint64_t bits = nested_bits(keys.start[cut], prefix);
      std::uint16_t scrambled[64];
      scrambled[1] = table[prefix];  // heap order: node h has children 2h and 2h + 1
      for (std::size_t h = 1; h < leaves; ++h) {
        const auto flip = static_cast<std::uint16_t>((bits >> h) & 1U);
        for (std::uint16_t b = 0; b < 2; ++b) {
          const auto child = static_cast<std::uint16_t>(2 * scrambled[h] + (b ^ flip));
          if (2 * h < leaves) {
            scrambled[2 * h + b] = child;
          } else {
            next[prefix * leaves + 2 * h + b - leaves] = child;
          }
        }
      }
    }
    table = std::move(next);
  }
  return table;
}

}  // namespace

NestedNet::NestedNet(const DigitalNet& net, const Randomization& randomization) : net_(net), interlacing_(net.interlacing) {
  const RandomWords words(randomization.seed, "qmc.nested_uniform");
  const auto count = static_cast<std::size_t>(randomization.replicates) * static_cast<std::size_t>(net.components());
  keys_.reserve(count);
  tables_.reserve(count * small_table);
  for (int r = 0; r < randomization.replicates; ++r) {
    for (int component = 0; component < net.components(); ++component) {
      NestedKeys keys;
      keys.digits = net.digits;
      block_kernels().philox(keys.start, words.key(), randomization.first_replicate + static_cast<std::uint32_t>(r),
                             static_cast<std::uint32_t>(component), 0, NestedKeys::max_cuts / 2);
      const auto table = extend({0}, keys, 0, small_cut);
      keys_.push_back(keys);
      tables_.insert(tables_.end(), table.begin(), table.end());
    }
  }
}

std::uint64_t NestedNet::word(int replicate, int dimension, std::uint64_t index) const {
  std::uint64_t result = 0;
  for (int r = 0; r < interlacing_.order(); ++r) {
    const int component = dimension * interlacing_.order() + r;
    result |= interlacing_.spread(nested_uniform(net_word(net_.matrix(component), index), keys_[key_index(replicate, component)]), r);
  }
  return result;
}

NestedNet::Column::Column(const NestedNet& points, int replicate, int dimension, Order order, std::uint64_t count)
    : interlacing_(points.interlacing_) {
  for (int r = 0; r < interlacing_.order(); ++r) {
    const int component = dimension * interlacing_.order() + r;
    const std::size_t k = points.key_index(replicate, component);
    NestedColumn nested{points.keys_[k], small_cut, points.tables_.data() + k * small_table};
    std::vector<std::uint16_t> table;
    if (count >= long_column && nested.keys.last_cut() >= large_cut) {
      table = extend({nested.table, nested.table + small_table}, nested.keys, small_cut, large_cut);
      nested.table_cut = large_cut;
      nested.table = table.data();
    }
    components_.push_back({{points.net_.matrix(component), 0, order}, nested, std::move(table)});
  }
}

void NestedNet::Column::write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count) {
  write_words(kernels, format, out, first, count, [&](std::uint64_t* words, std::uint64_t from, std::size_t number) {
    Component& leading = components_[0];
    leading.linear.write(kernels, Format::u64, words, from, number);
    kernels.nested(words, leading.nested, number);
    if (interlacing_.order() == 1) {
      return;
    }
    std::vector<std::uint64_t> other(number);
    std::transform(words, words + number, words, [&](std::uint64_t word) { return interlacing_.spread(word, 0); });
    for (int r = 1; r < interlacing_.order(); ++r) {
      Component& component = components_[static_cast<std::size_t>(r)];
      component.linear.write(kernels, Format::u64, other.data(), from, number);
      kernels.nested(other.data(), component.nested, number);
      std::transform(words, words + number, other.data(), words,
                     [&](std::uint64_t sum, std::uint64_t word) { return sum | interlacing_.spread(word, r); });
    }
  });
}

OwenNet::OwenNet(const DigitalNet& net, const Randomization& randomization) : net_(net), interlacing_(net.interlacing) {
  const RandomWords words(randomization.seed, "qmc.owen_hash");
  for (int r = 0; r < randomization.replicates; ++r) {
    for (int component = 0; component < net.components(); ++component) {
      const std::uint64_t word =
          words(randomization.first_replicate + static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(component), 0);
      keys_.push_back({static_cast<std::uint32_t>(word >> 32U), static_cast<std::uint32_t>(word)});
    }
  }
}

namespace {

std::uint32_t reversed_head(std::uint64_t word) { return reverse_bits(static_cast<std::uint32_t>(word >> 32U)); }

}  // namespace

std::uint64_t OwenNet::word(int replicate, int dimension, std::uint64_t index) const {
  std::uint64_t result = 0;
  for (int r = 0; r < interlacing_.order(); ++r) {
    const int component = dimension * interlacing_.order() + r;
    const std::uint32_t reversed = reversed_head(net_word(net_.matrix(component), index));
    result |= interlacing_.spread(owen_hash_word(reversed, key(replicate, component)), r);
  }
  return result;
}

OwenNet::Column::Column(const OwenNet& points, int replicate, int dimension, Order order)
    : order_(order), interlacing_(points.interlacing_) {
  for (int r = 0; r < interlacing_.order(); ++r) {
    const int number = dimension * interlacing_.order() + r;
    Component component{points.net_.matrix(number), {}};
    component.column.key = points.key(replicate, number);
    for (std::uint64_t a = 0; a < block_size; ++a) {
      component.column.low[a] = reversed_head(net_word(component.matrix, index_of(order, a)));
    }
    for (std::size_t c = 0; c < std::size(component.column.step); ++c) {
      const std::uint64_t ones = (std::uint64_t{2} << c) - 1U;
      component.column.step[c] = reversed_head(net_word(component.matrix, index_of(order, ones * block_size)));
    }
    components_.push_back(component);
  }
}

void OwenNet::Column::write_component(Component& component, const BlockKernels& kernels, Format format, void* out, std::uint64_t first,
                                      std::size_t count) {
  write_blocks(kernels, format, out, first, count, [&](Format f, void* to, std::uint64_t block, std::size_t blocks) {
    component.column.base = reversed_head(net_word(component.matrix, index_of(order_, block * block_size)));
    kernels.owen_column[static_cast<std::size_t>(f)](to, component.column, block, blocks);
  });
}

void OwenNet::Column::write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count) {
  if (interlacing_.order() == 1) {
    write_component(components_[0], kernels, format, out, first, count);
    return;
  }
  write_words(kernels, format, out, first, count, [&](std::uint64_t* words, std::uint64_t from, std::size_t number) {
    std::vector<std::uint64_t> other(number);
    std::fill(words, words + number, 0);
    for (int r = 0; r < interlacing_.order(); ++r) {
      write_component(components_[static_cast<std::size_t>(r)], kernels, Format::u64, other.data(), from, number);
      std::transform(words, words + number, other.data(), words,
                     [&](std::uint64_t sum, std::uint64_t word) { return sum | interlacing_.spread(word, r); });
    }
  });
}

}  // namespace kindred::qmc
