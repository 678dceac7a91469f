#include <kindred/kernels/fftconv/half/half_plan.hpp>

#include <algorithm>
#include <bit>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/half/instances.hpp>

namespace kindred::fftconv::half {
namespace {

constexpr Index least_length = 256;
constexpr Index most_in_one_pass = 32768;
constexpr Index most_of_all = Index{1} << 22;
constexpr int most_outer_radix = 128;

[[noreturn]] void refuse(const std::string& what) { throw InputError("HalfConvolution: " + what); }

Index power_from(Index least) { return static_cast<Index>(std::bit_ceil(static_cast<std::uint64_t>(least))); }
Index in_eights(Index count) { return (count + 7) / 8 * 8; }
int log2_of(Index power) { return std::countr_zero(static_cast<std::uint64_t>(power)); }

Axis require(const HalfDescription& d) {
  Description plain;
  plain.data = {d.data};
  plain.kernel = {d.kernel};
  plain.mode = d.mode;
  plain.batch = d.batch;
  fftconv::require(plain);
  if (d.mode == Mode::periodic) {
    refuse("mode periodic is not to be had in half precision: use a ConvolutionPlan, or mode valid of data that are extended periodically");
  }
  if (d.kernels < 1 || d.kernels > d.batch) {
    refuse("kernels = " + std::to_string(d.kernels) + ": give 1, or up to the number of arrays, " + std::to_string(d.batch));
  }
  if (d.period != 0 && (d.period < least_length || d.period > most_of_all || !std::has_single_bit(static_cast<std::uint64_t>(d.period)))) {
    refuse("period = " + std::to_string(d.period) + ": give a power of two from 256 to 4194304, or 0 for the least that does");
  }
  return axis_of(d.mode, d.data, d.kernel);
}

void require_band(const HalfBand& band, const std::vector<int>& digits) {
  if (band.last < 0 || band.last > digits.back() || band.last % 2 != 0) {
    refuse("band.last = " + std::to_string(band.last) + ": give an even number up to " + std::to_string(digits.back()) +
           ", the values of the last digit, or 0 for all");
  }
  if (!band.first.empty() && band.first.size() != static_cast<std::size_t>(digits.front())) {
    refuse("band.first has " + std::to_string(band.first.size()) + " values: the first digit has " + std::to_string(digits.front()) +
           " (leave it empty to keep all)");
  }
}

/// Blocks of overlap-save: N − (K − 1) outputs each, in multiples of 8 so that 16 bytes are read and written at once.
void cut(Geometry& g, Index period) {
  g.method = HalfMethod::overlap_save;
  g.period = period;
  g.shift = in_eights(g.axis.taps - 1);
  g.hop = period - g.shift;
  g.blocks = g.hop > 0 ? (g.axis.outputs - 1) / g.hop + 1 : 0;
}

Index block_period(const HalfDescription& d, const Axis& axis) {
  return d.period != 0 ? d.period : std::clamp<Index>(power_from(8 * axis.taps), 1024, most_in_one_pass);
}

void choose_method(const HalfDescription& d, Geometry& g) {
  const Index least = std::max(least_length, power_from(least_period(g.axis)));
  Geometry blocks = g;
  cut(blocks, block_period(d, g.axis));
  const bool can_cut = blocks.period <= most_in_one_pass && blocks.hop > 0;
  HalfMethod method = d.method;
  if (method == HalfMethod::automatic) {
    const bool whole = d.period == 0 || d.period >= least;
    const bool saves = d.period == 0 && can_cut && 4 * blocks.blocks * blocks.period < 3 * least;
    if (whole && !saves && std::max(least, d.period) <= most_in_one_pass) {
      method = HalfMethod::one_pass;
    } else if (can_cut && (!whole || 4 * blocks.hop >= blocks.period || least > most_of_all)) {
      method = HalfMethod::overlap_save;
    } else {
      method = HalfMethod::two_level;
    }
  }
  if (method == HalfMethod::overlap_save) {
    if (!can_cut) {
      refuse("a kernel of " + std::to_string(d.kernel) + " taps leaves no room for outputs in blocks of " + std::to_string(blocks.period) +
             " numbers: blocks have up to 32768; use method two_level");
    }
    g = blocks;
    return;
  }
  g.method = method;
  g.period = d.period != 0 ? d.period : std::max(least, method == HalfMethod::two_level ? 2 * most_in_one_pass : least);
  g.shift = g.axis.first;
  g.hop = g.axis.outputs;
  if (g.period < least) {
    refuse("period = " + std::to_string(g.period) + " is too short: " + std::to_string(d.data) + " numbers and " +
           std::to_string(d.kernel) + " taps want " + std::to_string(least) + " in this mode, or method overlap_save");
  }
  if (method == HalfMethod::one_pass && g.period > most_in_one_pass) {
    refuse("a period of " + std::to_string(g.period) + " does not fit shared memory: one_pass goes up to 32768; use method two_level");
  }
  if (method == HalfMethod::two_level && (g.period <= most_in_one_pass || g.period > most_of_all)) {
    refuse("method two_level has periods from 65536 to 4194304, and " + std::to_string(g.period) + " is wanted: use " +
           (g.period > most_of_all ? "shorter arrays, or a ConvolutionPlan" : "method one_pass"));
  }
}

std::size_t shared_bytes(const FusedShape& shape) {
  std::size_t bytes = 0;
  with_fused<Fp16>(shape.log_length, [&]<class Work>(Work) { bytes = shape.side_by_side() * Work::shared_bytes; });
  return bytes;
}

/// Operations of a product of a 16 × depth and a depth × columns matrix; halved where one of the two sides of a complex one is real.
double operations(int columns, int depth, bool real) { return 2.0 * 16 * columns * depth * (real ? 2 : 4); }

}  // namespace

std::vector<int> Geometry::digits() const {
  std::vector<int> all;
  if (outer_radix > 1) {
    all.push_back(outer_radix);
  }
  if (shape.staged()) {
    all.push_back(shape.radix());
  }
  all.push_back(16);
  all.push_back(shape.columns());
  return all;
}

Geometry geometry_of(const HalfDescription& description) {
  Geometry g;
  g.axis = require(description);
  choose_method(description, g);
  if (g.method == HalfMethod::two_level) {
    g.outer_radix = static_cast<int>(std::max<Index>(16, 2 * g.length() / most_in_one_pass));
  }
  g.shape.log_length = log2_of(g.length() / g.outer_radix);
  require_band(description.band, g.digits());
  return g;
}

std::size_t workspace_bytes(const HalfDescription& description, const Geometry& geometry) {
  if (geometry.outer_radix == 1) {
    return 0;
  }
  const Index largest = (4 * description.batch + 255) / 256 * 256;
  return static_cast<std::size_t>(largest + 2 * description.batch * geometry.period);
}

HalfReport report_of(const HalfDescription& d, const Geometry& g) {
  HalfReport report;
  report.method = g.method;
  report.format = d.format;
  report.period = g.period;
  report.digits = g.digits();
  report.blocks = g.blocks;
  report.hop = g.hop;
  report.threads = g.shape.threads();
  report.shared_bytes = shared_bytes(g.shape);
  report.workspace_bytes = workspace_bytes(d, g);
  report.spectrum_bytes = static_cast<std::size_t>(4 * d.kernels * g.length());

  const auto batch = static_cast<double>(d.batch);
  const double kept = d.band.first.empty() || g.digits().size() == 2
                          ? 1.0
                          : static_cast<double>(std::ranges::count(d.band.first, true)) / static_cast<double>(d.band.first.size());
  const double outer_kept = g.outer_radix > 1 ? kept : 1.0;
  const double read = 2.0 * static_cast<double>(g.method == HalfMethod::overlap_save ? std::min(g.blocks * g.period, 2 * d.data) : d.data);
  report.bytes_moved = batch * (read + 2.0 * static_cast<double>(g.axis.outputs)) + static_cast<double>(report.spectrum_bytes) * outer_kept;
  if (g.outer_radix > 1) {  // the array once more for its largest number, and the workspace twice out and twice back
    report.bytes_moved += batch * (read + 8.0 * outer_kept * static_cast<double>(g.period));
  }

  const bool real_in = (g.blocks > 1 ? g.period : d.data) <= g.length();
  const bool real_out = (g.blocks > 1 ? g.hop : g.axis.outputs) <= g.length();
  const auto stage = [&](int radix, Index length, bool first) {
    const int tiles = std::max(1, radix / 16);
    const double groups = static_cast<double>(length) / (256 * tiles);
    return groups * tiles * tiles * (operations(16, 16, first && real_in) + operations(16, 16, first && real_out));
  };
  const int columns = g.shape.columns();
  const int band = g.half_band(d.band) ? 8 : columns;
  const bool whole = g.digits().size() == 2;
  const double core = operations(columns, 16, whole && real_in) + operations(band, columns, false) + operations(16, band, false) +
                      operations(columns, 16, whole && real_out);
  const int inner = 1 << g.shape.log_length;
  const double cores = static_cast<double>(inner) / (16 * columns) * (g.outer_radix > 1 ? 1.0 : kept);
  const double fused = cores * core + (whole ? 0.0 : stage(g.shape.radix(), inner, g.outer_radix == 1));
  report.tensor_operations = batch * static_cast<double>(g.blocks) * g.outer_radix * outer_kept * fused;
  if (g.outer_radix > 1) {
    report.tensor_operations += batch * stage(g.outer_radix, g.length(), true);
  }
  return report;
}

FusedJob fused_job(const HalfDescription& d, const Geometry& g, const Memory& memory, const Call& call) {
  FusedJob job;
  job.stage = memory.stage;
  job.core = memory.core;
  job.spectra = memory.spectra;
  job.kernels = d.kernels;
  job.conjugate = call.adjoint;
  job.half_band = g.half_band(d.band);
  for (std::size_t k = 0; k < d.band.first.size() && g.digits().size() > 2; ++k) {
    if (!d.band.first[k]) {
      job.kept.bits[k / 64] &= ~(std::uint64_t{1} << (k % 64));
    }
  }
  Arrays& a = job.arrays;
  a.batch = d.batch;
  if (g.outer_radix > 1) {
    auto* numbers = reinterpret_cast<std::uint16_t*>(call.workspace + (4 * d.batch + 255) / 256 * 256);
    a.in = numbers;
    a.out = numbers;
    a.in_length = g.period;
    a.out_length = g.period;
    a.blocks = g.outer_radix;
    a.hop = g.period / g.outer_radix;
    job.spectrum_per_block = true;
    job.outer = memory.outer_twiddles;
    return job;
  }
  job.scales = memory.scales;
  job.alpha = call.alpha;
  a.in = call.in;
  a.out = call.out;
  a.pre = call.pre;
  a.post = call.post;
  a.in_length = call.adjoint ? g.axis.outputs : g.axis.data;
  a.out_length = call.adjoint ? g.axis.data : g.axis.outputs;
  a.hop = a.out_length;
  if (g.method == HalfMethod::overlap_save) {
    a.hop = g.hop;
    a.blocks = (a.out_length - 1) / g.hop + 1;
    a.start = call.adjoint ? -g.axis.first : g.axis.first - g.shift;
    a.from = call.adjoint ? g.shift : 0;
  }
  return job;
}

OuterJob outer_job(const HalfDescription& d, const Geometry& g, const Memory& memory, const Call& call) {
  OuterJob job;
  job.arrays = {call.in, call.out, call.pre, call.post};
  job.arrays.in_length = call.adjoint ? g.axis.outputs : g.axis.data;
  job.arrays.out_length = call.adjoint ? g.axis.data : g.axis.outputs;
  job.arrays.batch = d.batch;
  job.largest = reinterpret_cast<std::uint32_t*>(call.workspace);
  job.workspace = reinterpret_cast<std::uint16_t*>(call.workspace + (4 * d.batch + 255) / 256 * 256);
  job.stage = memory.outer;
  job.twiddles = memory.outer_twiddles;
  job.log_columns = g.shape.log_length;
  job.scales = memory.scales;
  job.kernels = d.kernels;
  job.kept = fused_job(d, g, memory, call).kept;
  job.alpha = call.alpha;
  return job;
}

}  // namespace kindred::fftconv::half
