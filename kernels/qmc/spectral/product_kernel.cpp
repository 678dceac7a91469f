#include <kindred/kernels/qmc/spectral/product_kernel.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numbers>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/multiversion.hpp>
#include <kindred/kernels/qmc/aligned.hpp>
#include <kindred/kernels/qmc/spectral/kernel_parts.hpp>

namespace kindred::qmc {
namespace {

/// One dimension of a kernel: coefficient · B_degree(x − z) or, where the degree is 0, coefficient · walsh_series<order>(x ⊕ z).
struct Part {
  double coefficient;
  int degree;
  int order;
};

Part part(const ProductKernel& kernel, std::size_t j, int of_x = 0, int of_z = 0) {
  const int order = kernel.order(j);
  if (kernel.invariance == Invariance::digital_shift) {
    return {kernel.weights[j], 0, order};
  }
  const int degree = 2 * order - of_x - of_z;
  double coefficient = (order + 1 + of_z) % 2 == 0 ? kernel.weights[j] : -kernel.weights[j];
  coefficient *= std::pow(2.0 * std::numbers::pi, 2 * order);
  for (int k = 2; k <= degree; ++k) {
    coefficient /= k;
  }
  return {coefficient, degree, order};
}

/// f(value of the part) at every point.
template <class Value, class Use>
[[gnu::always_inline]] inline void loop(const std::uint64_t* words, std::size_t count, double* out, const Value& value, const Use& use) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = use(out[i], value(words[i]));
  }
}

template <class Use>
[[gnu::always_inline]] inline void loop_over_points(const Part& part, const std::uint64_t* words, std::uint64_t z, std::size_t count,
                                                    double* out, const Use& use) {
  const double c = part.coefficient;
  const auto polynomial = [&](auto degree) {
    loop(
        words, count, out, [=](std::uint64_t x) { return c * bernoulli<degree>(x - z); }, use);
  };
  const auto series = [&](auto order) {
    loop(
        words, count, out, [=](std::uint64_t x) { return c * walsh_series<order>(x ^ z); }, use);
  };
  using std::integral_constant;
  switch (part.degree == 0 ? part.order : 10 + part.degree) {
    case 1:
      return series(integral_constant<int, 1>{});
    case 2:
      return series(integral_constant<int, 2>{});
    case 3:
      return series(integral_constant<int, 3>{});
    case 4:
      return series(integral_constant<int, 4>{});
    case 12:
      return polynomial(integral_constant<int, 2>{});
    case 13:
      return polynomial(integral_constant<int, 3>{});
    case 14:
      return polynomial(integral_constant<int, 4>{});
    case 15:
      return polynomial(integral_constant<int, 5>{});
    case 16:
      return polynomial(integral_constant<int, 6>{});
    case 17:
      return polynomial(integral_constant<int, 7>{});
    default:
      return polynomial(integral_constant<int, 8>{});
  }
}

/// a ← k (1 + a) + a.
KINDRED_MULTIVERSION void accumulate(const Part& part, const std::uint64_t* words, std::uint64_t z, std::size_t count, double* a) {
  loop_over_points(part, words, z, count, a, [](double so_far, double k) { return k * (1.0 + so_far) + so_far; });
}

/// a ← a k.
KINDRED_MULTIVERSION void multiply(const Part& part, const std::uint64_t* words, std::uint64_t z, std::size_t count, double* a) {
  loop_over_points(part, words, z, count, a, [](double so_far, double k) { return so_far * k; });
}

KINDRED_MULTIVERSION void accumulate_values(double weight, const double* part, std::size_t count, double* a) {
  for (std::size_t i = 0; i < count; ++i) {
    a[i] = weight * part[i] * (1.0 + a[i]) + a[i];
  }
}

void check(const ProductKernel& kernel, const Sampler& points, std::size_t words) {
  check(kernel);
  if (kernel.dimensions() != points.dimensions() || points.replicates() != 1) {
    throw InputError("kernel of " + std::to_string(kernel.dimensions()) + " dimensions on points of " +
                     std::to_string(points.dimensions()) + " dimensions and " + std::to_string(points.replicates()) +
                     " replicates: as many dimensions and one replicate are needed (Randomization::first_replicate chooses it)");
  }
  if (words % kernel.weights.size() != 0 || words == 0) {
    throw InputError("kernel of " + std::to_string(kernel.dimensions()) + " dimensions at " + std::to_string(words) + " coordinates");
  }
}

/// Calls work(words, first, count): coordinates of points as words, dimension by dimension, in pieces that stay in the caches.
template <class Work>
void for_words(const Sampler& points, Order order, std::uint64_t n0, std::uint64_t n1, const Work& work) {
  const auto dimensions = static_cast<std::size_t>(points.dimensions());
  const std::size_t piece = std::bit_floor(std::clamp<std::size_t>((std::size_t{1} << 15U) / dimensions, 512, 4096));
  LineVector<std::uint64_t> words(std::min<std::size_t>(piece, n1 - n0) * dimensions);
  for (std::uint64_t first = n0; first < n1; first += piece) {
    const std::size_t count = std::min<std::size_t>(piece, n1 - first);
    const auto used = std::span(words).first(count * dimensions);
    points.fill<std::uint64_t>(used, first, first + count, {.order = order, .layout = Layout::dimension_major, .stores = Stores::ordinary});
    work(used.data(), first, count);
  }
}

void check_size(std::size_t size, std::uint64_t n0, std::uint64_t n1) {
  if (n0 > n1 || size != n1 - n0) {
    throw InputError("kernel at points " + std::to_string(n0) + " … " + std::to_string(n1) + ": room for " + std::to_string(size) +
                     " values");
  }
}

}  // namespace

void check(const ProductKernel& kernel) {
  if (kernel.weights.empty() || (kernel.orders.size() != 1 && kernel.orders.size() != kernel.weights.size())) {
    throw InputError("kernel: " + std::to_string(kernel.weights.size()) + " weights and " + std::to_string(kernel.orders.size()) +
                     " orders: a weight for every dimension and an order for every dimension or one for all are needed");
  }
  for (std::size_t j = 0; j < kernel.weights.size(); ++j) {
    if (!(kernel.weights[j] >= 0.0) || !std::isfinite(kernel.weights[j]) || kernel.order(j) < 1 || kernel.order(j) > 4) {
      throw InputError("kernel: dimension " + std::to_string(j) + " has weight " + std::to_string(kernel.weights[j]) + " and order " +
                       std::to_string(kernel.order(j)) + ": weights must not be negative, orders are 1 … 4");
    }
  }
  if (!(kernel.scale > 0.0) || !std::isfinite(kernel.scale)) {
    throw InputError("kernel: scale " + std::to_string(kernel.scale) + ", which must be positive");
  }
}

std::uint64_t word_of(double u) {
  if (!(u >= 0.0 && u < 1.0)) {
    throw InputError("coordinate " + std::to_string(u) + " is not in [0, 1)");
  }
  return static_cast<std::uint64_t>(u * 0x1.0p64);
}

std::vector<std::uint64_t> words_of(std::span<const double> point) {
  std::vector<std::uint64_t> words(point.size());
  std::ranges::transform(point, words.begin(), word_of);
  return words;
}

void kernel_minus_scale(const ProductKernel& kernel, const Sampler& points, Order order, std::uint64_t n0, std::uint64_t n1,
                        std::span<const std::uint64_t> z, std::span<double> out) {
  check(kernel, points, z.size());
  check_size(out.size(), n0, n1);
  std::vector<Part> parts;
  for (std::size_t j = 0; j < z.size(); ++j) {
    parts.push_back(part(kernel, j));
  }
  for_words(points, order, n0, n1, [&](const std::uint64_t* words, std::uint64_t first, std::size_t count) {
    const auto a = out.subspan(first - n0, count);
    std::ranges::fill(a, 0.0);
    for (std::size_t j = 0; j < parts.size(); ++j) {
      accumulate(parts[j], words + j * count, z[j], count, a.data());
    }
    for (double& value : a) {
      value *= kernel.scale;
    }
  });
}

void kernel_derivative(const ProductKernel& kernel, const Derivative& derivative, const Sampler& points, Order order, std::uint64_t n0,
                       std::uint64_t n1, std::span<const std::uint64_t> z, std::span<double> out) {
  check(kernel, points, z.size());
  check_size(out.size(), n0, n1);
  if (kernel.invariance != Invariance::shift || derivative.of_x.size() != z.size() || derivative.of_z.size() != z.size()) {
    throw InputError("kernel_derivative: shift-invariant kernels have derivatives, given for both arguments in every dimension");
  }
  std::vector<Part> parts;
  std::vector<std::uint8_t> differentiated;
  for (std::size_t j = 0; j < z.size(); ++j) {
    const int of_x = derivative.of_x[j];
    const int of_z = derivative.of_z[j];
    if (of_x < 0 || of_z < 0 || 2 * kernel.order(j) - of_x - of_z < 2) {
      throw InputError("kernel_derivative: of orders " + std::to_string(of_x) + " and " + std::to_string(of_z) + " in dimension " +
                       std::to_string(j) + " of order " + std::to_string(kernel.order(j)) + ": together at most 2 · order − 2");
    }
    parts.push_back(part(kernel, j, of_x, of_z));
    differentiated.push_back(of_x + of_z > 0 ? 1 : 0);
  }
  if (std::ranges::find(differentiated, 1) == differentiated.end()) {
    throw InputError("kernel_derivative: nothing is differentiated; kernel_minus_scale() gives values");
  }
  for_words(points, order, n0, n1, [&](const std::uint64_t* words, std::uint64_t first, std::size_t count) {
    const auto a = out.subspan(first - n0, count);
    std::ranges::fill(a, 0.0);
    for (std::size_t j = 0; j < parts.size(); ++j) {
      if (differentiated[j] == 0) {
        accumulate(parts[j], words + j * count, z[j], count, a.data());
      }
    }
    for (double& value : a) {
      value = kernel.scale * (1.0 + value);
    }
    for (std::size_t j = 0; j < parts.size(); ++j) {
      if (differentiated[j] != 0) {
        multiply(parts[j], words + j * count, z[j], count, a.data());
      }
    }
  });
}

void kernel_parts(const ProductKernel& kernel, const Sampler& points, Order order, std::uint64_t n0, std::uint64_t n1,
                  std::span<const std::uint64_t> z, std::span<double> out) {
  check(kernel, points, z.size());
  check_size(out.size() / z.size(), n0, n1);
  ProductKernel unweighted = kernel;
  std::ranges::fill(unweighted.weights, 1.0);
  std::ranges::fill(out, 0.0);
  for_words(points, order, n0, n1, [&](const std::uint64_t* words, std::uint64_t first, std::size_t count) {
    for (std::size_t j = 0; j < z.size(); ++j) {
      accumulate(part(unweighted, j), words + j * count, z[j], count, out.data() + j * (n1 - n0) + (first - n0));
    }
  });
}

void include_part(double weight, std::span<const double> part, std::span<double> a) {
  if (part.size() != a.size()) {
    throw InputError("include_part: " + std::to_string(part.size()) + " values of a dimension for " + std::to_string(a.size()) + " points");
  }
  accumulate_values(weight, part.data(), a.size(), a.data());
}

void kernel_sums(const ProductKernel& kernel, const Sampler& points, Order order, std::span<const double> c,
                 std::span<const std::uint64_t> z, std::span<double> out) {
  check(kernel, points, z.size());
  const std::size_t dimensions = kernel.weights.size();
  if (out.size() * dimensions != z.size()) {
    throw InputError("kernel_sums: " + std::to_string(z.size()) + " coordinates in " + std::to_string(dimensions) +
                     " dimensions, and room for " + std::to_string(out.size()) + " sums");
  }
  std::vector<Part> parts;
  for (std::size_t j = 0; j < dimensions; ++j) {
    parts.push_back(part(kernel, j));
  }
  std::ranges::fill(out, 0.0);
  for_words(points, order, 0, c.size(), [&](const std::uint64_t* words, std::uint64_t first, std::size_t count) {
    std::array<double, 4096> a;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
    for (std::size_t k = 0; k < out.size(); ++k) {
      std::fill_n(a.begin(), count, 0.0);
      for (std::size_t j = 0; j < dimensions; ++j) {
        accumulate(parts[j], words + j * count, z[k * dimensions + j], count, a.data());
      }
      double sum = 0.0;
      for (std::size_t i = 0; i < count; ++i) {
        sum += c[first + i] * a[i];
      }
      out[k] += kernel.scale * sum;
    }
  });
}

}  // namespace kindred::qmc
