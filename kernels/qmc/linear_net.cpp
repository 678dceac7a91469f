#include <algorithm>
#include <bit>

#include <kindred/kernels/qmc/net_points.hpp>
#include <kindred/kernels/qmc/random_words.hpp>
#include <kindred/kernels/qmc/write_blocks.hpp>

namespace kindred::qmc {
namespace {

/// L · C for a random lower triangular L with unit diagonal and 64 rows. Column k of L: one at digit k, random digits below it (its
/// random word is row k of its component), zero above.
class LinearScramble {
 public:
  LinearScramble(const RandomWords& words, std::uint32_t replicate, std::uint32_t component, int digits) {
    std::uint64_t columns[64];
    block_kernels().philox(columns, words.key(), replicate, component, 0, static_cast<std::size_t>((digits + 1) / 2));
    for (int k = 0; k < digits; ++k) {
      const std::uint64_t diagonal = std::uint64_t{1} << static_cast<unsigned>(63 - k);
      columns[k] = (columns[k] & (diagonal - 1U)) | diagonal;
    }
    // Sums of the columns that four digits name.
    for (int group = 0; 4 * group < digits; ++group) {
      for (unsigned n = 1; n < 16; ++n) {
        const int k = 4 * group + 3 - std::countr_zero(n);
        sums_[group][n] = sums_[group][n & (n - 1U)] ^ (k < digits ? columns[k] : 0U);
      }
    }
  }

  [[nodiscard]] std::uint64_t operator()(std::uint64_t column) const {
    std::uint64_t result = 0;
    for (int group = 0; column != 0; column <<= 4U, ++group) {
      result ^= sums_[group][column >> 60U];
    }
    return result;
  }

 private:
  std::uint64_t sums_[16][16] = {};
};

}  // namespace

LinearNet::LinearNet(const DigitalNet& net, const Randomization& randomization)
    : dimensions_(net.dimensions), columns_(static_cast<std::size_t>(net.columns)) {
  const Scramble scramble = randomization.scramble;
  shared_ = scramble == Scramble::none || scramble == Scramble::digital_shift;
  const int alpha = net.interlacing;
  const Interlacing interlacing(alpha);
  const RandomWords words(randomization.seed, "qmc.lms");
  const int sets = shared_ ? 1 : randomization.replicates;
  matrices_.resize(static_cast<std::size_t>(sets) * static_cast<std::size_t>(dimensions_) * columns_);
  std::uint64_t* product = matrices_.data();
  for (int set = 0; set < sets; ++set) {
    const std::uint32_t replicate = randomization.first_replicate + static_cast<std::uint32_t>(set);
    for (int j = 0; j < dimensions_; ++j, product += columns_) {
      for (int r = 0; r < alpha; ++r) {
        const int component = j * alpha + r;
        const auto matrix = net.matrix(component);
        if (shared_) {
          for (std::size_t c = 0; c < columns_; ++c) {
            product[c] |= interlacing.spread(matrix[c], r);
          }
          continue;
        }
        const LinearScramble lower(words, replicate, static_cast<std::uint32_t>(component), net.digits);
        for (std::size_t c = 0; c < columns_; ++c) {
          product[c] |= interlacing.spread(lower(matrix[c]), r);
        }
      }
    }
  }
  if (scramble == Scramble::digital_shift || scramble == Scramble::lms_digital_shift) {
    const RandomWords shifts(randomization.seed, "qmc.digital_shift");
    shifts_.reserve(static_cast<std::size_t>(randomization.replicates) * static_cast<std::size_t>(dimensions_));
    for (int r = 0; r < randomization.replicates; ++r) {
      for (int j = 0; j < dimensions_; ++j) {
        shifts_.push_back(shifts(randomization.first_replicate + static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(j), 0));
      }
    }
  }
}

LinearNet::Column::Column(std::span<const std::uint64_t> matrix, std::uint64_t shift, Order order)
    : matrix_(matrix), shift_(shift), order_(order) {
  for (std::uint64_t a = 0; a < block_size; ++a) {
    column_.low[a] = net_word(matrix, index_of(order, a));
  }
  for (int c = 0; c < static_cast<int>(std::size(column_.step)); ++c) {
    column_.step[c] = (c > 0 ? column_.step[c - 1] : 0) ^
                      net_word(matrix, step_index(order, block_bits, c) ^ (c > 0 ? step_index(order, block_bits, c - 1) : 0));
  }
}

void LinearNet::Column::write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count) {
  write_blocks(kernels, format, out, first, count, [&](Format f, void* to, std::uint64_t block, std::size_t blocks) {
    column_.base = shift_ ^ net_word(matrix_, index_of(order_, block * block_size));
    kernels.xor_column[static_cast<std::size_t>(f)](to, column_, block, blocks);
  });
}

}  // namespace kindred::qmc
