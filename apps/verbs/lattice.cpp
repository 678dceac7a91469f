// kindred lattice: generating vectors made component by component.

#include <bit>
#include <cmath>
#include <fstream>
#include <iterator>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/kernels/qmc/construction/cbc.hpp>
#include <kindred/kernels/qmc/ld_data.hpp>

namespace kindred::app {
namespace {

struct LatticeOptions {
  int dimension = 0;
  std::uint64_t points = 0;
  std::uint64_t points_from = 0;
  std::string space = "korobov";
  int alpha = 1;
  std::string weights = "product";
  double scale = 1.0;
  double decay = 2.0;
  double order_exponent = 1.0;
  std::filesystem::path weights_file;
  std::filesystem::path order_file;
  std::string output;
  bool force = false;
};

std::vector<double> read_numbers(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) {
    throw IoError(fmt::format("cannot open {}", path.string()));
  }
  std::vector<double> numbers{std::istream_iterator<double>(in), {}};
  if (!in.eof()) {
    throw InputError(fmt::format("{}: after {} numbers comes something that is none", path.string(), numbers.size()));
  }
  return numbers;
}

int log2_of(std::uint64_t points, const char* option) {
  if (!std::has_single_bit(points)) {
    throw InputError(fmt::format("{} {}: give a power of two", option, points));
  }
  return std::countr_zero(points);
}

qmc::LatticeWeights weights_of(const LatticeOptions& options) {
  qmc::LatticeWeights weights;
  if (!options.weights_file.empty()) {
    weights.product = read_numbers(options.weights_file);
  } else {
    for (int j = 1; j <= options.dimension; ++j) {
      weights.product.push_back(options.scale * std::pow(j, -options.decay));
    }
  }
  if (options.weights == "product") {
    if (!options.order_file.empty()) {
      throw InputError("--order-weights belong to --weights pod");
    }
    return weights;
  }
  if (!options.order_file.empty()) {
    double previous = 1.0;
    for (const double order_weight : read_numbers(options.order_file)) {
      weights.order_ratios.push_back(order_weight / previous);
      previous = order_weight;
    }
    return weights;
  }
  for (int l = 1; l <= options.dimension; ++l) {
    weights.order_ratios.push_back(std::pow(l, options.order_exponent));
  }
  return weights;
}

std::string weights_text(const LatticeOptions& options) {
  std::string text = options.weights_file.empty() ? fmt::format("gamma_j = {} j^-{}", options.scale, options.decay)
                                                  : fmt::format("gamma_j from {}", options.weights_file.filename().string());
  if (options.weights == "pod") {
    text += options.order_file.empty() ? fmt::format(", Gamma_l = (l!)^{}", options.order_exponent)
                                       : fmt::format(", Gamma_l from {}", options.order_file.filename().string());
  }
  return text;
}

std::string criterion_text(const LatticeOptions& options) {
  return options.space == "korobov"
             ? fmt::format("worst-case error in the Korobov space, alpha = {} (P_{})", options.alpha, 2 * options.alpha)
             : "worst-case error in the unanchored Sobolev space of first derivatives, over random shifts";
}

std::vector<std::string> comments_of(const LatticeOptions& options, const qmc::ConstructedLattice& made, double squared_error) {
  return {fmt::format("made by Kindred, component by component: {}", criterion_text(options)),
          fmt::format("weights: {}", weights_text(options)),
          options.points_from == 0
              ? fmt::format("for {} points", options.points)
              : fmt::format("embedded: for {} to {} points; squared error at most {:.3f} times that of a vector for one "
                            "number of points",
                            options.points_from, options.points, made.components.back().worst_ratio),
          fmt::format("squared error with {} points: {:.10e}", options.points, squared_error)};
}

void warn_of_ties(const qmc::ConstructedLattice& made) {
  // Two candidates always are equal for the second component: z and its inverse.
  constexpr std::uint64_t usual = 2;
  for (const auto& component : made.components) {
    if (component.dimension > 1 && component.tied > usual) {
      spdlog::warn(
          "from component {} on (there {} candidates) rounding decides: the error is beyond double precision, take the smallest "
          "numbers as they are, or a smaller alpha, or larger weights",
          component.dimension, component.tied);
      return;
    }
  }
}

void write_vector(const LatticeOptions& options, const qmc::Lattice& lattice, const std::vector<std::string>& comments) {
  if (options.output == "-") {
    std::ostringstream text;
    qmc::write_lattice(text, lattice, comments);
    fmt::print("{}", text.str());
    return;
  }
  data::PendingFile pending(options.output, options.force);
  std::ofstream out(pending.partial());
  qmc::write_lattice(out, lattice, comments);
  out.close();
  if (!out) {
    throw IoError(fmt::format("cannot write {}", pending.partial().string()));
  }
  pending.commit();
  fmt::print("{}\n", options.output);
}

void make_lattice(const LatticeOptions& options, const Context& context) {
  const qmc::LatticeConstruction construction{
      options.dimension,
      log2_of(options.points, "--points"),
      options.points_from == 0 ? 0 : log2_of(options.points_from, "--points-from"),
      {options.space == "korobov" ? qmc::LatticeSpace::Kind::korobov : qmc::LatticeSpace::Kind::sobolev, options.alpha},
      weights_of(options)};
  if (options.output != "-") {
    const data::PendingFile possible(options.output, options.force);  // refuses what exists, before the work
  }
  Progress progress(options.dimension, 0, context.quiet(), "components");
  Counters counters;
  const qmc::ConstructedLattice made = qmc::construct_lattice(construction, [&](const qmc::ConstructedComponent& component) {
    stop_if_interrupted();
    counters.done = component.dimension;
    progress.update(counters);
    return true;
  });
  progress.finish(counters);
  warn_of_ties(made);
  const double squared_error = qmc::squared_lattice_error(made.lattice, construction.log2_points, construction.space, construction.weights);
  if (context.json) {
    nlohmann::json document = {{"points", options.points},
                               {"criterion", criterion_text(options)},
                               {"weights", weights_text(options)},
                               {"squared_error", squared_error},
                               {"generating_vector", made.lattice.z}};
    if (options.points_from != 0) {
      document["points_from"] = options.points_from;
      document["worst_ratio"] = made.components.back().worst_ratio;
    }
    for (const auto& component : made.components) {
      document["squared_errors"].push_back(component.squared_error);
    }
    print_json(document);
    if (options.output == "-") {
      return;
    }
  }
  write_vector(options, made.lattice, comments_of(options, made, squared_error));
}

}  // namespace

void add_lattice(CLI::App& app, Context& context) {
  const auto options = std::make_shared<LatticeOptions>();
  options->output = "-";
  CLI::App& verb = add_verb(app, "lattice", "Make a lattice's generating vector for weights of your own, component by component",
                            group_compute, "kindred lattice --dimension 100 --points 65536 --decay 2 -o vector.txt");
  verb.add_option("--dimension", options->dimension, "Components of the vector")->required()->check(CLI::Range(1, 1 << 24))->type_name("D");
  verb.add_option("--points", options->points, "Number of points, a power of two up to 2^30")
      ->required()
      ->check(whole_number())
      ->type_name("N");
  verb.add_option("--points-from", options->points_from, "Good for every power of two from here on, not for --points alone")
      ->check(whole_number())
      ->type_name("N");
  verb.add_option("--space", options->space,
                  "korobov (default): periodic integrands; sobolev: integrands with mixed first derivatives, under random shifts")
      ->check(CLI::IsMember({"korobov", "sobolev"}))
      ->type_name("SPACE");
  verb.add_option("--alpha", options->alpha, "Smoothness of the Korobov space, 1 to 4 (default: 1)")
      ->check(CLI::Range(1, 4))
      ->type_name("ALPHA");
  verb.add_option("--weights", options->weights, "product (default), or pod: product and order dependent")
      ->check(CLI::IsMember({"product", "pod"}))
      ->type_name("KIND");
  verb.add_option("--scale", options->scale, "c of the weights gamma_j = c j^-p (default: 1)")->type_name("C");
  verb.add_option("--decay", options->decay, "p of the weights gamma_j = c j^-p (default: 2)")->type_name("P");
  verb.add_option("--gamma", options->weights_file, "A text file of weights gamma_1, gamma_2, … in place of these")->type_name("FILE");
  verb.add_option("--order-exponent", options->order_exponent, "s of the order weights Gamma_l = (l!)^s (default: 1)")->type_name("S");
  verb.add_option("--order-weights", options->order_file, "A text file of Gamma_1, Gamma_2, … in place of these; 0 beyond the last")
      ->type_name("FILE");
  verb.add_option("-o,--output", options->output, "File, in LDData's format `lattice` (default: -, stdout)")->type_name("FILE");
  verb.add_flag("--force", options->force, "Replace an output file that exists");
  verb.callback([options, &context] {
    require_one_process("lattice");
    interruptible(context, [&] { make_lattice(*options, context); });
  });
}

}  // namespace kindred::app
