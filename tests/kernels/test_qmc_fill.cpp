// Generation in bulk gives the words of random access, bit for bit: every set, scramble, order, layout, format, instruction set, range,
// number of threads and kind of store.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/block_kernels.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

#include "qmc_sets.hpp"

using kindred::InputError;
using namespace kindred::qmc;

namespace {

struct Case {
  std::string name;
  Sampler sampler;
  bool gray;
};

std::vector<Case> all_cases(int dimensions, int replicates) {
  std::vector<Case> cases;
  qmc_test::for_every_set(dimensions, [&](const std::string& set, const PointSet& points, bool gray, Scramble scramble) {
    cases.push_back({set, Sampler(points, {scramble, 77, replicates, 5}), gray});
  });
  return cases;
}

/// Place of coordinate j of point number p of n.
std::size_t place(const Sampler& sampler, Layout layout, std::uint64_t n, int replicate, std::uint64_t p, int j) {
  const auto d = static_cast<std::uint64_t>(sampler.dimensions());
  const std::uint64_t in_replicate =
      layout == Layout::row_major ? p * d + static_cast<std::uint64_t>(j) : static_cast<std::uint64_t>(j) * n + p;
  return static_cast<std::size_t>(static_cast<std::uint64_t>(replicate) * n * d + in_replicate);
}

template <class T>
T converted(std::uint64_t word, bool centred) {
  if constexpr (std::is_same_v<T, double>) {
    return centred ? to_double_centred(word) : to_double(word);
  } else if constexpr (std::is_same_v<T, float>) {
    return centred ? to_float_centred(word) : to_float(word);
  } else {
    return static_cast<T>(word >> (64U - 8U * sizeof(T)));
  }
}

template <class T>
void check_fill(const Case& tested, std::uint64_t n0, std::uint64_t n1, const FillOptions& options) {
  const Sampler& sampler = tested.sampler;
  const std::uint64_t n = n1 - n0;
  const std::size_t size = static_cast<std::size_t>(n) * static_cast<std::size_t>(sampler.dimensions() * sampler.replicates());
  std::vector<T> out(size + 2, T{7});
  sampler.fill(std::span(out).subspan(1, size), n0, n1, options);
  BOOST_REQUIRE(out.front() == T{7} && out.back() == T{7});
  for (int r = 0; r < sampler.replicates(); ++r) {
    for (std::uint64_t p = 0; p < n; ++p) {
      for (int j = 0; j < sampler.dimensions(); ++j) {
        const T expected = converted<T>(sampler.word(n0 + p, j, r, options.order), options.centred);
        const T got = out[1 + place(sampler, options.layout, n, r, p, j)];
        if (got != expected) {
          BOOST_FAIL(tested.name << ", range " << n0 << " … " << n1 << ", point " << n0 + p << ", dimension " << j << ", replicate " << r
                                 << ": " << got << " for " << expected);
        }
      }
    }
  }
}

void check_all_formats(const Case& tested, std::uint64_t n0, std::uint64_t n1, FillOptions options) {
  check_fill<std::uint32_t>(tested, n0, n1, options);
  check_fill<std::uint64_t>(tested, n0, n1, options);
  for (const bool centred : {false, true}) {
    options.centred = centred;
    check_fill<double>(tested, n0, n1, options);
    check_fill<float>(tested, n0, n1, options);
  }
}

const std::pair<std::uint64_t, std::uint64_t> ranges[] = {{0, 1}, {0, 16}, {3, 5}, {13, 61}, {0, 600}, {1000, 1300}, {65521, 65700}};

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_fill)

BOOST_AUTO_TEST_CASE(bulk_is_random_access) {
  for (const int dimensions : {1, 3, 8, 13}) {
    for (const Case& tested : all_cases(dimensions, 2)) {
      for (const Layout layout : {Layout::row_major, Layout::dimension_major}) {
        for (const Order order : {Order::natural, Order::gray}) {
          if (order == Order::gray && !tested.gray) {
            continue;
          }
          for (const auto& [n0, n1] : ranges) {
            check_fill<double>(tested, n0, n1, {order, layout});
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(formats) {
  for (const Case& tested : all_cases(5, 1)) {
    for (const Layout layout : {Layout::row_major, Layout::dimension_major}) {
      check_all_formats(tested, 77, 300, {Order::natural, layout});
      check_all_formats(tested, 77, 300, {Order::natural, layout, false, 1, Stores::streaming});
    }
  }
}

// Long columns take tables of their own: nested scrambling of 14 levels, blocks of Halton points.
BOOST_AUTO_TEST_CASE(long_columns) {
  for (const Case& tested : all_cases(2, 1)) {
    check_fill<std::uint32_t>(tested, 5, (1U << 15U) + 1000, {Order::natural, Layout::dimension_major});
  }
}

BOOST_AUTO_TEST_CASE(large_dimensions) {
  for (const Case& tested : all_cases(500, 1)) {
    if (tested.name.find("halton") == std::string::npos || tested.name == "halton lms_digit_permutation") {
      for (const Stores stores : {Stores::ordinary, Stores::streaming}) {
        check_fill<double>(tested, 3, 50, {Order::natural, Layout::row_major, false, 1, stores});
      }
    }
  }
  const Case wide{"sobol", Sampler(sobol(5000), {Scramble::lms_digital_shift, 1}), true};
  check_fill<double>(wide, 10, 24, {Order::gray, Layout::row_major, false, 1, Stores::streaming});
  const Case wide_lattice{"lattice", Sampler(lattice_table(3600), {Scramble::shift, 1}), true};
  check_fill<float>(wide_lattice, 10, 24, {Order::gray, Layout::row_major, false, 1, Stores::streaming});
}

BOOST_AUTO_TEST_CASE(threads_and_stores_leave_the_bits) {
  for (const Case& tested : all_cases(3, 2)) {
    for (const Layout layout : {Layout::row_major, Layout::dimension_major}) {
      for (const int threads : {2, 5, 0}) {
        for (const Stores stores : {Stores::ordinary, Stores::streaming}) {
          check_fill<double>(tested, 100, 9000, {Order::natural, layout, false, threads, stores});
        }
      }
    }
  }
}

// Beyond 2^32 and up to the last point.
BOOST_AUTO_TEST_CASE(far_points) {
  for (const Case& tested : all_cases(3, 1)) {
    const std::uint64_t last = tested.sampler.max_points() - 50;
    for (const std::uint64_t far : {(std::uint64_t{1} << 45U) - 21, last}) {
      const std::uint64_t n0 = std::min(far, last);
      for (const Layout layout : {Layout::row_major, Layout::dimension_major}) {
        for (const Order order : {Order::natural, Order::gray}) {
          if (order == Order::natural || tested.gray) {
            check_fill<double>(tested, n0, n0 + 50, {order, layout});
          }
        }
      }
    }
  }
}

// Points do not depend on which others are asked for, nor replicates on how many are drawn.
BOOST_AUTO_TEST_CASE(replicates_are_numbered) {
  const DigitalNet net = sobol(4);
  for (const Scramble scramble : {Scramble::lms_digital_shift, Scramble::nested_uniform, Scramble::owen_hash}) {
    const Sampler all(net, {scramble, 9, 6, 0});
    const Sampler some(net, {scramble, 9, 2, 3});
    const Sampler fewer_dimensions(sobol(2), {scramble, 9, 6, 0});
    for (std::uint64_t i = 0; i < 100; ++i) {
      BOOST_REQUIRE_EQUAL(all.word(i, 3, 4), some.word(i, 3, 1));
      BOOST_REQUIRE_EQUAL(all.word(i, 1, 4), fewer_dimensions.word(i, 1, 4));
    }
    BOOST_TEST(all.word(5, 0, 0) != all.word(5, 0, 1));
    BOOST_TEST(all.word(5, 0, 0) != Sampler(net, {scramble, 10}).word(5, 0));
  }
}

BOOST_AUTO_TEST_CASE(blocks_are_the_set) {
  const Sampler sampler(sobol(3), {Scramble::owen_hash, 4, 2});
  for (const std::size_t bytes : {1U, 1000U, 100000U}) {
    std::uint64_t next = 77;
    for (const auto& block : sampler.blocks<double>(77, 1100, bytes)) {
      BOOST_REQUIRE_EQUAL(block.first, next);
      BOOST_REQUIRE(block.count > 0 && block.values.size() == block.count * 6);
      for (std::uint64_t p = 0; p < block.count; ++p) {
        BOOST_REQUIRE_EQUAL(block.values[place(sampler, Layout::row_major, block.count, 1, p, 2)],
                            to_double(sampler.word(block.first + p, 2, 1)));
      }
      next += block.count;
      BOOST_REQUIRE(next == 1100 || (next & (next - 1 - block.first)) % std::bit_ceil(block.count) == 0);
    }
    BOOST_TEST(next == 1100U);
  }
  int none = 0;
  for (const auto& block : sampler.blocks<float>(5, 5)) {
    none += static_cast<int>(block.count) + 1;
  }
  BOOST_TEST(none == 0);
}

// The same bits from every set of kernels that this processor can run.
BOOST_AUTO_TEST_CASE(instruction_sets_agree) {
  const BlockKernelList list = runnable_block_kernels();
  BOOST_TEST_MESSAGE("instruction sets: " << list.count << ", the last " << list.sets[list.count - 1]->instruction_set);
  const DigitalNet net = sobol(2, 64);
  XorColumn xor_column;
  AddColumn add_column;
  OwenColumn owen_column;
  NestedColumn nested_column;
  const RandomWords random(1, "test");
  const auto fill_random = [&](auto& values, std::uint32_t stream) {
    for (std::size_t k = 0; k < sizeof(values) / 8; ++k) {
      const std::uint64_t word = random(0, stream, k);
      std::memcpy(reinterpret_cast<char*>(&values) + 8 * k, &word, 8);
    }
  };
  fill_random(xor_column, 0);
  fill_random(add_column, 1);
  fill_random(owen_column, 2);
  fill_random(nested_column.keys.keys, 3);
  // Scrambled digits of all prefixes of seven and of twelve levels.
  std::vector<std::vector<std::uint16_t>> tables;
  for (const unsigned level : {7U, 12U}) {
    auto& table = tables.emplace_back();
    for (std::uint64_t p = 0; p < 1U << level; ++p) {
      table.push_back(static_cast<std::uint16_t>(nested_uniform(p << (64U - level), nested_column.keys) >> (64U - level)));
    }
  }
  std::vector<std::uint64_t> words(320);
  for (std::size_t k = 0; k < words.size(); ++k) {
    words[k] = random(0, 4, k);
  }
  std::vector<std::vector<std::uint64_t>> results(static_cast<std::size_t>(list.count));
  for (int set = 0; set < list.count; ++set) {
    const BlockKernels& kernels = *list.sets[set];
    auto& result = results[static_cast<std::size_t>(set)];
    const auto collect = [&](std::size_t bytes, const auto& write) {
      std::vector<std::uint64_t> room(bytes / 8 + 8);  // streaming wants a line's start
      const std::size_t skip = (64 - reinterpret_cast<std::uintptr_t>(room.data()) % 64) / 8 % 8;
      const auto out = std::span(room).subspan(skip, bytes / 8);
      write(out.data());
      result.insert(result.end(), out.begin(), out.end());
    };
    for (std::size_t f = 0; f < format_count; ++f) {
      const std::size_t bytes = format_bytes(static_cast<Format>(f));
      collect(10 * 16 * bytes, [&](void* out) { kernels.xor_column[f](out, xor_column, 6, 10); });
      for (const IndexMap map : {IndexMap::identity, IndexMap::reversed, IndexMap::reversed_gray}) {
        collect(10 * 16 * bytes, [&](void* out) { kernels.add_column[f](out, add_column, map, 6, 10); });
      }
      collect(10 * 16 * bytes, [&](void* out) { kernels.owen_column[f](out, owen_column, 6, 10); });
      for (const std::size_t period : {1U, 2U, 3U, 7U, 8U, 9U, 31U}) {
        // The base is periodic beyond its period.
        std::vector<std::uint64_t> base(period + 16);
        for (std::size_t k = 0; k < base.size(); ++k) {
          base[k] = words[k % period];
        }
        const std::vector<std::uint32_t> halves(reinterpret_cast<const std::uint32_t*>(words.data()),
                                                reinterpret_cast<const std::uint32_t*>(words.data() + words.size()));
        std::vector<std::uint32_t> narrow(period + 16);
        for (std::size_t k = 0; k < narrow.size(); ++k) {
          narrow[k] = halves[5 + k % period];
        }
        const OwenRows owen{halves.data(), narrow.data(), narrow.data(), narrow.data()};
        const std::size_t phase = period / 2;
        collect(290 * bytes, [&](void* out) { kernels.xor_rows[f](out, words.data(), base.data(), period, phase, 290); });
        collect(290 * bytes, [&](void* out) { kernels.add_rows[f](out, words.data(), base.data(), period, phase, 290); });
        collect(290 * bytes, [&](void* out) { kernels.owen_rows[f](out, owen, period, phase, 290); });
      }
      collect(302 * bytes, [&](void* out) { kernels.convert[f](out, words.data(), 302); });
      collect(150 * bytes, [&](void* out) { kernels.add_step[f](out, words.data(), words.data() + 150, 12345, 150); });
      auto base = words;
      collect(150 * bytes, [&](void* out) { kernels.xor_step[f](out, base.data(), words.data() + 150, 150); });
      result.insert(result.end(), base.begin(), base.end());
    }
    std::vector<std::uint32_t> heads;
    for (const std::uint64_t word : words) {
      heads.push_back(static_cast<std::uint32_t>(word >> 32U));
    }
    for (const int cut : {2, 3}) {
      nested_column.table_cut = cut;
      nested_column.table = tables[static_cast<std::size_t>(cut - 2)].data();
      for (std::size_t f = 0; f < format_count; ++f) {
        collect(302 * format_bytes(static_cast<Format>(f)), [&](void* out) { kernels.nested[f](out, heads.data(), nested_column, 302); });
      }
      std::vector<std::uint64_t> scrambled(heads.size());
      kernels.nested[static_cast<std::size_t>(Format::u64)](scrambled.data(), heads.data(), nested_column, heads.size());
      for (std::size_t k = 0; k < heads.size(); ++k) {
        BOOST_REQUIRE_EQUAL(scrambled[k], nested_uniform(static_cast<std::uint64_t>(heads[k]) << 32U, nested_column.keys));
      }
    }
    std::vector<std::uint64_t> drawn(2 * 37);
    kernels.philox(drawn.data(), random.key(), 3, 9, (1ULL << 33U) - 5, 37);
    for (std::size_t k = 0; k < drawn.size(); ++k) {
      BOOST_REQUIRE_EQUAL(drawn[k], random(3, 9, 2 * ((1ULL << 33U) - 5) + k));
    }
    BOOST_TEST(result == results[0]);
  }
}

BOOST_AUTO_TEST_CASE(conversions_never_reach_one) {
  BOOST_TEST(to_double(~0ULL) == 1.0 - 0x1.0p-53);
  BOOST_TEST(to_float(~0ULL) == 1.0F - 0x1.0p-24F);
  BOOST_TEST(to_double_centred(~0ULL) == 1.0 - 0x1.0p-53);
  BOOST_TEST(to_float_centred(~0ULL) == 1.0F - 0x1.0p-24F);
  BOOST_TEST(to_double(0) == 0.0);
  BOOST_TEST(to_double_centred(0) == 0x1.0p-53);
  BOOST_TEST(to_float_centred(0) == 0x1.0p-24F);
  const std::vector<std::uint64_t> ones(16, ~0ULL);
  const BlockKernelList list = runnable_block_kernels();
  for (int set = 0; set < list.count; ++set) {
    std::vector<double> doubles(16);
    std::vector<float> floats(16);
    for (const Format format : {Format::f64, Format::f64_centred}) {
      list.sets[set]->convert[static_cast<std::size_t>(format)](doubles.data(), ones.data(), 16);
      BOOST_TEST(doubles[5] == 1.0 - 0x1.0p-53);
    }
    for (const Format format : {Format::f32, Format::f32_centred}) {
      list.sets[set]->convert[static_cast<std::size_t>(format)](floats.data(), ones.data(), 16);
      BOOST_TEST(floats[5] == 1.0F - 0x1.0p-24F);
    }
  }
}

BOOST_AUTO_TEST_CASE(bad_requests_are_refused) {
  BOOST_CHECK_THROW(Sampler(sobol(2), {Scramble::shift}), InputError);
  BOOST_CHECK_THROW(Sampler(sobol(2), {Scramble::digit_permutation}), InputError);
  BOOST_CHECK_THROW(Sampler(lattice_table(2), {Scramble::lms}), InputError);
  BOOST_CHECK_THROW(Sampler(richtmyer(2), {Scramble::nested_uniform}), InputError);
  BOOST_CHECK_THROW(Sampler(Halton{2}, {Scramble::owen_hash}), InputError);
  BOOST_CHECK_THROW(Sampler(Halton{0}), InputError);
  BOOST_CHECK_THROW(Sampler(Halton{1001}), InputError);
  BOOST_CHECK_THROW(Sampler(Independent{2}, {Scramble::shift}), InputError);
  BOOST_CHECK_THROW(Sampler(sobol(2), {Scramble::none, 0, 0}), InputError);
  BOOST_CHECK_THROW(Sampler(DigitalNet{}), InputError);
  const Sampler net(sobol(2, 10));
  std::vector<double> out(2 * 1024);
  BOOST_CHECK_NO_THROW(net.fill<double>(out, 0, 1024));
  BOOST_CHECK_THROW(net.fill<double>(out, 1, 1025), InputError);
  BOOST_CHECK_THROW(net.fill<double>(out, 0, 1000), InputError);
  BOOST_CHECK_THROW(net.fill<double>(out, 9, 8), InputError);
  BOOST_CHECK_THROW(net.fill<double>(out, 0, 1024, {.threads = -1}), InputError);
  BOOST_CHECK_THROW(static_cast<void>(net.word(1024, 0)), InputError);
  BOOST_CHECK_THROW(static_cast<void>(net.word(0, 2)), InputError);
  BOOST_CHECK_THROW(static_cast<void>(net.word(0, 0, 1)), InputError);
  BOOST_CHECK_THROW(net.point(0, std::span(out).first(3)), InputError);
  BOOST_CHECK_THROW(static_cast<void>(net.blocks<double>(0, 2000)), InputError);
  const Sampler halton(Halton{2});
  BOOST_CHECK_THROW(halton.fill<double>(out, 0, 1024, {.order = Order::gray}), InputError);
  BOOST_CHECK_THROW(static_cast<void>(halton.word(0, 0, 0, Order::gray)), InputError);
  BOOST_TEST(Sampler(sobol(2, 64), {Scramble::owen_hash}).max_points() == 1ULL << 32U);
  BOOST_TEST(Sampler(sobol(2, 64)).max_points() == ~0ULL);
  BOOST_TEST(Sampler(lattice_table(2)).max_points() == 1ULL << 20U);
}

BOOST_AUTO_TEST_SUITE_END()
