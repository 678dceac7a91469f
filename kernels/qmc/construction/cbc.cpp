#include <kindred/kernels/qmc/construction/cbc.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <string>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/construction/lattice_weights.hpp>
#include <kindred/kernels/qmc/construction/orbits.hpp>

namespace kindred::qmc {
namespace {

/// e²_m after each number of components, for the vector made for 2^m points alone: [m − first][dimension].
using References = std::vector<std::vector<double>>;

double power_of_two(int exponent) { return std::ldexp(1.0, exponent); }

/// The component ±5^h that is below n/2.
class Generator {
 public:
  explicit Generator(int m) : n_(std::uint64_t{1} << static_cast<unsigned>(m)) {}
  [[nodiscard]] std::uint64_t value() const { return std::min(power_, n_ - power_); }
  void next() { power_ = (5 * power_) & (n_ - 1); }

 private:
  std::uint64_t n_;
  std::uint64_t power_ = 1;
};

/// One construction: for 2^last points, or for all numbers of points from 2^first to 2^last beside the references.
class Search {
 public:
  Search(const LatticeConstruction& construction, int first, int last, const References* references)
      : construction_(construction),
        first_(first),
        last_(last),
        references_(references),
        kernel_(construction.space, OrbitLevels(last)),
        sums_(OrbitLevels(last), construction.weights, construction.dimensions),
        errors_(static_cast<std::size_t>(last - first + 1), 0.0),
        correlation_(OrbitLevels::length(last)),
        total_(OrbitLevels::length(last)),
        criterion_(OrbitLevels::length(last)),
        used_(OrbitLevels::length(last), false) {}

  ConstructedComponent next() {
    const double weight = construction_.weights.product[static_cast<std::size_t>(dimension_)];
    evaluate(weight);
    ++dimension_;
    const Choice choice = choose();
    used_[choice.h] = true;
    if (++taken_ == used_.size()) {  // only for references: all components are taken, each may come again
      std::fill(used_.begin(), used_.end(), false);
      taken_ = 0;
    }
    sums_.extend(kernel_, weight, choice.h);
    const double ratio = update_errors();
    return {dimension_, choice.z, errors_.back(), ratio, choice.tied};
  }

  /// e² with 2^first points, …, 2^last points.
  [[nodiscard]] const std::vector<double>& squared_errors() const { return errors_; }

 private:
  struct Choice {
    std::size_t h = 0;
    std::uint64_t z = 0;
    std::uint64_t tied = 0;
  };

  [[nodiscard]] double reference(int m) const {
    return references_ == nullptr ? 1.0 : (*references_)[static_cast<std::size_t>(m - first_)][static_cast<std::size_t>(dimension_)];
  }

  [[noreturn]] void refuse_weights() const {
    throw InputError(component_text() + ": the weights lead out of the range of doubles; scale them down");
  }
  [[nodiscard]] std::string component_text() const { return "lattice construction, component " + std::to_string(dimension_); }

  /// With e²_m = (known part) + γ 2^−m T_m(h): the criterion is max_m (known part / γ + 2^−m T_m(h)) / e²_m(reference), the largest known
  /// part taken off. So a weight too small for the sum to notice still chooses its component.
  void evaluate(double weight) {
    std::vector<double> known(static_cast<std::size_t>(last_ - first_ + 1), 0.0);
    if (references_ != nullptr) {
      double empty = 0.0;
      for (int level = 0; level <= last_; ++level) {
        empty += sums_.next_factor_of_empty() * kernel_.sum(level);
        if (level >= first_) {
          const auto m = static_cast<std::size_t>(level - first_);
          known[m] = (errors_[m] + weight * empty / power_of_two(level)) / reference(level);
        }
      }
      const double largest = *std::ranges::max_element(known);
      for (double& value : known) {
        value = (value - largest) / weight;
      }
    }
    rounding_ = 0.0;
    double rounding_of_total = 0.0;
    std::size_t previous = 1;
    for (int level = 0; level <= last_; ++level) {
      const std::size_t length = OrbitLevels::length(level);
      const auto b = std::span(correlation_).first(length);
      sums_.next_factor(level, b);
      rounding_of_total += rounding_of_correlation(level, b);
      kernel_.correlate(level, b);
      repeat(total_, previous, length);  // h of the level before, modulo its length
      for (std::size_t h = 0; h < length; ++h) {
        total_[h] = (level == 0 ? 0.0 : total_[h]) + b[h].real();
      }
      if (level >= first_) {
        const double scale = 1.0 / (power_of_two(level) * reference(level));
        const double constant = known[static_cast<std::size_t>(level - first_)];
        repeat(criterion_, previous, length);
        for (std::size_t h = 0; h < length; ++h) {
          const double value = constant + scale * total_[h];
          criterion_[h] = level == first_ ? value : std::max(criterion_[h], value);
        }
        rounding_ = std::max(rounding_, scale * rounding_of_total);
      }
      previous = length;
    }
  }

  static void repeat(std::vector<double>& values, std::size_t length, std::size_t new_length) {
    if (new_length > length) {
      std::copy_n(values.begin(), length, values.begin() + static_cast<std::ptrdiff_t>(length));
    }
  }

  /// Root mean square rounding errors of transforms, ε log₂(length) in units of the result (J. Schatzman, SIAM J. Sci. Comput. 17 (1996)
  /// 1150-1166), times eight for the largest of many.
  [[nodiscard]] double rounding_of_correlation(int level, std::span<const std::complex<double>> b) const {
    double squares = 0.0;
    for (const auto& value : b) {
      squares += value.real() * value.real();
    }
    return 8.0 * std::numeric_limits<double>::epsilon() * (level + 1) * OrbitLevels::multiplicity(level) * std::sqrt(squares) *
           kernel_.rms(level);
  }

  [[nodiscard]] Choice choose() const {
    double smallest = std::numeric_limits<double>::infinity();
    double least = smallest;
    double largest = -smallest;
    for (std::size_t h = 0; h < criterion_.size(); ++h) {
      if (!std::isfinite(criterion_[h])) {
        refuse_weights();
      }
      least = std::min(least, criterion_[h]);
      largest = std::max(largest, criterion_[h]);
      smallest = used_[h] ? smallest : std::min(smallest, criterion_[h]);
    }
    if (dimension_ > 1 && criterion_.size() > 2 && largest - least <= rounding_) {
      throw InputError(component_text() +
                       ": no candidate is better than another in double precision, because the weights of the components before it are too "
                       "small; give larger weights or fewer dimensions");
    }
    Choice choice;
    Generator generator(last_);
    for (std::size_t h = 0; h < criterion_.size(); ++h, generator.next()) {
      if (!used_[h] && criterion_[h] <= smallest + rounding_) {
        ++choice.tied;
        if (choice.z == 0 || generator.value() < choice.z) {
          choice.z = generator.value();
          choice.h = h;
        }
      }
    }
    return choice;
  }

  /// @returns the largest ratio of e² to its reference
  double update_errors() {
    double ratio = references_ == nullptr ? 1.0 : 0.0;
    double sum = 0.0;
    for (int level = 0; level <= last_; ++level) {
      sum += sums_.level_sum(level);
      if (level >= first_) {
        const auto m = static_cast<std::size_t>(level - first_);
        errors_[m] = sum / power_of_two(level);
        if (!std::isfinite(errors_[m])) {
          refuse_weights();
        }
        if (references_ != nullptr) {
          ratio = std::max(ratio, errors_[m] / (*references_)[m][static_cast<std::size_t>(dimension_ - 1)]);
        }
      }
    }
    return ratio;
  }

  const LatticeConstruction& construction_;
  int first_;
  int last_;
  const References* references_;
  OrbitKernel kernel_;
  OrbitSums sums_;
  std::vector<double> errors_;
  std::vector<std::complex<double>> correlation_;
  std::vector<double> total_;
  std::vector<double> criterion_;
  std::vector<bool> used_;
  std::size_t taken_ = 0;
  int dimension_ = 0;
  double rounding_ = 0.0;
};

void check(const LatticeConstruction& c) {
  const auto refuse = [](const std::string& what) { throw InputError("lattice construction: " + what); };
  if (c.log2_points < 2 || c.log2_points > 30) {
    refuse("log2 of the number of points = " + std::to_string(c.log2_points) + " is not in 2 … 30");
  }
  if (c.log2_points_from != 0 && (c.log2_points_from < 2 || c.log2_points_from > c.log2_points)) {
    refuse("embedded from 2^" + std::to_string(c.log2_points_from) + " points: it must be from 2^2 … 2^" + std::to_string(c.log2_points));
  }
  const auto most = static_cast<int>(OrbitLevels::length(c.log2_points));
  if (c.dimensions < 1 || c.dimensions > most) {
    refuse(std::to_string(c.dimensions) + " dimensions are not in 1 … " + std::to_string(most) + ": 2^" + std::to_string(c.log2_points) +
           " points have no more components that differ up to sign");
  }
  check_space(c.space);
  check_weights(c.weights, c.dimensions);
}

References make_references(const LatticeConstruction& construction) {
  References references;
  for (int m = construction.log2_points_from; m <= construction.log2_points; ++m) {
    Search search(construction, m, m, nullptr);
    references.emplace_back();
    for (int j = 0; j < construction.dimensions; ++j) {
      search.next();
      references.back().push_back(search.squared_errors().front());
    }
  }
  return references;
}

}  // namespace

ConstructedLattice construct_lattice(const LatticeConstruction& construction, const ConstructionObserver& observer) {
  check(construction);
  const int m = construction.log2_points;
  const bool embedded = construction.log2_points_from != 0 && construction.log2_points_from < m;
  const References references = embedded ? make_references(construction) : References{};
  Search search(construction, embedded ? construction.log2_points_from : m, m, embedded ? &references : nullptr);
  ConstructedLattice result{{m, {}}, {}};
  for (int j = 0; j < construction.dimensions; ++j) {
    result.components.push_back(search.next());
    result.lattice.z.push_back(result.components.back().z);
    if (observer && !observer(result.components.back())) {
      break;
    }
  }
  return result;
}

double construction_bytes(const LatticeConstruction& construction) {
  const double orders =
      std::min<double>(construction.dimensions, static_cast<double>(std::max<std::size_t>(1, construction.weights.order_ratios.size())));
  return power_of_two(construction.log2_points) * (24.0 + 4.0 * orders);
}

}  // namespace kindred::qmc
