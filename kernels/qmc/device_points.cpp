#include <kindred/kernels/qmc/device_points.hpp>

#include <algorithm>
#include <span>
#include <vector>

#include <kindred/kernels/qmc/fill.hpp>

namespace kindred::qmc {

/// Copies the tables of prepared points.
class DeviceTables {
 public:
  explicit DeviceTables(device::TableMemory& memory) : memory_(memory) {}

  device::Points operator()(const LinearNet& net) {
    const std::size_t set = static_cast<std::size_t>(net.dimensions_) * net.columns_;
    std::vector<std::uint64_t> turned;
    for (std::size_t first = 0; first < net.matrices_.size(); first += set) {
      append_turned(turned, std::span(net.matrices_).subspan(first, set), net.columns_, [](std::uint64_t column) { return column; });
    }
    device::LinearNet points;
    points.matrices = {copy(turned), net.dimensions_, static_cast<int>(net.columns_)};
    points.replicate_words = net.shared_ ? 0 : set;
    points.shifts = net.shifts_.empty() ? nullptr : copy(net.shifts_);
    return points;
  }

  device::Points operator()(const OwenNet& net) {
    device::OwenNet points{components<std::uint32_t>(net.net_, reversed_head), copy(net.keys_)};
    return interlaced(points, net.interlacing_);
  }

  device::Points operator()(const NestedNet& net) {
    if (net.net_.digits > 32) {
      const auto whole = [](std::uint64_t column) { return column; };
      return interlaced(device::NestedNet<std::uint64_t>{components<std::uint64_t>(net.net_, whole), copy(net.keys_)}, net.interlacing_);
    }
    const auto head = [](std::uint64_t column) { return static_cast<std::uint32_t>(column >> 32U); };
    return interlaced(device::NestedNet<std::uint32_t>{components<std::uint32_t>(net.net_, head), copy(net.keys_)}, net.interlacing_);
  }

  device::Points operator()(const AdditivePoints& points) {
    const int dimensions = static_cast<int>(points.z_.size());
    const std::uint64_t* z = copy(points.z_);
    const std::uint64_t* shifts = copy(points.shifts_);
    if (points.reversed_) {
      return device::Additive<true>{z, shifts, dimensions};
    }
    return device::Additive<false>{z, shifts, dimensions};
  }

  device::Points operator()(const HaltonPoints& points) {
    std::vector<double> inverses;
    inverses.reserve(points.bases_.size());
    for (const HaltonBase& base : points.bases_) {
      inverses.push_back(1.0 / base.base);
    }
    if (points.scramble_ == Scramble::nested_uniform) {
      return device::NestedHalton{copy(points.bases_), copy(inverses), points.nested_, points.first_replicate_};
    }
    device::Halton view;
    view.bases = copy(points.bases_);
    view.inverses = copy(inverses);
    view.dimensions = static_cast<int>(points.bases_.size());
    view.permuted = points.scramble_ == Scramble::digit_permutation || points.scramble_ == Scramble::lms_digit_permutation;
    copy_joined(points.lower_, points.bases_.size(), view.lower, view.lower_at);
    copy_joined(points.maps_, points.bases_.size(), view.maps, view.maps_at);
    return view;
  }

  device::Points operator()(const IndependentPoints& points) { return device::Independent{points.words_, points.first_replicate_}; }

 private:
  template <class Vector>
  const typename Vector::value_type* copy(const Vector& values) {
    return static_cast<const typename Vector::value_type*>(memory_.copy(values.data(), values.size() * sizeof(values[0])));
  }

  /// From [component][column] to [column][component].
  template <class Word, class Change>
  static void append_turned(std::vector<Word>& to, std::span<const std::uint64_t> from, std::size_t columns, const Change& change) {
    for (std::size_t c = 0; c < columns; ++c) {
      for (std::size_t k = c; k < from.size(); k += columns) {
        to.push_back(change(from[k]));
      }
    }
  }

  template <class Word, class Change>
  device::Matrices<Word> components(const DigitalNet& net, const Change& change) {
    std::vector<Word> turned;
    append_turned(turned, net.matrices, static_cast<std::size_t>(net.columns), change);
    return {copy(turned), net.components(), net.columns};
  }

  template <class Net>
  static device::Points interlaced(const Net& net, const Interlacing& interlacing) {
    if (interlacing.order() == 1) {
      return net;
    }
    return device::Interlaced<Net>{net, interlacing};
  }

  /// Tables of [replicate][dimension] one after another, and where each begins; nothing if there are none.
  void copy_joined(const std::vector<std::vector<std::uint16_t>>& tables, std::size_t dimensions, const std::uint16_t*& joined,
                   const std::size_t*& at) {
    if (tables.empty()) {
      return;
    }
    std::vector<std::uint16_t> values;
    std::vector<std::size_t> begin;
    for (std::size_t k = 0; k < tables.size(); ++k) {
      if (k <= dimensions) {
        begin.push_back(values.size());
      }
      values.insert(values.end(), tables[k].begin(), tables[k].end());
    }
    begin.resize(dimensions + 1, values.size());
    joined = copy(values);
    at = copy(begin);
  }

  device::TableMemory& memory_;
};

namespace device {

Points points_of(const Sampler& sampler, TableMemory& memory) { return std::visit(DeviceTables(memory), SamplerAccess::points(sampler)); }

}  // namespace device
}  // namespace kindred::qmc
