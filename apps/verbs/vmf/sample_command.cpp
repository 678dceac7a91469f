#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/apps/verbs/vmf/commands.hpp>
#include <kindred/apps/verbs/vmf/fit.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/core/base/random.hpp>
#include <kindred/kernels/bessel/von_mises_fisher.hpp>
#include <kindred/kernels/directional/unit_rows.hpp>

namespace kindred::app::vmf {

namespace distribution = kernels::von_mises_fisher;

namespace {

constexpr Index block_elements = Index{1} << 20U;

/// The numbers of a mean direction, as they are in the file.
std::vector<double> read_direction(const std::filesystem::path& path) {
  if (path.extension() == ".h5" || path.extension() == ".hdf5") {
    const hdf5::File file = hdf5::open_readonly(path);
    return data::ArrayReader(file, "mean_direction").read_all();
  }
  std::ifstream in(path);
  if (!in) {
    throw IoError(fmt::format("{}: cannot be read", path.string()));
  }
  std::vector<double> values{std::istream_iterator<double>(in), {}};
  if (!in.eof()) {
    throw InputError(fmt::format("{}: after {} numbers comes something that is none", path.string(), values.size()));
  }
  return values;
}

std::vector<double> mean_direction(const SampleOptions& options) {
  std::vector<double> mean(static_cast<std::size_t>(options.dimension), 0.0);
  if (options.mean.empty()) {
    mean[0] = 1.0;
    return mean;
  }
  const std::vector<double> given = read_direction(options.mean);
  if (given.size() != mean.size()) {
    throw InputError(fmt::format("{} holds {} numbers; the mean direction has {} (a file of several directions is given by --mixture)",
                                 options.mean.string(), given.size(), mean.size()));
  }
  unsigned char valid = 0;
  kernels::unit_rows(given.data(), 1, options.dimension, mean.data(), &valid);
  if (valid == 0) {
    throw InputError(fmt::format("{}: the mean direction is zero or not finite", options.mean.string()));
  }
  return mean;
}

/// What is to be sampled, as a mixture of one component or of several.
Mixture distribution_of(const SampleOptions& options) {
  if (!options.mixture.empty()) {
    if (options.dimension != 0 || options.kappa >= 0.0 || !options.mean.empty()) {
      throw InputError(
          "--mixture takes dimension, concentrations and mean directions from its file: leave --dimension, --kappa and --mean out");
    }
    return read_mixture(options.mixture);
  }
  if (options.dimension == 0 || !(options.kappa >= 0.0) || std::isinf(options.kappa)) {
    throw InputError("say what to sample: --dimension P --kappa K (K >= 0 and finite), or --mixture FILE");
  }
  Mixture mixture;
  mixture.dimension = options.dimension;
  mixture.weights = {1.0};
  mixture.kappas = {options.kappa};
  mixture.means = mean_direction(options);
  return mixture;
}

std::vector<double> cumulative(const std::vector<double>& weights, const std::string& origin) {
  std::vector<double> sums;
  double total = 0.0;
  for (const double weight : weights) {
    if (!(weight >= 0.0) || std::isinf(weight)) {
      throw InputError(fmt::format("{}: a component has the weight {}", origin, weight));
    }
    total += weight;
    sums.push_back(total);
  }
  if (!(total > 0.0)) {
    throw InputError(fmt::format("{}: all weights are zero", origin));
  }
  return sums;
}

/// Draws row after row; each is a function of the seed and of its number alone.
class Sampler {
 public:
  Sampler(const Mixture& mixture, std::uint64_t seed, const std::string& origin)
      : mixture_(mixture), seed_(seed), cumulative_(cumulative(mixture.weights, origin)) {}

  [[nodiscard]] std::int64_t component(Index row) const {
    if (cumulative_.size() == 1) {
      return 0;
    }
    const double u = Draws(seed_, "vmf.component", static_cast<std::uint64_t>(row)).uniform(0) * cumulative_.back();
    const auto at = std::upper_bound(cumulative_.begin(), cumulative_.end(), u);
    return std::min<std::int64_t>(at - cumulative_.begin(), mixture_.components() - 1);
  }

  void draw(Index row, std::int64_t component, std::span<double> direction) const {
    distribution::sample(mixture_.mean(component), mixture_.kappas[static_cast<std::size_t>(component)],
                         Draws(seed_, "vmf.direction", static_cast<std::uint64_t>(row)), direction);
  }

 private:
  const Mixture& mixture_;
  std::uint64_t seed_;
  std::vector<double> cumulative_;
};

void describe(const ResultFile& file, const SampleOptions& options, const Mixture& mixture) {
  const hdf5::Group root(KINDRED_HDF5(H5Gopen2(file.id(), "/", H5P_DEFAULT)));
  hdf5::write_string_attribute(root, "format", "kindred vmf sample");
  hdf5::write_string_attribute(root, "seed", fmt::format("{}", options.seed));
  if (options.mixture.empty()) {
    data::write_number_attribute(root, "kappa", mixture.kappas[0]);
    hdf5::write_string_attribute(root, "mean", options.mean.empty() ? "the first axis" : options.mean.string());
  } else {
    hdf5::write_string_attribute(root, "mixture", options.mixture.string());
  }
}

template <class T>
void write_rows(const Sampler& sampler, const SampleOptions& options, Index dimension, bool with_components, hid_t file,
                Progress& progress) {
  const data::ArrayWriter features(file, "features", {options.count, dimension},
                                   sizeof(T) == sizeof(float) ? H5T_IEEE_F32LE : H5T_IEEE_F64LE);
  std::optional<data::ArrayWriter> components;
  if (with_components) {
    components.emplace(file, "component", std::vector<Index>{options.count}, H5T_STD_I64LE);
  }
  const Index block_rows = std::min(options.count, std::max<Index>(1, block_elements / dimension));
  std::array<std::vector<T>, 3> rows;
  std::array<std::vector<std::int64_t>, 3> origins;
  Counters counters;
  const auto box_at = [&](Index block) { return std::pair{block * block_rows, std::min(block_rows, options.count - block * block_rows)}; };
  const auto compute = [&](Index block) {
    const auto [first, count] = box_at(block);
    auto& values = rows[static_cast<std::size_t>(block % 3)];
    auto& origin = origins[static_cast<std::size_t>(block % 3)];
    values.resize(static_cast<std::size_t>(count * dimension));
    origin.resize(static_cast<std::size_t>(count));
    parallel(count, 1 + (Index{1} << 10U) / dimension, options.threads, [&, first = first](Index begin, Index end) {
      std::vector<double> direction(static_cast<std::size_t>(dimension));
      for (Index i = begin; i < end; ++i) {
        const std::int64_t component = sampler.component(first + i);
        sampler.draw(first + i, component, direction);
        origin[static_cast<std::size_t>(i)] = component;
        std::transform(direction.begin(), direction.end(), values.begin() + i * dimension, [](double x) { return static_cast<T>(x); });
      }
    });
  };
  const auto store = [&](Index block) {
    const auto [first, count] = box_at(block);
    features.write(data::Box{{first, 0}, {count, dimension}}, std::span<const T>(rows[static_cast<std::size_t>(block % 3)]));
    if (components) {
      components->write(data::Box{{first}, {count}}, std::span<const std::int64_t>(origins[static_cast<std::size_t>(block % 3)]));
    }
    counters.done += count;
    progress.update(counters);
  };
  data::pipeline((options.count + block_rows - 1) / block_rows, [](Index) { stop_if_interrupted(); }, compute, store);
  progress.finish(counters);
}

}  // namespace

void sample(const SampleOptions& options, const Context& context) {
  const Mixture mixture = distribution_of(options);
  const std::string origin = options.mixture.empty() ? "the distribution" : options.mixture.string();
  const Sampler sampler(mixture, options.seed, origin);
  const bool single = options.precision == "f32";
  const double bytes =
      static_cast<double>(options.count) * static_cast<double>(mixture.dimension) * (single ? sizeof(float) : sizeof(double));
  ResultFile file(options.output, options.force, bytes, context);
  describe(file, options, mixture);
  Progress progress(options.count, 0, context.quiet(), "directions");
  const bool with_components = !options.mixture.empty();
  if (single) {
    write_rows<float>(sampler, options, mixture.dimension, with_components, file.id(), progress);
  } else {
    write_rows<double>(sampler, options, mixture.dimension, with_components, file.id(), progress);
  }
  file.commit();
  if (context.json) {
    print_json({{"file", options.output.string()},
                {"dataset", "features"},
                {"shape", {options.count, mixture.dimension}},
                {"precision", options.precision}});
  } else {
    fmt::print("{}\n", options.output.string());
  }
}

}  // namespace kindred::app::vmf
