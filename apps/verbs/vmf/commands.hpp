#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <kindred/apps/verbs/verb.hpp>
#include <kindred/apps/verbs/vmf/mixture.hpp>

namespace kindred::app::vmf {

struct FitOptions {
  std::filesystem::path input;
  std::string dataset = "features";
  std::string labels;
  std::string log_density;
  std::filesystem::path output;
  MixtureOptions mixture;
  bool is_mixture = false;  ///< --components was given
  bool force = false;
};

/// Fits, writes the result if there is an output, and prints it.
void fit(const FitOptions& options, const Context& context);

struct SampleOptions {
  Index dimension = 0;
  double kappa = -1.0;
  std::filesystem::path mean;
  std::filesystem::path mixture;
  Index count = 0;
  std::uint64_t seed = 0;
  std::string precision = "f64";
  std::filesystem::path output;
  int threads = 1;
  bool force = false;
};

/// Writes `features`, count × dimension, and for a mixture `component`, the component that each row is from. Row i is a function of
/// the seed, the distribution and i alone.
void sample(const SampleOptions& options, const Context& context);

}  // namespace kindred::app::vmf
