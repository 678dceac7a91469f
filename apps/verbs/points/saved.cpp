#include <algorithm>

#include <fmt/format.h>

#include <kindred/apps/verbs/points/plan.hpp>
#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/ld_data.hpp>

namespace kindred::app::points {
namespace {

void take_shift(Plan& plan, const std::filesystem::path& file, std::vector<std::uint64_t> shift) {
  if (!plan.shift.empty()) {
    throw InputError(fmt::format("{}: a shift was given already", file.string()));
  }
  if (shift.size() < static_cast<std::size_t>(plan.dimensions)) {
    throw InputError(fmt::format("{} shifts {} coordinates, the points have {}", file.string(), shift.size(), plan.dimensions));
  }
  shift.resize(static_cast<std::size_t>(plan.dimensions));
  plan.shift = std::move(shift);
}

}  // namespace

void apply_saved(Plan& plan, const Options& options) {
  if (options.saved.empty()) {
    return;
  }
  if (!options.scramble.empty() || options.replicates != 1 || options.quality || options.triples || !options.ld_data.empty()) {
    throw InputError("--randomization takes the place of a scramble: leave --scramble, --replicates, --quality and --ld-data out");
  }
  auto* net = std::get_if<qmc::DigitalNet>(&plan.set);
  for (const auto& file : options.saved) {
    const std::string format = qmc::ld_data_format(file);
    if (format == "lmscramble" && net != nullptr && net->interlacing == 1 && plan.shift.empty()) {
      *net = qmc::linear_scrambled(qmc::read_linear_scramble(file), *net);
    } else if (format == "dshift" && net != nullptr) {
      take_shift(plan, file, qmc::read_digital_shift(file));
    } else if (format == "shiftmod1" &&
               (std::holds_alternative<qmc::Lattice>(plan.set) || std::holds_alternative<qmc::Kronecker>(plan.set))) {
      take_shift(plan, file, qmc::read_shift(file));
    } else {
      throw InputError(
          fmt::format("{} ({}) is no randomisation of {}: nets take `lmscramble` (not interlaced, and before a shift) and `dshift`, "
                      "lattices and Kronecker sequences `shiftmod1`",
                      file.string(), format.empty() ? "of no known format" : format, plan.sequence));
    }
  }
  plan.randomization.scramble = qmc::Scramble::none;
  plan.keep_source = true;
}

}  // namespace kindred::app::points
