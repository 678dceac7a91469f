// kindred points: quasi-Monte Carlo points, plain or randomised, to files of any size, and how evenly they fill the cube.

#include <limits>
#include <optional>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <kindred/apps/verbs/points/generate.hpp>
#include <kindred/apps/verbs/points/plan.hpp>
#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/base/parallel.hpp>

namespace kindred::app {
namespace {

using points::Options;
using points::Plan;

/// The report is of points 0, 1, …, of the first replicate, whatever their order.
std::optional<qmc::QualityReport> quality(const Plan& plan, const Options& options) {
  if (!options.quality && !options.triples) {
    return std::nullopt;
  }
  if (plan.first != 0) {
    throw InputError("the quality report is of points that begin at 0: leave --first out");
  }
  return qmc::quality_report(plan.set, plan.randomization, static_cast<std::uint64_t>(plan.count), 0,
                             {.triples = options.triples, .threads = options.threads});
}

void make_points(Options options, const Context& context) {
  const Plan plan = points::understand(options);
  const bool only_report = options.output.empty() && (options.quality || options.triples || !options.ld_data.empty());
  if (options.output.empty()) {
    options.output = "-";
  }
  const bool on_stdout = options.output == "-" && !only_report;
  for (const std::string& warning : plan.warnings) {
    spdlog::warn("{}", warning);
  }
  nlohmann::json document;
  for (const auto& [name, value] : plan.description) {
    document[name] = value;
  }
  document["warnings"] = plan.warnings;
  if (const auto report = quality(plan, options)) {
    document["quality"] = points::quality_json(*report);
    if (!context.json) {
      fmt::print(on_stdout ? stderr : stdout, "{}", report->text());
    }
  }
  if (!options.ld_data.empty()) {
    for (const auto& file : points::write_ld_data(plan, options)) {
      document["ld_data"].push_back(file.string());
    }
  }
  if (context.json && on_stdout) {
    document["points"] = points::points_json(plan, options);
  } else if (!only_report) {
    points::generate(plan, options, context);
    document["file"] = options.output;
  }
  if (context.json) {
    print_json(document);
  } else if (!only_report && !on_stdout) {
    fmt::print("{}\n", options.output);
  }
}

}  // namespace

void add_points(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  const auto threads = std::make_shared<int>(0);
  CLI::App& verb = add_verb(app, "points", "Quasi-Monte Carlo points, plain or randomised, and how evenly they fill the cube",
                            group_compute, "kindred points --sequence sobol --dimension 8 --count 4096 --seed 1 -o points.h5");
  verb.add_option("settings", options->settings, "NAME=VALUE for the point set's parameters (see `kindred describe point_set/NAME`)")
      ->type_name("NAME=VALUE");
  verb.add_option("--sequence", options->sequence, "As `kindred list point_set` shows them (default: sobol)")->type_name("NAME");
  verb.add_option("--dimension", options->dimension, "Coordinates of a point")->required()->check(CLI::Range(1, 1 << 24))->type_name("D");
  verb.add_option("--count", options->count, "Number of points, best a power of two")
      ->required()
      ->check(CLI::Range(Index{1}, Index{1} << 48U))
      ->type_name("N");
  verb.add_option("--first", options->first, "Number of the first point, best a multiple of the count (default: 0)")
      ->check(CLI::Range(Index{0}, Index{1} << 62U))
      ->type_name("N");
  verb.add_option("--order", options->order, "natural (default), gray, or for lattices linear")
      ->check(CLI::IsMember({"natural", "gray", "linear"}))
      ->type_name("ORDER");
  verb.add_option("--scramble", options->scramble,
                  "none, shift, digital_shift, lms, lms_digital_shift, digit_permutation, lms_digit_permutation, nested_uniform (nus), "
                  "owen_hash; default: the set's usual one")
      ->type_name("NAME");
  verb.add_option("--randomization", options->saved,
                  "In place of a scramble a saved one, in LDData's formats lmscramble, dshift, shiftmod1; may be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("FILE");
  verb.add_option("--seed", options->seed, "Of the scramble (default: 0)")->check(whole_number())->type_name("N");
  verb.add_option("--replicates", options->replicates, "Independently scrambled copies (default: 1)")
      ->check(CLI::Range(1, 1 << 24))
      ->type_name("R");
  verb.add_option("--first-replicate", options->first_replicate, "Number of the first of them (default: 0)")
      ->check(CLI::Range(0, std::numeric_limits<int>::max() / 2))
      ->type_name("R");
  const auto setting = [&](const char* flag, const std::string& name, const char* text, const char* type) {
    verb.add_option_function<std::string>(
            flag, [options, name](const std::string& value) { options->settings.push_back(name + "=" + value); }, text)
        ->type_name(type);
  };
  setting("--interlace", "interlacing", "Order of a higher-order net (same as interlacing=ALPHA)", "ALPHA");
  setting("--vector", "file", "Generating vector of a lattice, or multipliers of a Kronecker sequence, from a file", "FILE");
  setting("--matrices", "file", "Generating matrices of --sequence net, from a file", "FILE");
  verb.add_flag("--centred", options->centred, "Midpoints of cells of 2^-52 (float: 2^-23), so that 0 does not occur");
  verb.add_option("--precision", options->precision, "double (default), float, or u32, u64: the leading binary digits")
      ->check(CLI::IsMember({"double", "float", "u32", "u64"}))
      ->type_name("TYPE");
  verb.add_option("--transform", options->transforms,
                  "normal, normal(mean, deviation), uniform(lower, upper), lognormal, exponential, …: one for all coordinates, or "
                  "repeated, one for each")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->type_name("NAME");
  verb.add_option("-o,--output", options->output, "An .h5, .hdf5 or .npy file, or -: text on stdout (default)")->type_name("FILE");
  verb.add_flag("--quality", options->quality, "Report t values, discrepancies or lattice figures; without an output nothing else");
  verb.add_flag("--triples", options->triples, "The same with t of all projections onto three coordinates");
  verb.add_option("--ld-data", options->ld_data, "Write the set and its randomisations into this folder, in LDData's text formats")
      ->type_name("FOLDER");
  verb.add_option("--threads", *threads, "Threads; 0, the default: one per core")->check(CLI::Range(0, 4096))->type_name("N");
  verb.add_flag("--force", options->force, "Replace an output file that exists");
  verb.callback([options, threads, &context] {
    require_one_process("points");
    options->threads = *threads > 0 ? *threads : available_cores();
    interruptible(context, [&] { make_points(*options, context); });
  });
}

}  // namespace kindred::app
