#include <kindred/kernels/fftconv/free_space/kernel.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <string>
#include <type_traits>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/free_space/cell_mean.hpp>
#include <kindred/kernels/fftconv/free_space/symmetric_transform.hpp>

namespace kindred::fftconv {
namespace {

/// Three axes; in two dimensions the first has one cell.
struct Box {
  std::array<Index, 3> cells{1, 1, 1};
  std::array<double, 3> spacings{1.0, 1.0, 1.0};
  int first = 0;        ///< first axis that exists
  int derivative = -1;  ///< counted with the absent axis
  double volume = 1.0;  ///< of a cell
  double diagonal = 0.0;

  explicit Box(const FreeSpaceDescription& description) : first(3 - description.function.dimension) {
    for (int axis = first; axis < 3; ++axis) {
      const auto from = static_cast<std::size_t>(axis - first);
      const auto to = static_cast<std::size_t>(axis);
      cells[to] = description.cells[from];
      spacings[to] = description.spacings[from];
      volume *= spacings[to];
      diagonal = std::hypot(diagonal, static_cast<double>(cells[to]) * spacings[to]);
    }
    derivative = description.derivative < 0 ? -1 : description.derivative + first;
  }
};

/// Numbers of a period, before good lengths are taken; they may be too many to count.
double least_period(const Box& box, std::size_t axis) {
  return static_cast<double>(box.cells[axis]) + std::ceil(box.diagonal / box.spacings[axis]);
}

/// @throws InputError where the box is so long and thin that the sum would take thousands of applications' time
void require_sum(const Box& box) {
  constexpr double most = 4096.0;
  double share = 1.0;
  double numbers = 1.0;
  for (auto axis = static_cast<std::size_t>(box.first); axis < 3; ++axis) {
    numbers *= least_period(box, axis);
    share *= least_period(box, axis) / static_cast<double>(box.cells[axis]);
  }
  if (!(share <= most)) {
    char text[64];
    std::snprintf(text, sizeof(text), "%.3g, %.3g", numbers, share);
    throw InputError(
        "the truncated kernel of a free-space potential takes a sum over so many frequencies, and so many times the cells: " +
        std::string(text) +
        ", because the box's diagonal is long beside its short sides; take the kernel integrated or hockney, or more nearly equal sides");
  }
}

std::array<Index, 3> periods(const Box& box) {
  std::array<Index, 3> periods{1, 1, 1};
  for (auto axis = static_cast<std::size_t>(box.first); axis < 3; ++axis) {
    periods[axis] = LaneTransform<double>::good_length(static_cast<Index>(least_period(box, axis)));
  }
  return periods;
}

/// Offsets 0 … n − 1 of the truncated kernel (all 2ᵈ sign patterns follow), by the trapezoidal rule in frequency space, axis by axis and
/// plane by plane; an axis is cut to what is wanted as soon as it has been transformed.
template <class Value>
std::vector<Value> truncated_octant(const Box& box, const GreensFunction& function, int threads) {
  const std::array<Index, 3> n = box.cells;
  const std::array<Index, 3> period = periods(box);
  const TruncatedTransform<Value> transform(function, box.diagonal);
  std::vector<SymmetricTransform> sums;
  std::array<std::vector<double>, 3> frequencies;
  double scale = 1.0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const bool odd = static_cast<int>(axis) == box.derivative;
    sums.emplace_back(period[axis], n[axis], odd ? SymmetricTransform::Parity::odd : SymmetricTransform::Parity::even);
    const double step = 2.0 * std::numbers::pi / (static_cast<double>(period[axis]) * box.spacings[axis]);
    for (Index k = 0; k < sums[axis].inputs(); ++k) {
      frequencies[axis].push_back(step * static_cast<double>(k));
    }
    scale /= static_cast<double>(period[axis]);
  }

  constexpr Index reals = std::is_same_v<Value, double> ? 1 : 2;
  const Index kept = n[1] * n[2];
  std::vector<Value> octant(frequencies[0].size() * static_cast<std::size_t>(kept));
  parallel(sums[0].inputs(), 1, threads, [&](Index begin, Index end) {
    std::vector<Value> plane(frequencies[1].size() * frequencies[2].size());
    for (Index i = begin; i < end; ++i) {
      const double x = frequencies[0][static_cast<std::size_t>(i)];
      auto* value = plane.data();
      for (const double y : frequencies[1]) {
        for (const double z : frequencies[2]) {
          const double factor = box.derivative < 0 ? scale : scale * (box.derivative == 0 ? x : box.derivative == 1 ? y : z);
          *value++ = factor * transform(std::sqrt(x * x + y * y + z * z));
        }
      }
      auto* data = reinterpret_cast<double*>(plane.data());
      sums[2].apply(data, sums[1].inputs(), reals);
      sums[1].apply(data, 1, n[2] * reals);
      std::copy_n(plane.begin(), kept, octant.begin() + i * kept);
    }
  });
  sums[0].apply(reinterpret_cast<double*>(octant.data()), 1, kept * reals);
  octant.resize(static_cast<std::size_t>(n[0] * kept));
  return octant;
}

template <class Value, class Function>
std::vector<Value> sampled_octant(const Box& box, int threads, Function function) {
  const std::array<Index, 3> n = box.cells;
  std::vector<Value> octant(static_cast<std::size_t>(n[0] * n[1] * n[2]));
  parallel(n[0] * n[1], 16, threads, [&](Index begin, Index end) {
    for (Index row = begin; row < end; ++row) {
      const Index i = row / n[1];
      const Index j = row % n[1];
      for (Index k = 0; k < n[2]; ++k) {
        const std::array<double, 3> offset{static_cast<double>(i) * box.spacings[0], static_cast<double>(j) * box.spacings[1],
                                           static_cast<double>(k) * box.spacings[2]};
        octant[static_cast<std::size_t>(row * n[2] + k)] = box.volume * function(offset);
      }
    }
  });
  return octant;
}

/// All signs of the offsets, from those that are not negative.
template <class Value>
std::vector<Value> unfolded(const std::vector<Value>& octant, const Box& box) {
  const std::array<Index, 3> n = box.cells;
  std::vector<Value> taps;
  taps.reserve(static_cast<std::size_t>((2 * n[0] - 1) * (2 * n[1] - 1) * (2 * n[2] - 1)));
  const auto sign = [&](int axis, Index offset) { return axis == box.derivative && offset < 0 ? -1.0 : 1.0; };
  for (Index i = 1 - n[0]; i < n[0]; ++i) {
    for (Index j = 1 - n[1]; j < n[1]; ++j) {
      const Value* row = octant.data() + (std::abs(i) * n[1] + std::abs(j)) * n[2];
      const double outer = sign(0, i) * sign(1, j);
      for (Index k = 1 - n[2]; k < n[2]; ++k) {
        taps.push_back(outer * sign(2, k) * row[std::abs(k)]);
      }
    }
  }
  return taps;
}

template <class Value>
std::vector<Value> octant_of(const FreeSpaceDescription& description, const Box& box) {
  const int threads = description.threads == 0 ? available_cores() : description.threads;
  const GreensFunction& function = description.function;
  if (description.kernel == FreeSpaceKernel::truncated) {
    return truncated_octant<Value>(box, function, threads);
  }
  const CellMean<Value> mean(function, box.spacings);
  if (description.kernel == FreeSpaceKernel::integrated) {
    return sampled_octant<Value>(box, threads, mean);
  }
  return sampled_octant<Value>(box, threads, [&](std::array<double, 3> offset) {
    const double r = std::hypot(offset[0], offset[1], offset[2]);
    return r == 0.0 ? mean(offset) : function.at<Value>(r);
  });
}

/// Refuses what no memory holds, before it exceeds the range of Index.
void require_size(const FreeSpaceDescription& description) {
  constexpr double most = 0x1p48;
  const Box box(description);
  if (description.kernel == FreeSpaceKernel::truncated) {
    require_sum(box);
  }
  double numbers = 1.0;
  for (auto axis = static_cast<std::size_t>(box.first); axis < 3; ++axis) {
    numbers *= description.kernel == FreeSpaceKernel::truncated ? least_period(box, axis) : 2.0 * static_cast<double>(box.cells[axis]);
  }
  if (!(numbers <= most)) {
    throw InputError(
        "the kernel of this free-space potential would have more than 2^48 numbers: give fewer cells or, of a truncated kernel, whose "
        "period along every axis is as long as the box' diagonal, spacings that differ less");
  }
}

}  // namespace

void require(const FreeSpaceDescription& description) {
  require(description.function);
  const auto dimension = static_cast<std::size_t>(description.function.dimension);
  if (description.cells.size() != dimension || description.spacings.size() != dimension) {
    throw InputError("a free-space potential in " + std::to_string(dimension) + " dimensions was given " +
                     std::to_string(description.cells.size()) + " numbers of cells and " + std::to_string(description.spacings.size()) +
                     " spacings: one of each for every axis");
  }
  constexpr double largest = 1e90;  // its cube can be calculated with
  for (std::size_t axis = 0; axis < dimension; ++axis) {
    const double spacing = description.spacings[axis];
    if (description.cells[axis] < 1 || !(spacing >= 1.0 / largest && spacing <= largest)) {
      char text[32];
      std::snprintf(text, sizeof(text), "%g", spacing);
      throw InputError("axis " + std::to_string(axis) + " of a free-space potential has " + std::to_string(description.cells[axis]) +
                       " cells of size " + text + ": at least one is needed, of a size between 1e-90 and 1e90");
    }
  }
  if (description.derivative < -1 || description.derivative >= static_cast<int>(dimension)) {
    throw InputError("the derivative of a free-space potential along axis " + std::to_string(description.derivative) +
                     " is wanted: there are the axes 0 to " + std::to_string(dimension - 1) + ", and -1 for the potential itself");
  }
  if (description.derivative >= 0 && description.kernel != FreeSpaceKernel::truncated) {
    throw InputError("derivatives of free-space potentials come from the truncated kernel only");
  }
  if (description.threads < 0) {
    throw InputError("a free-space potential is to use " + std::to_string(description.threads) +
                     " threads: at least one, or 0 for all cores");
  }
  require_size(description);
}

std::vector<Index> truncated_periods(const FreeSpaceDescription& description) {
  require(description);
  const Box box(description);
  const auto all = periods(box);
  return {all.begin() + box.first, all.end()};
}

template <class Value>
std::vector<Value> free_space_kernel(const FreeSpaceDescription& description) {
  require(description);
  const Box box(description);
  return unfolded(octant_of<Value>(description, box), box);
}

template std::vector<double> free_space_kernel(const FreeSpaceDescription&);
template std::vector<std::complex<double>> free_space_kernel(const FreeSpaceDescription&);

}  // namespace kindred::fftconv
