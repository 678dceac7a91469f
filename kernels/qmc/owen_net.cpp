#include <kindred/kernels/qmc/net_points.hpp>
#include <kindred/kernels/qmc/random_words.hpp>
#include <kindred/kernels/qmc/write_blocks.hpp>

namespace kindred::qmc {

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
      component.column.step[c] = reversed_head(net_word(component.matrix, step_index(order, block_bits, static_cast<int>(c))));
    }
    components_.push_back(component);
  }
}

void OwenNet::Column::write_component(Component& component, const BlockKernels& kernels, Format format, void* out, std::uint64_t first,
                                      std::size_t count) const {
  write_blocks(kernels, format, out, first, count, [&](Format f, void* to, std::uint64_t block, std::size_t blocks) {
    component.column.base = reversed_head(net_word(component.matrix, index_of(order_, block * block_size)));
    kernels.owen_column[static_cast<std::size_t>(f)](to, component.column, block, blocks);
  });
}

void OwenNet::Column::write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count) {
  write_components(kernels, format, out, first, count, interlacing_,
                   [&](int r, Format f, void* to, std::uint64_t from, std::size_t number) {
                     write_component(components_[static_cast<std::size_t>(r)], kernels, f, to, from, number);
                   });
}

}  // namespace kindred::qmc
