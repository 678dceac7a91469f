#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <limits>
#include <optional>

#include <unistd.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <kindred/apps/verbs/learn/text.hpp>
#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/apps/verbs/vmf/commands.hpp>
#include <kindred/apps/verbs/vmf/fit.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/directional/unit_rows.hpp>

namespace kindred::app::vmf {
namespace {

/// The class of every row: positions in the sorted list of distinct labels.
struct Classes {
  std::vector<std::int64_t> labels;
  std::vector<std::int32_t> of_row;
};

Classes read_classes(const hdf5::File& file, const std::string& name, Index rows) {
  const data::ArrayReader dataset(file, name);
  if (!dataset.integral()) {
    throw InputError(fmt::format("dataset \"{}\" holds reals; labels are integers", name));
  }
  if (dataset.size() != rows || dataset.shape().empty() || dataset.shape()[0] != rows) {
    throw InputError(fmt::format("dataset \"{}\" has the shape ({}); one label for each of the {} rows is needed", name,
                                 fmt::join(dataset.shape(), ", "), rows));
  }
  std::vector<std::int64_t> label_of_row(static_cast<std::size_t>(rows));
  dataset.read(data::Box{std::vector<Index>(dataset.shape().size(), 0), dataset.shape()}, std::span(label_of_row));
  Classes classes;
  classes.labels = label_of_row;
  std::sort(classes.labels.begin(), classes.labels.end());
  classes.labels.erase(std::unique(classes.labels.begin(), classes.labels.end()), classes.labels.end());
  classes.of_row.reserve(label_of_row.size());
  for (const std::int64_t label : label_of_row) {
    const auto at = std::lower_bound(classes.labels.begin(), classes.labels.end(), label);
    classes.of_row.push_back(static_cast<std::int32_t>(at - classes.labels.begin()));
  }
  return classes;
}

/// Refuses sums that the machine has no memory for: vectors of the dimension's length are kept for each class or component.
void require_memory(double vectors, Index dimension, const char* what) {
  const double bytes = vectors * static_cast<double>(dimension) * sizeof(double);
  const double there = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGE_SIZE));
  if (bytes > 0.8 * there) {
    throw InputError(fmt::format("the sums of all {} take {} of memory; this machine has {}: fit fewer at a time", what, bytes_text(bytes),
                                 bytes_text(there)));
  }
}

FitResult fit_single(DirectionFile& directions, const Classes& classes, const FitOptions& options) {
  const std::size_t count = std::max<std::size_t>(classes.labels.size(), 1);
  require_memory(4.0 * static_cast<double>(count), directions.dimension(), "classes");
  ClassSums sums(directions.dimension(), count, options.mixture.threads);
  std::vector<std::int32_t> zeros;
  directions.pass([&](const DirectionBlock& block) {
    if (classes.of_row.empty()) {
      zeros.resize(static_cast<std::size_t>(block.rows), 0);
      sums.add(block, zeros);
    } else {
      sums.add(block, std::span(classes.of_row).subspan(static_cast<std::size_t>(block.first), static_cast<std::size_t>(block.rows)));
    }
  });
  return fit_classes(classes.labels, sums, directions.dimension(), directions.rows());
}

FitResult fit_components(DirectionFile& directions, const MixtureOptions& options) {
  require_memory(5.0 * static_cast<double>(options.components), directions.dimension(), "components");
  Index count = 0;
  DirectionSample sample = sample_directions(directions, sample_size(directions.dimension(), options.components), options.seed, count);
  if (count < 2 * options.components) {
    throw InputError(fmt::format("{} components need at least {} rows with a direction; there are {}", options.components,
                                 2 * options.components, count));
  }
  const Mixture start = seed_mixture(sample, options);
  const MixtureFit fit = maximize_likelihood(directions, start, options);
  if (!fit.converged) {
    spdlog::warn("not converged after {} iterations: raise --max-iterations, or --tolerance", fit.mean_log_likelihood.size());
  }
  return fit_mixture(fit, directions.rows());
}

/// log density of each row under the distribution of its own class; NaN where either has no direction.
void own_class_densities(const DirectionBlock& block, const FitResult& result, const std::vector<std::ptrdiff_t>& component_of_class,
                         const Classes& classes, int threads, std::vector<double>& out) {
  const Index p = block.dimension;
  parallel(block.rows, 1 + (Index{1} << 15U) / p, threads, [&](Index begin, Index end) {
    for (Index i = begin; i < end; ++i) {
      const auto which = static_cast<std::size_t>(classes.of_row[static_cast<std::size_t>(block.first + i)]);
      const std::ptrdiff_t own = component_of_class[which];
      double& value = out[static_cast<std::size_t>(i)];
      if (own < 0 || block.valid[static_cast<std::size_t>(i)] == 0) {
        value = std::numeric_limits<double>::quiet_NaN();
        continue;
      }
      const Component& component = result.components[static_cast<std::size_t>(own)];
      const double distance = kernels::squared_distance(p, block.row(i).data(), result.mean_directions.data() + own * p);
      value = component.log_normalizer + component.kappa * (1.0 - 0.5 * distance);
    }
  });
}

/// One more pass: log f of each row, NaN for rejected rows.
void write_log_density(DirectionFile& directions, const FitResult& result, const Classes& classes, const FitOptions& options, hid_t file) {
  const data::ArrayWriter writer(file, options.log_density, {directions.rows()}, H5T_IEEE_F64LE);
  std::array<std::vector<double>, 2> values;  // of the block at work and of the block being stored
  const Mixture mixture = mixture_of(result);
  const MixtureDensity density(mixture, options.mixture.threads);
  std::vector<std::ptrdiff_t> component_of_class;
  for (const std::int64_t label : classes.labels) {
    const auto own = std::find_if(result.components.begin(), result.components.end(), [&](const Component& c) { return c.label == label; });
    component_of_class.push_back(own == result.components.end() ? -1 : own - result.components.begin());
  }
  directions.pass(
      [&](const DirectionBlock& block) {
        std::vector<double>& out = values[static_cast<std::size_t>(block.number % 2)];
        out.resize(static_cast<std::size_t>(block.rows));
        if (classes.labels.empty()) {
          density.evaluate(block, out, {});
        } else {
          own_class_densities(block, result, component_of_class, classes, options.mixture.threads, out);
        }
      },
      [&](const DirectionBlock& block) {
        writer.write(data::Box{{block.first}, {block.rows}}, std::span<const double>(values[static_cast<std::size_t>(block.number % 2)]));
      });
  hdf5::write_string_attribute(writer.id(), "long_name", "log density of each row, with respect to the area of the sphere");
}

bool is_json(const std::filesystem::path& path) { return path.extension() == ".json"; }

void require_output(const FitOptions& options) {
  const auto extension = options.output.extension();
  if (!options.output.empty() && extension != ".json" && extension != ".h5" && extension != ".hdf5") {
    throw InputError(fmt::format("{}: the output is an HDF5 file (.h5, .hdf5) or a JSON file (.json)", options.output.string()));
  }
  if (!options.log_density.empty() && (options.output.empty() || is_json(options.output))) {
    throw InputError("--log-density is written to an HDF5 file: name one by -o FILE.h5");
  }
  if (!options.labels.empty() && options.is_mixture) {
    throw InputError("--labels and --components exclude each other: classes are known, or to be found");
  }
}

void write_json(data::PendingFile& file, const FitResult& result, const Context& context) {
  nlohmann::json json = result_json(result, true);
  for (const auto& [key, value] : provenance(context.command_line)) {
    if (key == "version" || key == "git_commit" || key == "command_line" || key == "started") {
      json["provenance"][key] = value;
    }
  }
  std::ofstream out(file.partial());
  out << json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  out.close();
  if (!out) {
    throw IoError(fmt::format("cannot write {}", file.partial().string()));
  }
  file.commit();
}

}  // namespace

void fit(const FitOptions& options, const Context& context) {
  require_output(options);
  const hdf5::File input = hdf5::open_readonly(options.input);
  require_other_file(options.input, options.output);
  const data::ArrayReader matrix(input, options.dataset);
  Progress progress(0, 0, context.quiet(), "rows");
  DirectionFile directions(matrix, options.mixture.threads, progress);
  const Classes classes = options.labels.empty() ? Classes{} : read_classes(input, options.labels, directions.rows());

  std::optional<ResultFile> hdf5_file;
  std::optional<data::PendingFile> json_file;
  if (is_json(options.output)) {
    json_file.emplace(options.output, options.force);
  } else if (!options.output.empty()) {
    const auto components =
        static_cast<double>(options.is_mixture ? options.mixture.components : std::max<std::size_t>(classes.labels.size(), 1));
    const double values = components * static_cast<double>(directions.dimension()) +
                          (options.log_density.empty() ? 0.0 : static_cast<double>(directions.rows()));
    hdf5_file.emplace(options.output, options.force, values * sizeof(double), context);
  }

  const FitResult result = options.is_mixture ? fit_components(directions, options.mixture) : fit_single(directions, classes, options);
  if (hdf5_file) {
    if (!options.log_density.empty()) {
      write_log_density(directions, result, classes, options, hdf5_file->id());
    }
    write_result(hdf5_file->id(), result);
    hdf5_file->commit();
  }
  if (json_file) {
    write_json(*json_file, result, context);
  }
  progress.finish(directions.counters());
  print_result(result, context);
}

}  // namespace kindred::app::vmf
