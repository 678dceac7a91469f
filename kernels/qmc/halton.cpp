#include <kindred/kernels/qmc/halton.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <kindred/kernels/qmc/write_blocks.hpp>

namespace kindred::qmc {
namespace {

/// Tables of Column: the low parts of a block, and the sums of a group of digits.
constexpr std::uint64_t most_low_parts = 1024;
constexpr std::uint64_t most_sums = 729;

constexpr std::size_t triangle(int row) { return static_cast<std::size_t>(row) * (static_cast<std::size_t>(row) + 1) / 2; }

bool is_linear(Scramble scramble) {
  return scramble == Scramble::lms || scramble == Scramble::lms_digital_shift || scramble == Scramble::lms_digit_permutation;
}
bool is_shift(Scramble scramble) { return scramble == Scramble::digital_shift || scramble == Scramble::lms_digital_shift; }
bool is_permutation(Scramble scramble) { return scramble == Scramble::digit_permutation || scramble == Scramble::lms_digit_permutation; }

std::vector<std::uint16_t> random_triangle(const RandomWords& words, std::uint32_t replicate, std::uint32_t dimension,
                                           const HaltonBase& base) {
  std::vector<std::uint16_t> lower(triangle(base.digits));
  for (int k = 0; k < base.digits; ++k) {
    for (int l = 0; l <= k; ++l) {
      const std::size_t entry = triangle(k) + static_cast<std::size_t>(l);
      const std::uint64_t word = words(replicate, dimension, entry);
      lower[entry] = static_cast<std::uint16_t>(l == k ? 1 + uniform_integer(word, base.base - 1) : uniform_integer(word, base.base));
    }
  }
  return lower;
}

/// Fisher-Yates shuffles, one for every digit position.
std::vector<std::uint16_t> random_permutations(const RandomWords& words, std::uint32_t replicate, std::uint32_t dimension,
                                               const HaltonBase& base) {
  const auto b = static_cast<std::size_t>(base.base);
  std::vector<std::uint16_t> maps(b * static_cast<std::size_t>(base.digits));
  std::vector<std::uint64_t> draws(2 * ((b + 1) / 2));
  for (std::size_t k = 0; k < static_cast<std::size_t>(base.digits); ++k) {
    const auto permutation = maps.begin() + static_cast<std::ptrdiff_t>(k * b);
    std::iota(permutation, permutation + static_cast<std::ptrdiff_t>(b), std::uint16_t{0});
    block_kernels().philox(draws.data(), words.key(), replicate, dimension, k * (draws.size() / 2), draws.size() / 2);
    for (std::size_t e = 0; e + 1 < b; ++e) {
      const auto other = e + uniform_integer(draws[e], static_cast<std::uint32_t>(b - e));
      std::swap(permutation[static_cast<std::ptrdiff_t>(e)], permutation[static_cast<std::ptrdiff_t>(other)]);
    }
  }
  return maps;
}

/// Digits of an index, least significant first. @returns how many
int digits_of(std::uint64_t index, const HaltonBase& base, std::uint32_t* digits) {
  int count = 0;
  for (; index != 0 && count < base.digits; index /= base.base) {
    digits[count++] = static_cast<std::uint32_t>(index % base.base);
  }
  return count;
}

/// Digit k of L · (digits from number `from` on).
std::uint32_t scrambled_digit(const std::uint16_t* lower, const HaltonBase& base, const std::uint32_t* digits, int count, int k,
                              int from = 0) {
  if (lower == nullptr) {
    return k >= from && k < count ? digits[k] : 0;
  }
  const std::uint16_t* row = lower + triangle(k);
  std::uint64_t sum = 0;
  for (int l = from; l <= k && l < count; ++l) {
    sum += static_cast<std::uint64_t>(row[l]) * digits[l];
  }
  return static_cast<std::uint32_t>(sum % base.base);
}

}  // namespace

HaltonBase::HaltonBase(std::uint32_t b) : base(b), digits(static_cast<int>(std::ceil(53.0 / std::log2(b)))) {
  unsigned __int128 weight = static_cast<unsigned __int128>(1) << 96U;
  for (int k = 0; k < digits; ++k) {
    weight /= b;  // ⌊⌊x/b⌋/b⌋ = ⌊x/b²⌋
    weights[k] = static_cast<std::uint64_t>(weight >> 32U);
    fractions[k] = static_cast<std::uint32_t>(weight);
  }
}

HaltonPoints::HaltonPoints(const Halton& sequence, const Randomization& randomization)
    : scramble_(randomization.scramble),
      first_replicate_(randomization.first_replicate),
      nested_(randomization.seed, "qmc.halton.nested_uniform") {
  for (const std::uint32_t prime : first_primes(sequence.dimensions)) {
    bases_.emplace_back(prime);
  }
  const RandomWords triangles(randomization.seed, "qmc.halton.lms");
  const RandomWords shifts(randomization.seed, "qmc.halton.digital_shift");
  const RandomWords permutations(randomization.seed, "qmc.halton.digit_permutation");
  for (int r = 0; r < randomization.replicates; ++r) {
    const std::uint32_t replicate = first_replicate_ + static_cast<std::uint32_t>(r);
    for (std::uint32_t j = 0; j < bases_.size(); ++j) {
      const HaltonBase& base = bases_[j];
      if (is_linear(scramble_)) {
        lower_.push_back(random_triangle(triangles, replicate, j, base));
      }
      if (is_permutation(scramble_)) {
        maps_.push_back(random_permutations(permutations, replicate, j, base));
      }
      if (is_shift(scramble_)) {
        auto& shift = maps_.emplace_back();
        for (int k = 0; k < base.digits; ++k) {
          shift.push_back(static_cast<std::uint16_t>(uniform_integer(shifts(replicate, j, static_cast<std::uint64_t>(k)), base.base)));
        }
      }
    }
  }
}

std::uint32_t HaltonPoints::map(const std::uint16_t* maps, int dimension, int k, std::uint32_t e) const {
  if (maps == nullptr) {
    return e;
  }
  const std::uint32_t b = bases_[static_cast<std::size_t>(dimension)].base;
  if (is_permutation(scramble_)) {
    return maps[static_cast<std::size_t>(k) * b + e];
  }
  const std::uint32_t sum = e + maps[k];
  return sum >= b ? sum - b : sum;
}

std::uint64_t HaltonPoints::word(int replicate, int dimension, std::uint64_t index) const {
  if (scramble_ == Scramble::nested_uniform) {
    return nested_word(replicate, dimension, index);
  }
  const HaltonBase& base = bases_[static_cast<std::size_t>(dimension)];
  const std::uint16_t* triangle_ = lower(replicate, dimension);
  const std::uint16_t* maps_of = maps(replicate, dimension);
  std::uint32_t digits[HaltonBase::max_digits];
  const int count = digits_of(index, base, digits);
  std::uint64_t word = 0;
  for (int k = 0; k < base.digits; ++k) {
    word += base.fraction(k, map(maps_of, dimension, k, scrambled_digit(triangle_, base, digits, count, k)));
  }
  return word;
}

/// A random permutation at every node (level k, digits before it). O(b) an index digit, O(1) for each of the zeros beyond.
std::uint64_t HaltonPoints::nested_word(int replicate, int dimension, std::uint64_t index) const {
  const HaltonBase& base = bases_[static_cast<std::size_t>(dimension)];
  std::uint32_t digits[HaltonBase::max_digits];
  const int count = digits_of(index, base, digits);
  std::uint64_t word = 0;
  std::uint64_t prefix = 0;
  std::uint64_t place = 1;
  for (int k = 0; k < base.digits; ++k) {
    const std::uint64_t level = nested_(first_replicate_ + static_cast<std::uint32_t>(replicate), static_cast<std::uint32_t>(dimension),
                                        static_cast<std::uint64_t>(k));
    const std::uint32_t d = k < count ? digits[k] : 0;
    word += base.fraction(k, shuffled_digit(shuffle_node(level, prefix), base.base, d));
    prefix += d * place;
    place *= base.base;
  }
  return word;
}

HaltonPoints::Column::Column(const HaltonPoints& points, int replicate, int dimension, std::uint64_t count)
    : points_(points), replicate_(replicate), dimension_(dimension) {
  const std::uint64_t b = points.bases_[static_cast<std::size_t>(dimension)].base;
  // Too few points to pay for the tables, or nothing that repeats.
  if (points.scramble_ != Scramble::nested_uniform && count >= 4 * b && count >= 256) {
    build();
  }
}

void HaltonPoints::Column::build() {
  const HaltonBase& base = points_.bases_[static_cast<std::size_t>(dimension_)];
  const std::uint16_t* triangle_ = points_.lower(replicate_, dimension_);
  const std::uint16_t* maps = points_.maps(replicate_, dimension_);
  const std::uint32_t b = base.base;
  const std::uint32_t radix = 2 * b - 1;
  do {
    ++low_digits_;
    block_length_ *= b;
  } while (block_length_ * b <= most_low_parts && low_digits_ < base.digits);
  int group_digits = 1;
  std::size_t sums = radix;
  while (sums * radix <= most_sums) {
    ++group_digits;
    sums *= radix;
  }
  for (int first = 0; first < base.digits; first += group_digits) {
    Group group{first, std::min(group_digits, base.digits - first), true, {}, {0}, nullptr};
    for (int k = first; k < first + group.digits; ++k) {  // most significant first
      std::vector<std::uint64_t> longer;
      longer.reserve(group.sums.size() * radix);
      for (const std::uint64_t sum : group.sums) {
        for (std::uint32_t e = 0; e < radix; ++e) {
          longer.push_back(sum + base.fraction(k, points_.map(maps, dimension_, k, e < b ? e : e - b)));
        }
      }
      group.sums = std::move(longer);
    }
    groups_.push_back(std::move(group));
  }
  for (Group& group : groups_) {
    group.low.resize(block_length_);
  }
  std::uint32_t digits[HaltonBase::max_digits];
  for (std::uint64_t t = 0; t < block_length_; ++t) {
    const int count = digits_of(t, base, digits);
    for (Group& group : groups_) {
      std::uint32_t number = 0;
      for (int k = group.first_digit; k < group.first_digit + group.digits; ++k) {
        number = number * radix + scrambled_digit(triangle_, base, digits, count, k);
      }
      group.low[t] = static_cast<std::uint16_t>(number);
      group.constant = group.constant && number == 0;
    }
  }
  for (const Group& group : groups_) {
    if (!group.constant) {
      varying_.push_back(&group);
    }
  }
}

/// Prepares the groups for the block. @returns what the constant ones contribute
std::uint64_t HaltonPoints::Column::enter_block(std::uint64_t block) {
  const HaltonBase& base = points_.bases_[static_cast<std::size_t>(dimension_)];
  const std::uint16_t* triangle_ = points_.lower(replicate_, dimension_);
  std::uint32_t digits[HaltonBase::max_digits + 1];
  const int count = digits_of(block * block_length_, base, digits);
  std::uint64_t constant = 0;
  for (Group& group : groups_) {
    std::size_t number = 0;
    for (int k = group.first_digit; k < group.first_digit + group.digits; ++k) {
      number = number * (2 * base.base - 1) + scrambled_digit(triangle_, base, digits, count, k, low_digits_);
    }
    group.current = group.sums.data() + number;
    constant += group.constant ? *group.current : 0;
  }
  return constant;
}

void HaltonPoints::Column::words(std::uint64_t* out, std::uint64_t first, std::size_t count) {
  if (low_digits_ == 0) {
    for (std::size_t k = 0; k < count; ++k) {
      out[k] = points_.word(replicate_, dimension_, first + k);
    }
    return;
  }
  while (count > 0) {
    const auto start = static_cast<std::size_t>(first % block_length_);
    const std::size_t taken = std::min(count, static_cast<std::size_t>(block_length_) - start);
    std::fill(out, out + taken, enter_block(first / block_length_));
    std::size_t g = 0;
    for (; g + 4 <= varying_.size(); g += 4) {
      const std::uint16_t* low[4];
      const std::uint64_t* sums[4];
      for (std::size_t k = 0; k < 4; ++k) {
        low[k] = varying_[g + k]->low.data() + start;
        sums[k] = varying_[g + k]->current;
      }
      for (std::size_t t = 0; t < taken; ++t) {
        out[t] += (sums[0][low[0][t]] + sums[1][low[1][t]]) + (sums[2][low[2][t]] + sums[3][low[3][t]]);
      }
    }
    for (; g < varying_.size(); ++g) {
      const std::uint16_t* low = varying_[g]->low.data() + start;
      const std::uint64_t* sums = varying_[g]->current;
      for (std::size_t t = 0; t < taken; ++t) {
        out[t] += sums[low[t]];
      }
    }
    out += taken;
    first += taken;
    count -= taken;
  }
}

void HaltonPoints::Column::write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count) {
  write_words(kernels, format, out, first, count,
              [&](std::uint64_t* to, std::uint64_t from, std::size_t number) { words(to, from, number); });
}

}  // namespace kindred::qmc
