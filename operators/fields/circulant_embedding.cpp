#include <kindred/operators/fields/circulant_embedding.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/operators/fields/fftw.hpp>

namespace kindred {
namespace {

constexpr Index largest_multiple = 64;
constexpr Index largest_torus = Index{1} << 31U;  // cells: 16 GiB a draw

Index cells_of(const CirculantEmbedding& torus) {
  Index cells = 1;
  for (const auto& axis : torus.axes) {
    cells *= axis.cells;
  }
  return cells;
}

double periodic_cells(const Grid& grid, const std::vector<Index>& multiples) {
  double cells = 1.0;
  for (std::size_t a = 0; a < grid.axes.size(); ++a) {
    cells *= static_cast<double>(multiples[a] * grid.axes[a].cells);
  }
  return cells;
}

/// c at the wave numbers' octant 0 … cells/2 of the torus' differences.
std::vector<double> octant(const StationaryCovariance& covariance, const std::vector<TorusAxis>& axes) {
  StationaryCovariance::Lags lags;
  for (std::size_t a = 0; a < axes.size(); ++a) {
    lags.count[a] = axes[a].cells / 2 + 1;
  }
  return covariance.at(lags);
}

/// Turns c along one axis of `count` = cells/2 + 1 differences into its transform, sum over j of c_j cos(2 pi j k / cells).
/// FFTW's REDFT00 for even numbers of cells; odd ones go through the full period.
class EvenTransform {
 public:
  explicit EvenTransform(const std::vector<TorusAxis>& axes) {
    for (const auto& axis : axes) {
      const bool even = axis.cells % 2 == 0;
      half_.push_back(axis.cells / 2 + 1);
      stored_.push_back(even ? half_.back() : axis.cells);
      kinds_.push_back(even ? FFTW_REDFT00 : FFTW_R2HC);
      cells_.push_back(static_cast<int>(stored_.back()));
      size_ *= stored_.back();
    }
  }

  void operator()(std::vector<double>& values) const {
    fftw::Buffer data(size_);
    for_each_stored([&](Index place, Index source, bool /*kept*/) { data[place] = values[static_cast<std::size_t>(source)]; });
    fftw::execute(fftw::real_plan(cells_, kinds_), data);
    for_each_stored([&](Index place, Index source, bool kept) {
      if (kept) {
        values[static_cast<std::size_t>(source)] = data[place];
      }
    });
  }

 private:
  /// visit(place in the transform's array, place in the octant, whether it is the octant's own)
  template <class Visit>
  void for_each_stored(Visit visit) const {
    std::array<Index, 3> count{1, 1, 1};
    std::array<Index, 3> half{1, 1, 1};
    std::copy(stored_.begin(), stored_.end(), count.begin());
    std::copy(half_.begin(), half_.end(), half.begin());
    const auto folded = [&](Index k, std::size_t a) { return k < half[a] ? k : count[a] - k; };
    Index place = 0;
    for (Index i = 0; i < count[0]; ++i) {
      for (Index j = 0; j < count[1]; ++j) {
        for (Index k = 0; k < count[2]; ++k) {
          visit(place++, (folded(i, 0) * half[1] + folded(j, 1)) * half[2] + folded(k, 2), i < half[0] && j < half[1] && k < half[2]);
        }
      }
    }
  }

  std::vector<Index> half_;
  std::vector<Index> stored_;
  std::vector<fftw_r2r_kind> kinds_;
  std::vector<int> cells_;
  Index size_ = 1;
};

/// Sum of the negative eigenvalues over the whole torus, without the sign, over its cells.
double negative_part(const CirculantEmbedding& torus) {
  std::array<Index, 3> cells{1, 1, 1};
  for (std::size_t a = 0; a < torus.axes.size(); ++a) {
    cells[a] = torus.axes[a].cells;
  }
  const auto times = [&](Index k, std::size_t a) { return k == 0 || 2 * k == cells[a] ? 1.0 : 2.0; };
  double sum = 0.0;
  auto value = torus.eigenvalues.begin();
  for (Index i = 0; i <= cells[0] / 2; ++i) {
    for (Index j = 0; j <= cells[1] / 2; ++j) {
      for (Index k = 0; k <= cells[2] / 2; ++k, ++value) {
        sum += *value < 0.0 ? -*value * times(i, 0) * times(j, 1) * times(k, 2) : 0.0;
      }
    }
  }
  return sum / static_cast<double>(cells_of(torus));
}

CirculantEmbedding try_multiples(const StationaryCovariance& covariance, const Grid& grid, const std::vector<Index>& multiples) {
  CirculantEmbedding torus;
  torus.multiples = multiples;
  for (std::size_t a = 0; a < grid.axes.size(); ++a) {
    const Axis& axis = grid.axes[a];
    torus.axes.push_back({multiples[a] * axis.cells, static_cast<double>(multiples[a]) * axis.extent, axis.cells});
  }
  torus.eigenvalues = octant(covariance, torus.axes);
  EvenTransform{torus.axes}(torus.eigenvalues);
  torus.error = negative_part(torus);
  return torus;
}

/// |c| half way around the torus along one axis alone.
double farthest_correlation(const StationaryCovariance& covariance, Index cells, std::size_t axis) {
  StationaryCovariance::Lags lags;
  lags.first[axis] = cells / 2;
  return std::abs(covariance.at(lags).front());
}

/// Makes the tori's sides longer that the correlation reaches across farthest; false if there are none.
bool grow(const StationaryCovariance& covariance, const Grid& grid, std::vector<Index>& multiples) {
  std::vector<double> reach;
  for (std::size_t a = 0; a < multiples.size(); ++a) {
    reach.push_back(grid.axes[a].periodic ? -1.0 : farthest_correlation(covariance, multiples[a] * grid.axes[a].cells, a));
  }
  const double farthest = *std::ranges::max_element(reach);
  constexpr double nearly = 0.99;  // axes alike grow together
  for (std::size_t a = 0; a < multiples.size(); ++a) {
    if (!grid.axes[a].periodic && reach[a] >= nearly * farthest) {
      multiples[a] += std::max<Index>(1, multiples[a] / 3);
    }
  }
  return farthest >= 0.0;
}

/// @throws InputError unless c is the same in all octants, at the differences of the box
void require_even(const StationaryCovariance& covariance, const Grid& grid) {
  if (covariance.even()) {
    return;
  }
  StationaryCovariance::Lags lags;
  for (std::size_t a = 0; a < grid.axes.size(); ++a) {
    lags.count[a] = grid.axes[a].cells;
  }
  const auto expected = covariance.at(lags);
  for (unsigned signs = 1; signs < (1U << grid.axes.size()); ++signs) {
    StationaryCovariance::Lags mirrored = lags;
    std::array<bool, 3> flipped{};
    for (std::size_t a = 0; a < grid.axes.size(); ++a) {
      flipped[a] = ((signs >> a) & 1U) != 0;
      mirrored.first[a] = flipped[a] ? 1 - lags.count[a] : 0;
    }
    const auto values = covariance.at(mirrored);
    std::size_t place = 0;
    const auto from = [&](Index k, std::size_t a) { return flipped[a] ? lags.count[a] - 1 - k : k; };
    for (Index i = 0; i < lags.count[0]; ++i) {
      for (Index j = 0; j < lags.count[1]; ++j) {
        for (Index k = 0; k < lags.count[2]; ++k, ++place) {
          const auto mirror = static_cast<std::size_t>((from(i, 0) * lags.count[1] + from(j, 1)) * lags.count[2] + from(k, 2));
          constexpr double rounding = 1e-12;
          if (std::abs(values[mirror] - expected[place]) > rounding) {
            throw InputError(
                "circulant embedding draws fields whose covariance is even in x, in y and in z, and this formula is not: use abs(x) or "
                "x^2");
          }
        }
      }
    }
  }
}

std::vector<Index> first_multiples(const Grid& grid, const std::vector<Index>& given) {
  if (grid.axes.empty()) {
    throw InputError("circulant embedding needs a grid of one to three axes; the sides of a one-dimensional grid take constants");
  }
  if (!given.empty() && given.size() != grid.axes.size()) {
    throw InputError(fmt::format("circulant embedding is given {} multiples for a grid of {} axes: give one for each, or none",
                                 given.size(), grid.axes.size()));
  }
  std::vector<Index> multiples;
  for (std::size_t a = 0; a < grid.axes.size(); ++a) {
    multiples.push_back(grid.axes[a].periodic ? 1 : given.empty() ? 2 : given[a]);
    if (!grid.axes[a].periodic && multiples.back() < 2) {
      throw InputError(
          fmt::format("a torus of {} sides of the box does not hold all differences of two points along {}: take a multiple of at least 2",
                      multiples.back(), grid.axes[a].name));
    }
  }
  return multiples;
}

[[noreturn]] void refuse(const CirculantEmbedding& last, double tolerance, const std::string& what_to_do) {
  throw InputError(fmt::format(
      "this covariance has no circulant embedding on tori of {} sides of the box: eigenvalues are negative, and taking them for "
      "0 would change the correlations by up to {:.3g}, more than the tolerance {:.3g}: {}",
      fmt::join(last.multiples, " x "), last.error, tolerance, what_to_do));
}

}  // namespace

std::vector<double> CirculantEmbedding::deviations() const {
  double volume = 1.0;
  for (const auto& axis : axes) {
    volume *= axis.period / static_cast<double>(axis.cells);
  }
  std::vector<double> result(eigenvalues.size());
  std::ranges::transform(eigenvalues, result.begin(), [&](double value) { return value > 0.0 ? std::sqrt(value * volume) : 0.0; });
  return result;
}

CirculantEmbedding embed(const StationaryCovariance& covariance, const Grid& grid, const EmbeddingOptions& options) {
  std::vector<Index> multiples = first_multiples(grid, options.multiples);
  require_even(covariance, grid);
  CirculantEmbedding torus;
  while (true) {
    if (periodic_cells(grid, multiples) > static_cast<double>(largest_torus) || std::ranges::max(multiples) > largest_multiple) {
      if (torus.axes.empty()) {
        throw InputError(fmt::format("circulant embedding on tori of {} sides of this box takes {:.3g} cells: coarsen the grid",
                                     fmt::join(multiples, " x "), periodic_cells(grid, multiples)));
      }
      refuse(torus, options.tolerance, "shorten the correlation length or raise the tolerance, or use the field \"matern\"");
    }
    torus = try_multiples(covariance, grid, multiples);
    if (torus.error <= options.tolerance) {
      return torus;
    }
    if (!options.multiples.empty()) {
      refuse(torus, options.tolerance, "give larger multiples, or none");
    }
    if (!grow(covariance, grid, multiples)) {
      refuse(torus, options.tolerance, "on an axis that is periodic it has to be one of distances around the ring; shorten the length");
    }
  }
}

}  // namespace kindred
