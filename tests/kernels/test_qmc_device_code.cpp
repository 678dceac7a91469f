// The code that fills arrays on a GPU, carried out here thread by thread. The CUDA kernels are these functions of a task's and a thread's
// number, which use nothing of another thread; over an imagined grid they write the bits of Sampler::fill(), and nothing else. Every
// set, scramble, order, layout, format, alignment, range and length of runs.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <list>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/test/unit_test.hpp>

#include <kindred/kernels/qmc/device_fill.hpp>
#include <kindred/kernels/qmc/sampler.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard.hpp>
#include <kindred/kernels/qmc/spectral/walsh_hadamard_device.hpp>

#include "qmc_sets.hpp"

using namespace kindred::qmc;

namespace {

/// Copies of tables in memory of their own, as on a device.
class HostMemory final : public device::TableMemory {
 public:
  const void* copy(const void* from, std::size_t bytes) override {
    auto& words = arrays_.emplace_back((bytes + 7) / 8);
    std::memcpy(words.data(), from, bytes);
    return words.data();
  }

 private:
  std::list<std::vector<std::uint64_t>> arrays_;
};

struct Case {
  std::string name;
  Sampler sampler;
  bool gray;
  HostMemory memory;
  device::Points points;

  Case(std::string what, const Sampler& set, bool has_gray)
      : name(std::move(what)), sampler(set), gray(has_gray), points(device::points_of(sampler, memory)) {}
};

std::list<Case> all_cases(int dimensions, int replicates) {
  std::list<Case> cases;
  qmc_test::for_every_set(dimensions, [&](const std::string& set, const PointSet& points, bool gray, Scramble scramble) {
    cases.emplace_back(set, Sampler(points, {scramble, 77, replicates, 5}), gray);
  });
  return cases;
}

/// An imagined device, which chooses the length of runs and the grid.
struct Device {
  std::uint64_t threads;
  std::uint64_t most_blocks;
};
constexpr Device small_device{1, 3};
constexpr Device large_device{std::uint64_t{1} << 40U, std::uint64_t{1} << 20U};

/// One launch of a kernel.
template <class Fill>
void carry_out(Fill fill, const Device& on) {
  device::set_run_length(fill, on.threads);
  const device::Grid grid = device::grid_of(fill, on.most_blocks);
  for (unsigned block = 0; block < grid.blocks; ++block) {
    for (unsigned thread = 0; thread < grid.threads; ++thread) {
      device::take_part(fill, grid, block, thread);
    }
  }
}

template <class T>
void emulate(const device::Points& points, const device::Job<T>& job, Layout layout, const Device& on) {
  std::visit(
      [&](const auto& set) {
        using Set = std::decay_t<decltype(set)>;
        if (layout == Layout::dimension_major) {
          carry_out(device::FillColumns<Set, T>(set, job), on);
        } else {
          carry_out(device::FillRows<Set, T>(set, job), on);
        }
      },
      points);
}

/// @param shift of the array from a multiple of 16 bytes, in numbers
template <class T>
void check_fill(const Case& tested, std::uint64_t n0, std::uint64_t n1, const FillOptions& options, std::size_t shift, const Device& on) {
  const Sampler& sampler = tested.sampler;
  const std::size_t size = static_cast<std::size_t>(n1 - n0) * static_cast<std::size_t>(sampler.dimensions() * sampler.replicates());
  constexpr std::size_t margin = 32;
  std::vector<T> expected(size + 2 * margin, T{7});
  std::vector<T> got = expected;
  sampler.fill(std::span(expected).subspan(margin + shift, size), n0, n1, options);
  emulate(tested.points, device::job(sampler, got.data() + margin + shift, n0, n1, options), options.layout, on);
  const bool equal = std::memcmp(expected.data(), got.data(), expected.size() * sizeof(T)) == 0;
  BOOST_CHECK(equal);
  if (!equal) {
    std::size_t k = 0;
    while (std::memcmp(&expected[k], &got[k], sizeof(T)) == 0) {
      ++k;
    }
    BOOST_FAIL(tested.name << ", " << sizeof(T) << " bytes, range " << n0 << " … " << n1 << ", layout " << static_cast<int>(options.layout)
                           << ", order " << static_cast<int>(options.order) << ", shift " << shift << ", device of " << on.threads
                           << " threads"
                           << ": number " << static_cast<std::ptrdiff_t>(k - margin - shift) << " of " << size << " is " << got[k]
                           << " for " << expected[k]);
  }
}

template <class Check>
void for_layouts_and_orders(const Case& tested, const Check& check) {
  for (const Layout layout : {Layout::row_major, Layout::dimension_major}) {
    for (const Order order : {Order::natural, Order::gray}) {
      if (order == Order::natural || tested.gray) {
        check(FillOptions{order, layout});
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(test_qmc_device_code)

BOOST_AUTO_TEST_CASE(every_range) {
  const std::pair<std::uint64_t, std::uint64_t> ranges[] = {{0, 1}, {3, 5}, {13, 61}, {0, 512}, {63, 1300}, {65521, 65700}};
  for (const int dimensions : {1, 3, 8, 13}) {
    for (const Case& tested : all_cases(dimensions, 2)) {
      for_layouts_and_orders(tested, [&](const FillOptions& options) {
        for (const auto& [n0, n1] : ranges) {
          check_fill<double>(tested, n0, n1, options, 0, large_device);
        }
        check_fill<double>(tested, 4000, 8200, options, 1, small_device);
      });
    }
  }
}

BOOST_AUTO_TEST_CASE(every_format) {
  for (const Case& tested : all_cases(5, 2)) {
    for_layouts_and_orders(tested, [&](FillOptions options) {
      for (const std::size_t shift : {0U, 1U, 2U}) {
        for (const auto& [n0, n1] : {std::pair<std::uint64_t, std::uint64_t>{128, 1024}, {77, 300}}) {
          check_fill<std::uint32_t>(tested, n0, n1, options, shift, large_device);
          check_fill<std::uint64_t>(tested, n0, n1, options, shift, small_device);
          for (const bool centred : {false, true}) {
            options.centred = centred;
            check_fill<double>(tested, n0, n1, options, shift, small_device);
            check_fill<float>(tested, n0, n1, options, shift, large_device);
          }
        }
      }
    });
  }
}

// Rows of several tiles, the last of them short.
BOOST_AUTO_TEST_CASE(many_dimensions) {
  for (const int dimensions : {32, 33, 100, 257, 1000}) {
    for (const Case& tested : all_cases(dimensions, 1)) {
      const bool halton = tested.name.find("halton") != std::string::npos;
      if (halton && (dimensions > 100 || tested.name == "halton nested_uniform")) {
        continue;  // the same code, slow in large bases
      }
      for_layouts_and_orders(tested, [&](const FillOptions& options) { check_fill<float>(tested, 3, 50, options, 1, large_device); });
    }
  }
}

// Beyond 2^32 and up to the last point.
BOOST_AUTO_TEST_CASE(far_points) {
  for (const Case& tested : all_cases(3, 1)) {
    const std::uint64_t last = tested.sampler.max_points() - 70;
    for (const std::uint64_t far : {(std::uint64_t{1} << 32U) - 21, (std::uint64_t{1} << 45U) - 21, last}) {
      const std::uint64_t n0 = std::min(far, last);
      for_layouts_and_orders(tested, [&](const FillOptions& options) {
        check_fill<std::uint64_t>(tested, n0, n0 + 70, options, 0, small_device);
        check_fill<std::uint64_t>(tested, n0, n0 + 70, options, 1, large_device);
      });
    }
  }
}

// A net that has fewer columns than a block of points has digits, and one whose runs end beyond its points.
BOOST_AUTO_TEST_CASE(small_nets) {
  for (const int columns : {1, 3, 9}) {
    const std::uint64_t n = std::uint64_t{1} << static_cast<unsigned>(columns);
    for (const Scramble scramble : {Scramble::lms_digital_shift, Scramble::nested_uniform, Scramble::owen_hash}) {
      const Case tested("small sobol", Sampler(sobol(4, columns), {scramble, 3, 2}), true);
      for_layouts_and_orders(tested, [&](const FillOptions& options) { check_fill<float>(tested, 0, n, options, 0, small_device); });
    }
  }
}

// The words that a kernel of one's own draws.
BOOST_AUTO_TEST_CASE(words) {
  for (const Case& tested : all_cases(4, 2)) {
    for (const std::uint64_t i : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{777}}) {
      const std::uint64_t word = std::visit([&](const auto& set) { return set.coordinate(1, 3).word(i); }, tested.points);
      BOOST_REQUIRE_MESSAGE(word == tested.sampler.word(i, 3, 1), tested.name << ", point " << i);
    }
  }
}

// Tiles of the size that the kernel takes, and small ones, which need many passes.
BOOST_AUTO_TEST_CASE(walsh_hadamard_transforms) {
  const RandomWords words(1, "test");
  for (const auto& [tile_bits, line_bits] : {std::pair{13, 4}, {6, 2}, {5, 4}}) {
    for (int m = 0; m <= 15; ++m) {
      const std::size_t n = std::size_t{1} << static_cast<unsigned>(m);
      for (const std::size_t rows : {1U, 5U}) {
        std::vector<double> values(rows * n);
        for (std::size_t k = 0; k < values.size(); ++k) {
          values[k] = to_double(words(0, 0, k)) - 0.5;
        }
        std::vector<double> expected = values;
        walsh_hadamard(expected, rows);
        std::vector<double> fast(device::WalshHadamardPass::tile_numbers(tile_bits));
        const auto at_once = [](const auto& step) {
          for (int thread = 0; thread < device::WalshHadamardPass::threads; ++thread) {
            step(thread);
          }
        };
        for (const auto& pass : device::walsh_hadamard_passes(values.data(), m, rows, tile_bits, line_bits)) {
          for (std::uint64_t tile = 0; tile < pass.tiles(); ++tile) {
            at_once([&](int thread) { pass.load(tile, thread, fast.data()); });
            for (int number = 0; number < pass.steps(); ++number) {
              at_once([&](int thread) { pass.step(number, thread, fast.data()); });
            }
            at_once([&](int thread) { pass.store(tile, thread, fast.data()); });
          }
        }
        BOOST_TEST_CONTEXT(rows << " rows of 2^" << m << " numbers, tiles of 2^" << tile_bits) {
          BOOST_REQUIRE(std::memcmp(values.data(), expected.data(), values.size() * sizeof(double)) == 0);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
