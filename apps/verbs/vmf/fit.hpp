#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include <kindred/apps/verbs/verb.hpp>
#include <kindred/apps/verbs/vmf/class_sums.hpp>
#include <kindred/apps/verbs/vmf/mixture.hpp>

namespace kindred::app::vmf {

/// One fitted distribution: of all directions, of one class, or one component of a mixture. Logarithms are natural.
struct Component {
  std::optional<std::int64_t> label;
  double weight = 1.0;            ///< share of the directions
  double count = 0.0;             ///< directions; of a mixture, their expected number
  double resultant_length = 0.0;  ///< r
  double kappa = 0.0;             ///< maximum likelihood; infinite if all directions are equal
  double standard_error = 0.0;    ///< of kappa, from the Fisher information
  /// kappa from r² freed of its bias, (n r² - 1)/(n - 1), with its standard error: what to use where n is not far above p.
  std::optional<double> corrected_kappa;
  std::optional<double> corrected_standard_error;
  double log_normalizer = 0.0;  ///< log C_p(kappa)
  double kl_to_uniform = 0.0;   ///< Kullback-Leibler divergence from the uniform distribution
  double entropy = 0.0;         ///< differential entropy on the sphere
};

struct FitResult {
  std::string model;  ///< single, classes or mixture
  Index dimension = 0;
  Index rows = 0;      ///< of the dataset
  Index rejected = 0;  ///< rows that are zero or not finite
  double mean_log_likelihood = 0.0;
  std::vector<Component> components;
  std::vector<double> mean_directions;  ///< components × dimension
  std::vector<double> history;          ///< mean log-likelihood of each iteration (mixtures)
  bool converged = true;
  Index reseeded = 0;
};

/// @throws InputError if no row is valid, or if all directions of a single fit are equal
FitResult fit_classes(const std::vector<std::int64_t>& labels, const ClassSums& sums, Index dimension, Index rows);
FitResult fit_mixture(const MixtureFit& fit, Index rows);
/// The fitted densities as one mixture, for log densities and sampling.
Mixture mixture_of(const FitResult& result);

/// The result's numbers, one object a component; the mean directions only if asked for.
nlohmann::json result_json(const FitResult& result, bool with_directions);
/// Writes datasets of one entry a component, and `mean_direction`, components × dimension. See docs/von-mises-fisher.md.
void write_result(hid_t location, const FitResult& result);
/// Reads what write_result wrote. @throws InputError if the file holds no fit
Mixture read_mixture(const std::filesystem::path& path);
void print_result(const FitResult& result, const Context& context);

}  // namespace kindred::app::vmf
