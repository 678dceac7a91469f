// kindred vmf: von Mises-Fisher distributions of directions, such as the feature vectors of a network.

#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/apps/verbs/vmf/commands.hpp>
#include <kindred/core/base/parallel.hpp>

namespace kindred::app {
namespace {

void add_fit(CLI::App& verb, Context& context) {
  const auto options = std::make_shared<vmf::FitOptions>();
  const auto threads = std::make_shared<int>(0);
  CLI::App& fit = add_verb(verb, "fit", "Fit one distribution, one a class, or a mixture to the rows of a matrix", "",
                           "kindred vmf fit features.h5 --components 10 -o fit.h5");
  fit.add_option("input", options->input, "An HDF5 file")->required()->type_name("FILE");
  fit.add_option("--dataset", options->dataset, "The matrix, one direction a row (default: features)")->type_name("NAME");
  fit.add_option("--labels", options->labels, "Integers, one a row: fit each class by itself")->type_name("NAME");
  auto* components = fit.add_option("--components", options->mixture.components, "Fit a mixture of so many distributions")
                         ->check(CLI::Range(1, 1000000))
                         ->type_name("K");
  fit.add_option("-o,--output", options->output, "Result: .h5, .hdf5 or .json")->type_name("FILE");
  fit.add_option("--log-density", options->log_density, "Also write the log density of every row, as this dataset of the output")
      ->type_name("NAME");
  fit.add_option("--seed", options->mixture.seed, "Of the mixture's starting points (default: 0)")->type_name("N");
  fit.add_option("--restarts", options->mixture.restarts, "Starting points that are tried, on a sample (default: 5)")
      ->check(CLI::Range(1, 10000))
      ->type_name("N");
  fit.add_option("--max-iterations", options->mixture.max_iterations, "Passes over the data (default: 200)")
      ->check(CLI::Range(1, 1000000))
      ->type_name("N");
  fit.add_option("--tolerance", options->mixture.tolerance, "Change of the mean log-likelihood at which to stop (default: 1e-7)")
      ->check(CLI::Range(0.0, 1.0))
      ->type_name("X");
  fit.add_option("--threads", *threads, "Threads; 0, the default: one per core")->check(CLI::Range(0, 4096))->type_name("N");
  fit.add_flag("--force", options->force, "Replace an output file that exists");
  fit.callback([options, threads, components, &context] {
    options->is_mixture = components->count() > 0;
    options->mixture.threads = *threads > 0 ? *threads : available_cores();
    interruptible(context, [&] { vmf::fit(*options, context); });
  });
}

void add_sample(CLI::App& verb, Context& context) {
  const auto options = std::make_shared<vmf::SampleOptions>();
  const auto threads = std::make_shared<int>(0);
  CLI::App& sample = add_verb(verb, "sample", "Draw directions from a von Mises-Fisher distribution or a fitted mixture", "",
                              "kindred vmf sample --dimension 2048 --kappa 500 --count 10000 --seed 1 -o features.h5");
  sample.add_option("--dimension", options->dimension, "Length of the vectors")->check(CLI::Range(2, 1 << 24))->type_name("P");
  sample.add_option("--kappa", options->kappa, "Concentration; 0 is uniform")->type_name("K");
  sample.add_option("--mean", options->mean, "Mean direction: HDF5 with mean_direction, or text; default: the first axis")
      ->type_name("FILE");
  sample.add_option("--mixture", options->mixture, "A result of `kindred vmf fit`, in place of dimension, kappa and mean")
      ->type_name("FILE");
  sample.add_option("--count", options->count, "Number of directions")
      ->required()
      ->check(CLI::Range(Index{1}, Index{1} << 48U))
      ->type_name("N");
  sample.add_option("--seed", options->seed, "Seed (default: 0)")->type_name("N");
  sample.add_option("--precision", options->precision, "f32 or f64 (default)")->check(CLI::IsMember({"f32", "f64"}))->type_name("TYPE");
  sample.add_option("-o,--output", options->output, "An HDF5 file")->required()->type_name("FILE");
  sample.add_option("--threads", *threads, "Threads; 0, the default: one per core")->check(CLI::Range(0, 4096))->type_name("N");
  sample.add_flag("--force", options->force, "Replace an output file that exists");
  sample.callback([options, threads, &context] {
    options->threads = *threads > 0 ? *threads : available_cores();
    interruptible(context, [&] { vmf::sample(*options, context); });
  });
}

}  // namespace

void add_vmf(CLI::App& app, Context& context) {
  CLI::App& verb = add_verb(app, "vmf", "Fit or sample von Mises-Fisher distributions, and mixtures of them", group_compute,
                            "kindred vmf fit features.h5 -o fit.h5; kindred vmf sample --mixture fit.h5 --count 1000 -o new.h5");
  verb.require_subcommand(1);
  add_fit(verb, context);
  add_sample(verb, context);
}

}  // namespace kindred::app
