#include <kindred/kernels/qmc/sampler.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/fill.hpp>

namespace kindred::qmc {
namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

std::uint64_t power_of_two(int exponent) { return exponent >= 64 ? unlimited : std::uint64_t{1} << static_cast<unsigned>(exponent); }

/// What a kind of point set is called, which scrambles it has, and its orders and sizes.
struct Description {
  const char* name;
  std::vector<Scramble> scrambles;
  bool gray;
  int dimensions;
  std::uint64_t max_points;
};

Description describe(const DigitalNet& net, Scramble scramble) {
  const int columns = scramble == Scramble::owen_hash ? std::min(net.columns, 32) : net.columns;
  return {
      "a digital net",
      {Scramble::none, Scramble::digital_shift, Scramble::lms, Scramble::lms_digital_shift, Scramble::nested_uniform, Scramble::owen_hash},
      true,
      net.dimensions,
      power_of_two(columns)};
}
Description describe(const Lattice& lattice, Scramble /*scramble*/) {
  return {"a lattice", {Scramble::none, Scramble::shift}, true, lattice.dimensions(), power_of_two(lattice.log2_points)};
}
Description describe(const Kronecker& sequence, Scramble /*scramble*/) {
  return {"a Kronecker sequence", {Scramble::none, Scramble::shift}, false, sequence.dimensions(), unlimited};
}
Description describe(const Halton& sequence, Scramble /*scramble*/) {
  return {"a Halton sequence",
          {Scramble::none, Scramble::digital_shift, Scramble::digit_permutation, Scramble::lms, Scramble::lms_digital_shift,
           Scramble::lms_digit_permutation, Scramble::nested_uniform},
          false,
          sequence.dimensions,
          power_of_two(53)};
}
Description describe(const Independent& points, Scramble /*scramble*/) {
  return {"independent points", {Scramble::none}, false, points.dimensions, unlimited};
}

Description checked(const PointSet& points, const Randomization& randomization) {
  Description description = std::visit([&](const auto& set) { return describe(set, randomization.scramble); }, points);
  if (std::ranges::find(description.scrambles, randomization.scramble) == description.scrambles.end()) {
    std::string known;
    for (const Scramble scramble : description.scrambles) {
      known += (known.empty() ? "" : ", ") + std::string(name(scramble));
    }
    throw InputError("qmc: " + std::string(description.name) + " has no scramble \"" + std::string(name(randomization.scramble)) +
                     "\"; it has: " + known);
  }
  const int high = std::holds_alternative<Halton>(points) ? Halton::max_dimensions : std::numeric_limits<int>::max();
  if (description.dimensions < 1 || description.dimensions > high) {
    throw InputError("qmc: " + std::string(description.name) + " of " + std::to_string(description.dimensions) + " dimensions; from 1 to " +
                     std::to_string(high) + " are possible");
  }
  if (randomization.replicates < 1) {
    throw InputError("qmc: " + std::to_string(randomization.replicates) + " replicates; at least one is needed");
  }
  return description;
}

void check_net(const DigitalNet& net) {
  const auto size = static_cast<std::size_t>(net.components()) * static_cast<std::size_t>(net.columns);
  if (net.columns < 1 || net.columns > 64 || net.digits < 1 || net.digits > 64 || net.interlacing < 1 ||
      net.interlacing > DigitalNet::max_interlacing || net.matrices.size() != size) {
    throw InputError("qmc: the digital net's sizes disagree; make it by digital_net(), which says how");
  }
}

PreparedPoints prepare(const PointSet& points, const Randomization& randomization) {
  if (const auto* net = std::get_if<DigitalNet>(&points)) {
    check_net(*net);
    if (randomization.scramble == Scramble::nested_uniform) {
      return NestedNet(*net, randomization);
    }
    if (randomization.scramble == Scramble::owen_hash) {
      return OwenNet(*net, randomization);
    }
    return LinearNet(*net, randomization);
  }
  if (const auto* lattice = std::get_if<Lattice>(&points)) {
    return AdditivePoints(*lattice, randomization);
  }
  if (const auto* sequence = std::get_if<Kronecker>(&points)) {
    return AdditivePoints(*sequence, randomization);
  }
  if (const auto* sequence = std::get_if<Halton>(&points)) {
    return HaltonPoints(*sequence, randomization);
  }
  return IndependentPoints(randomization);
}

template <class T>
Format format_of(bool centred) {
  if constexpr (std::is_same_v<T, double>) {
    return centred ? Format::f64_centred : Format::f64;
  } else if constexpr (std::is_same_v<T, float>) {
    return centred ? Format::f32_centred : Format::f32;
  } else {
    return sizeof(T) == 8 ? Format::u64 : Format::u32;
  }
}

}  // namespace

std::string_view name(Scramble scramble) {
  static constexpr std::array<std::string_view, 9> names{
      "none",           "shift",    "digital_shift", "lms", "lms_digital_shift", "digit_permutation", "lms_digit_permutation",
      "nested_uniform", "owen_hash"};
  return names.at(static_cast<std::size_t>(scramble));
}

struct Sampler::State {
  Randomization randomization;
  Description description;
  PreparedPoints points;

  void check_order(Order order) const {
    if (order == Order::gray && !description.gray) {
      throw InputError("qmc: " + std::string(description.name) + " has no Gray order, only the natural one");
    }
  }

  void check_range(std::uint64_t n0, std::uint64_t n1, const FillOptions& options) const {
    check_order(options.order);
    if (n0 > n1 || n1 > description.max_points) {
      throw InputError("qmc: points " + std::to_string(n0) + " … " + std::to_string(n1) + " are not a range of " + description.name +
                       " that has " + std::to_string(description.max_points) +
                       (std::holds_alternative<OwenNet>(points) ? " points under owen_hash; nested_uniform has no such limit"
                                                                : " points; a digital net can have more columns"));
    }
    if (options.threads < 0) {
      throw InputError("qmc: " + std::to_string(options.threads) + " threads");
    }
  }
};

Sampler::Sampler(const PointSet& points, const Randomization& randomization) {
  Description description = checked(points, randomization);
  state_ = std::make_shared<const State>(State{randomization, std::move(description), prepare(points, randomization)});
}

int Sampler::dimensions() const { return state_->description.dimensions; }
int Sampler::replicates() const { return state_->randomization.replicates; }
const Randomization& Sampler::randomization() const { return state_->randomization; }
std::uint64_t Sampler::max_points() const { return state_->description.max_points; }

std::uint64_t Sampler::word(std::uint64_t i, int j, int replicate, Order order) const {
  state_->check_order(order);
  if (i >= max_points() || j < 0 || j >= dimensions() || replicate < 0 || replicate >= replicates()) {
    throw InputError("qmc: point " + std::to_string(i) + ", dimension " + std::to_string(j) + ", replicate " + std::to_string(replicate) +
                     " is out of range: " + std::to_string(max_points()) + ", " + std::to_string(dimensions()) + ", " +
                     std::to_string(replicates()));
  }
  return std::visit([&](const auto& points) { return points.word(replicate, j, index_of(order, i)); }, state_->points);
}

void Sampler::point(std::uint64_t i, std::span<double> out, int replicate, Order order) const {
  if (out.size() != static_cast<std::size_t>(dimensions())) {
    throw InputError("qmc: a point has " + std::to_string(dimensions()) + " coordinates, there is room for " + std::to_string(out.size()));
  }
  for (int j = 0; j < dimensions(); ++j) {
    out[static_cast<std::size_t>(j)] = to_double(word(i, j, replicate, order));
  }
}

const PreparedPoints& SamplerAccess::points(const Sampler& sampler) { return sampler.state_->points; }

void SamplerAccess::check_fill(const Sampler& sampler, std::size_t size, std::uint64_t n0, std::uint64_t n1, const FillOptions& options) {
  sampler.state_->check_range(n0, n1, options);
  const std::uint64_t point = static_cast<std::uint64_t>(sampler.dimensions()) * static_cast<std::uint64_t>(sampler.replicates());
  if (size % point != 0 || size / point != n1 - n0) {
    throw InputError("qmc: " + std::to_string(n1 - n0) + " points of " + std::to_string(sampler.dimensions()) + " dimensions in " +
                     std::to_string(sampler.replicates()) + " replicates do not fit an array of " + std::to_string(size) + " numbers");
  }
}

template <class T>
void Sampler::fill(std::span<T> out, std::uint64_t n0, std::uint64_t n1, const FillOptions& options) const {
  SamplerAccess::check_fill(*this, out.size(), n0, n1, options);
  qmc::fill(state_->points, {format_of<T>(options.centred), out.data(), replicates(), dimensions(), n0, n1, options}, block_kernels());
}

template <class T>
Blocks<T> Sampler::blocks(std::uint64_t n0, std::uint64_t n1, std::size_t bytes, const FillOptions& options) const {
  state_->check_range(n0, n1, options);
  return Blocks<T>(*this, n0, n1, bytes, options);
}

template <class T>
Blocks<T>::Blocks(Sampler sampler, std::uint64_t n0, std::uint64_t n1, std::size_t bytes, const FillOptions& options)
    : sampler_(std::move(sampler)), options_(options), end_(n1), block_{n0, 0, {}} {
  const std::size_t point = sizeof(T) * static_cast<std::size_t>(sampler_.dimensions()) * static_cast<std::size_t>(sampler_.replicates());
  length_ = std::bit_floor(std::max<std::size_t>(1, bytes / point));
  next();
}

template <class T>
void Blocks<T>::next() {
  const std::uint64_t first = block_.first + block_.count;
  const std::uint64_t count = std::min(end_ - first, length_ - first % length_);
  const std::size_t numbers =
      static_cast<std::size_t>(count) * static_cast<std::size_t>(sampler_.dimensions()) * static_cast<std::size_t>(sampler_.replicates());
  buffer_.resize(std::max(buffer_.size(), numbers));
  sampler_.fill(std::span(buffer_).first(numbers), first, first + count, options_);
  block_ = {first, count, std::span(buffer_).first(numbers)};
}

#define KINDRED_INSTANTIATE(T)                                                                             \
  template void Sampler::fill(std::span<T>, std::uint64_t, std::uint64_t, const FillOptions&) const;       \
  template Blocks<T> Sampler::blocks(std::uint64_t, std::uint64_t, std::size_t, const FillOptions&) const; \
  template class Blocks<T>
KINDRED_INSTANTIATE(double);
KINDRED_INSTANTIATE(float);
KINDRED_INSTANTIATE(std::uint32_t);
KINDRED_INSTANTIATE(std::uint64_t);

}  // namespace kindred::qmc
