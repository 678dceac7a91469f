// Speed of quasi-Monte Carlo generators on one core, each beside a loop that fills the same memory with a constant past the caches: both
// alternate, the shortest of several runs counts, and the ratio is what the generator reaches of the limit.
//   bench_qmc [--mib 512] [--repeat 9] [--csv]
// KINDRED_QMC_ISA=avx2 or portable measures the kernels of lesser processors.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/aligned.hpp>
#include <kindred/kernels/qmc/block_kernels.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

#include "timing.hpp"

using namespace kindred;
using namespace kindred::qmc;
using namespace kindred::bench;

namespace {

bool csv = false;

void report(const std::string& what, double numbers, double seconds, double limit_seconds) {
  if (csv) {
    std::printf("%s,%.6g,%.4g\n", what.c_str(), 1e-6 * numbers / seconds, limit_seconds / seconds);
  } else if (limit_seconds > 0.0) {
    std::printf("%-58s%10.0f M/s   %5.2f of the fill loop\n", what.c_str(), 1e-6 * numbers / seconds, limit_seconds / seconds);
  } else {
    std::printf("%-58s%10.0f M/s\n", what.c_str(), 1e-6 * numbers / seconds);
  }
}

/// A generator filling `out` beside the fill loop.
template <class T>
void beside_fill(const std::string& what, const Sampler& sampler, Layout layout, std::span<double> out, int repeat) {
  const auto numbers = std::span(reinterpret_cast<T*>(out.data()), out.size() * sizeof(double) / sizeof(T));
  const std::uint64_t points = numbers.size() / static_cast<std::size_t>(sampler.dimensions());
  const auto used = numbers.first(points * static_cast<std::size_t>(sampler.dimensions()));
  double ours = 1e300;
  double limit = 1e300;
  for (int k = 0; k < repeat; ++k) {
    limit = std::min(limit, seconds_of([&] { stream_fill(out.data(), out.size()); }));
    ours = std::min(ours, seconds_of([&] { sampler.fill(used, 0, points, {.layout = layout}); }));
  }
  report(what, static_cast<double>(used.size()), ours, limit);
}

void memory_bound(std::span<double> out, int repeat) {
  std::printf(csv ? "" : "%zu MiB, doubles unless said, one core, kernels %s\n", out.size_bytes() >> 20U, block_kernels().instruction_set);
  report("fill loop", static_cast<double>(out.size()), shortest(repeat, [&] { stream_fill(out.data(), out.size()); }), 0.0);
  for (const auto& [layout, suffix] :
       {std::pair{Layout::dimension_major, ", dimension-major"}, std::pair{Layout::row_major, ", row-major"}}) {
    const Sampler sobol8(sobol(8), {Scramble::lms_digital_shift, 1});
    beside_fill<double>(std::string("sobol lms + shift, d = 8") + suffix, sobol8, layout, out, repeat);
    beside_fill<double>(std::string("sobol lms + shift, d = 3") + suffix, Sampler(sobol(3), {Scramble::lms_digital_shift, 1}), layout, out,
                        repeat);
    beside_fill<double>(std::string("sobol lms + shift, d = 100") + suffix, Sampler(sobol(100), {Scramble::lms_digital_shift, 1}), layout,
                        out, repeat);
    beside_fill<double>(std::string("sobol lms + shift, d = 10000") + suffix, Sampler(sobol(10000), {Scramble::lms_digital_shift, 1}),
                        layout, out, repeat);
    beside_fill<float>(std::string("sobol lms + shift, d = 8, float") + suffix, sobol8, layout, out, repeat);
    beside_fill<double>(std::string("sobol of order 2, lms + shift, d = 8") + suffix,
                        Sampler(sobol(8, 32, 2), {Scramble::lms_digital_shift, 1}), layout, out, repeat);
    // As many points as the vector has: replicates fill the memory.
    const auto replicates = static_cast<int>(std::max<std::size_t>(1, out.size() / (std::size_t{8} << 20U)));
    const Sampler lattice(lattice_table(8), {Scramble::shift, 1, replicates});
    const auto lattice_out = out.first(std::min(out.size(), static_cast<std::size_t>(replicates) * (std::size_t{8} << 20U)));
    double ours = 1e300;
    double limit = 1e300;
    for (int k = 0; k < repeat; ++k) {
      limit = std::min(limit, seconds_of([&] { stream_fill(lattice_out.data(), lattice_out.size()); }));
      ours = std::min(ours, seconds_of([&] {
                        lattice.fill(lattice_out, 0, lattice_out.size() / static_cast<std::size_t>(8 * replicates), {.layout = layout});
                      }));
    }
    report(std::string("lattice + shift, d = 8") + suffix, static_cast<double>(lattice_out.size()), ours, limit);
    beside_fill<double>(std::string("kronecker + shift, d = 8") + suffix, Sampler(richtmyer(8), {Scramble::shift, 1}), layout, out, repeat);
    beside_fill<double>(std::string("sobol owen hash, d = 8") + suffix, Sampler(sobol(8), {Scramble::owen_hash, 1}), layout, out, repeat);
    beside_fill<double>(std::string("sobol nested uniform, d = 8") + suffix, Sampler(sobol(8), {Scramble::nested_uniform, 1}), layout, out,
                        std::min(repeat, 3));
    beside_fill<double>(std::string("independent, d = 8") + suffix, Sampler(Independent{8}, {Scramble::none, 1}), layout, out,
                        std::min(repeat, 3));
    beside_fill<double>(std::string("halton lms + permutation, d = 25") + suffix, Sampler(Halton{25}, {Scramble::lms_digit_permutation, 1}),
                        layout, out, std::min(repeat, 3));
  }
}

/// Outputs that stay in the caches.
void cache_resident(int repeat) {
  const auto run = [&](const std::string& what, const Sampler& sampler, std::uint64_t points, Layout layout = Layout::dimension_major) {
    std::vector<double> out(points * static_cast<std::size_t>(sampler.dimensions() * sampler.replicates()));
    const int inner = static_cast<int>(std::max<std::size_t>(1, (std::size_t{1} << 22U) / out.size()));
    const double seconds = shortest(repeat,
                                    [&] {
                                      for (int k = 0; k < inner; ++k) {
                                        sampler.fill<double>(out, 0, points, {.layout = layout});
                                      }
                                    }) /
                           inner;
    report(what, static_cast<double>(out.size()), seconds, 0.0);
  };
  run("sobol lms + shift, 2^14 × 1", Sampler(sobol(1), {Scramble::lms_digital_shift, 1}), 1U << 14U);
  run("sobol lms + shift, 2^10 × 8 row-major", Sampler(sobol(8), {Scramble::lms_digital_shift, 1}), 1U << 10U, Layout::row_major);
  run("lattice + shift, 2^14 × 1", Sampler(lattice_table(1), {Scramble::shift, 1}), 1U << 14U);
  run("sobol owen hash, 2^14 × 1", Sampler(sobol(1), {Scramble::owen_hash, 1}), 1U << 14U);
  for (const unsigned m : {10U, 14U, 17U, 20U}) {
    run("sobol nested uniform, 2^" + std::to_string(m) + " × 1", Sampler(sobol(1), {Scramble::nested_uniform, 1}), 1U << m);
  }
  run("halton lms + permutation, bases < 100, 2^17 × 25", Sampler(Halton{25}, {Scramble::lms_digit_permutation, 1}), 1U << 17U);
  run("halton permutation, bases < 100, 2^17 × 25", Sampler(Halton{25}, {Scramble::digit_permutation, 1}), 1U << 17U);
  run("halton lms + permutation, 2^17 × 100 row-major", Sampler(Halton{100}, {Scramble::lms_digit_permutation, 1}), 1U << 17U,
      Layout::row_major);
  run("halton nested uniform, 2^10 × 25", Sampler(Halton{25}, {Scramble::nested_uniform, 1}), 1U << 10U);
}

void set_up(int repeat) {
  const auto run = [&](const char* what, const std::function<void()>& work) {
    std::printf(csv ? "%s,%.4g,us\n" : "%-58s%10.1f µs\n", what, 1e6 * shortest(10 * repeat, work));
  };
  run("sobol(64): direction numbers from the table", [] { static_cast<void>(sobol(64)); });
  run("Sampler(sobol(64), lms + shift), table included", [] { static_cast<void>(Sampler(sobol(64), {Scramble::lms_digital_shift, 1})); });
  const DigitalNet large = sobol(1024);
  run("Sampler(net of 1024 dimensions, unscrambled)", [&] { static_cast<void>(Sampler(large)); });
  run("Sampler(net of 1024 dimensions, lms)", [&] { static_cast<void>(Sampler(large, {Scramble::lms, 1})); });
  run("sobol(21201)", [] { static_cast<void>(sobol(21201)); });
  run("Sampler(Halton{25}, lms + permutation)", [] { static_cast<void>(Sampler(Halton{25}, {Scramble::lms_digit_permutation, 1})); });
  run("lattice_table(3600)", [] { static_cast<void>(lattice_table(3600)); });
}

/// Construction and points n × d of one generator, row-major: seconds of processor time, for compare.py.
void time_one(const std::string& what, std::uint64_t n, int d, int repeat) {
  const auto make = [&]() -> Sampler {
    const Randomization linear{Scramble::lms_digital_shift, 1};
    if (what == "sobol") {
      return Sampler(sobol(d));
    }
    if (what == "sobol_lms_shift") {
      return Sampler(sobol(d), linear);
    }
    if (what == "sobol_nested") {
      return Sampler(sobol(d), {Scramble::nested_uniform, 1});
    }
    if (what == "sobol_order2_lms_shift") {
      return Sampler(sobol(d, 32, 2), linear);
    }
    if (what == "lattice_shift") {
      return Sampler(lattice_table(d), {Scramble::shift, 1});
    }
    if (what == "halton_lms_permutation") {
      return Sampler(Halton{d}, {Scramble::lms_digit_permutation, 1});
    }
    throw InputError("--time: no generator " + what);
  };
  std::vector<double> out(n * static_cast<std::size_t>(d));
  std::printf("%.9g\n", shortest(repeat, [&] { make().fill<double>(out, 0, n); }));
}

int whole_number(const char* text, const char* option) {
  char* end = nullptr;
  const long value = std::strtol(text, &end, 10);
  if (*end != '\0' || value < 1 || value > 1 << 20) {
    throw InputError(std::string(option) + " " + text + ": a positive whole number is needed");
  }
  return static_cast<int>(value);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    int mib = 512;
    int repeat = 9;
    for (int k = 1; k < argc; ++k) {
      const std::string_view argument = argv[k];
      if (argument == "--csv") {
        csv = true;
      } else if (argument == "--mib" && k + 1 < argc) {
        mib = whole_number(argv[++k], "--mib");
      } else if (argument == "--repeat" && k + 1 < argc) {
        repeat = whole_number(argv[++k], "--repeat");
      } else if (argument == "--time" && k + 3 < argc) {
        time_one(argv[k + 1], static_cast<std::uint64_t>(std::strtoull(argv[k + 2], nullptr, 10)), whole_number(argv[k + 3], "--time"),
                 repeat);
        return 0;
      } else {
        throw InputError("bench_qmc [--mib N] [--repeat N] [--csv] [--time GENERATOR POINTS DIMENSIONS]");
      }
    }
    const std::size_t numbers = static_cast<std::size_t>(mib) << 17U;
    LineVector<double> out(numbers + 8);
    memory_bound(std::span(out).first(numbers), repeat);
    // As std::vector has it: 16 bytes behind a line's start.
    const Sampler sampler(sobol(8), {Scramble::lms_digital_shift, 1});
    beside_fill<double>("sobol lms + shift, d = 8, dimension-major, unaligned", sampler, Layout::dimension_major,
                        std::span(out).subspan(2, numbers), repeat);
    beside_fill<double>("sobol lms + shift, d = 8, row-major, unaligned", sampler, Layout::row_major, std::span(out).subspan(2, numbers),
                        repeat);
    cache_resident(repeat);
    set_up(repeat);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
