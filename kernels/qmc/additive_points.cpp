#include <kindred/kernels/qmc/additive_points.hpp>

#include <kindred/kernels/qmc/random_words.hpp>
#include <kindred/kernels/qmc/write_blocks.hpp>

namespace kindred::qmc {
namespace {

/// r(a) of the low bits of an index, in an even or odd block of 2^bits points.
std::uint64_t low_index(IndexMap map, std::uint64_t a, std::uint64_t parity, int bits) {
  if (map == IndexMap::identity) {
    return a;
  }
  if (map == IndexMap::reversed) {
    return reverse_bits(a);
  }
  const std::uint64_t ones = (std::uint64_t{1} << static_cast<unsigned>(bits)) - 1U;
  return reverse_bits(gray_code(a | (parity << static_cast<unsigned>(bits))) & ones);
}

}  // namespace

AdditivePoints::AdditivePoints(const Lattice& lattice, const Randomization& randomization)
    : z_(lattice.z.begin(), lattice.z.end()), reversed_(true) {
  draw_shifts(randomization);
}

AdditivePoints::AdditivePoints(const Kronecker& sequence, const Randomization& randomization)
    : z_(sequence.a.begin(), sequence.a.end()), reversed_(false) {
  draw_shifts(randomization);
}

void AdditivePoints::draw_shifts(const Randomization& randomization) {
  const RandomWords words(randomization.seed, "qmc.shift");
  shifts_.assign(static_cast<std::size_t>(randomization.replicates) * z_.size(), 0);
  if (randomization.scramble == Scramble::none) {
    return;
  }
  for (std::size_t k = 0; k < shifts_.size(); ++k) {
    shifts_[k] =
        words(randomization.first_replicate + static_cast<std::uint32_t>(k / z_.size()), static_cast<std::uint32_t>(k % z_.size()), 0);
  }
}

AdditivePoints::Column::Column(std::uint64_t z, std::uint64_t shift, IndexMap map) : map_(map) {
  column_.factor = z;
  column_.shift = shift;
  for (std::uint64_t a = 0; a < block_size; ++a) {
    for (std::uint64_t parity = 0; parity < 2; ++parity) {
      column_.low[parity][a] = z * low_index(map, a, parity, block_bits);
    }
  }
}

void AdditivePoints::Column::write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count) {
  write_blocks(kernels, format, out, first, count, [&](Format f, void* to, std::uint64_t block, std::size_t blocks) {
    kernels.add_column[static_cast<std::size_t>(f)](to, column_, map_, block, blocks);
  });
}

AdditivePoints::Rows::Rows(const AdditivePoints& points, int replicate, Order order, int bits, std::uint64_t last_block,
                           const BlockKernels& kernels)
    : points_(points),
      kernels_(kernels),
      shift_(points.shifts_.data() + static_cast<std::size_t>(replicate) * points.z_.size()),
      map_(points.map(order)),
      bits_(bits) {
  const std::size_t d = points.z_.size();
  for (auto& base : base_) {
    base.resize(d + kernels.padding);
  }
  const std::size_t rows = std::size_t{1} << static_cast<unsigned>(bits);
  const std::uint64_t tables = map_ == IndexMap::reversed_gray && last_block > 0 ? 2 : 1;
  for (std::uint64_t parity = 0; parity < tables; ++parity) {
    low_[parity].resize(rows * d);
    for (std::size_t a = 0; a < rows; ++a) {
      const std::uint64_t factor = low_index(map_, a, parity, bits);
      for (std::size_t j = 0; j < d; ++j) {
        low_[parity][a * d + j] = points.z_[j] * factor;
      }
    }
  }
}

void AdditivePoints::Rows::seek(std::uint64_t block) {
  const std::size_t d = points_.z_.size();
  auto& base = base_[block & 1U];
  kernels_.add_step[static_cast<std::size_t>(Format::u64)](base.data(), points_.z_.data(), shift_, block_index(map_, block, bits_), d);
  for (std::size_t k = d; k < base.size(); ++k) {
    base[k] = base[k - d];
  }
}

void AdditivePoints::Rows::write(Format format, void* out, std::uint64_t block, std::size_t number, std::size_t phase,
                                 std::size_t count) const {
  const auto& low = low_[map_ == IndexMap::reversed_gray ? block & 1U : 0];
  kernels_.add_rows[static_cast<std::size_t>(format)](out, low.data() + number, base_[block & 1U].data(), points_.z_.size(), phase, count);
}

AdditivePoints::LongRows::LongRows(const AdditivePoints& points, int replicate, Order order, std::uint64_t /*first*/,
                                   std::uint64_t /*last*/, const BlockKernels& kernels)
    : points_(points),
      kernels_(kernels),
      shift_(points.shifts_.data() + static_cast<std::size_t>(replicate) * points.z_.size()),
      map_(points.map(order)) {}

void AdditivePoints::LongRows::write(Format format, void* out, std::uint64_t row, std::size_t dimension, std::size_t count) {
  kernels_.add_step[static_cast<std::size_t>(format)](out, points_.z_.data() + dimension, shift_ + dimension, block_index(map_, row, 0),
                                                      count);
}

}  // namespace kindred::qmc
