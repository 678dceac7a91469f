#include <algorithm>
#include <bit>

#include <kindred/kernels/qmc/net_points.hpp>
#include <kindred/kernels/qmc/random_words.hpp>
#include <kindred/kernels/qmc/write_blocks.hpp>

namespace kindred::qmc {
namespace {

constexpr int small_cut = 2;  // seven levels, kept for every component
constexpr int large_cut = 3;  // twelve levels, tabulated for long columns
constexpr std::size_t small_table = std::size_t{1} << static_cast<unsigned>(NestedKeys::level(small_cut));
constexpr std::uint64_t long_column = std::uint64_t{1} << 13U;

/// Scrambled digits of all prefixes of level(to) digits from those of level(from), subtree by subtree:
/// S_(k+1)[2p + b] = 2 S_k[p] + (b ⊕ bit of node (k, p)).
std::vector<std::uint16_t> extend(std::vector<std::uint16_t> table, const NestedKeys& keys, int from, int to) {
  for (int cut = from; cut < to; ++cut) {
    const int depth = NestedKeys::depth(cut);
    const std::size_t leaves = std::size_t{1} << static_cast<unsigned>(depth);
    std::vector<std::uint16_t> next(table.size() * leaves);
    for (std::size_t prefix = 0; prefix < table.size(); ++prefix) {
      const std::uint32_t bits = nested_bits(keys.keys[cut], static_cast<std::uint32_t>(prefix));
      std::uint16_t scrambled[32];
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
      block_kernels().philox(keys.keys, words.key(), randomization.first_replicate + static_cast<std::uint32_t>(r),
                             static_cast<std::uint32_t>(component), 0, NestedKeys::count / 2);
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
    if (count >= long_column) {
      table = extend({nested.table, nested.table + small_table}, nested.keys, small_cut, large_cut);
      nested.table_cut = large_cut;
      nested.table = table.data();
    }
    components_.push_back({{points.net_.matrix(component), 0, order}, nested, std::move(table)});
  }
}

void NestedNet::Column::write_component(Component& component, const BlockKernels& kernels, Format format, void* out, std::uint64_t first,
                                        std::size_t count) {
  constexpr std::size_t tile = 512;
  auto* target = static_cast<unsigned char*>(out);
  for (std::size_t k = 0; k < count;) {
    const auto f = static_cast<std::size_t>(format_at(format, target));
    const std::uint64_t from = first + k;
    const std::size_t taken = std::min(count - k, tile - static_cast<std::size_t>(from % tile));
    if (component.nested.keys.digits <= 32) {
      alignas(64) std::uint32_t heads[tile];
      component.linear.write(kernels, Format::u32, heads, from, taken);
      kernels.nested[f](target, heads, component.nested, taken);
    } else {
      alignas(64) std::uint64_t words[tile];
      component.linear.write(kernels, Format::u64, words, from, taken);
      std::transform(words, words + taken, words, [&](std::uint64_t word) { return nested_uniform(word, component.nested.keys); });
      kernels.convert[f](target, words, taken);
    }
    target += taken * format_bytes(format);
    k += taken;
  }
}

void NestedNet::Column::write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count) {
  write_components(kernels, format, out, first, count, interlacing_,
                   [&](int r, Format f, void* to, std::uint64_t from, std::size_t number) {
                     write_component(components_[static_cast<std::size_t>(r)], kernels, f, to, from, number);
                   });
}

}  // namespace kindred::qmc
