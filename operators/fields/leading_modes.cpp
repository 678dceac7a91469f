#include <kindred/operators/fields/leading_modes.hpp>

#include <algorithm>
#include <limits>
#include <queue>

#include <kindred/core/base/random.hpp>
#include <kindred/operators/fields/spectral_basis.hpp>

namespace kindred {
namespace {

using WaveNumbers = std::array<Index, 3>;

constexpr Index most_wave_numbers = Index{1} << 20U;  // what mode_number() has room for

/// Wave numbers of a mode, or of several: those of sines and cosines.
struct Candidate {
  double importance;  ///< sum of squared frequencies: the smaller, the more important
  WaveNumbers k;

  friend bool operator<(const Candidate& a, const Candidate& b) { return a.importance > b.importance; }  // queues serve the greatest
};

class Search {
 public:
  explicit Search(std::span<const ModeAxis> axes) : axes_(axes) {
    WaveNumbers k{};
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      k[a] = axes_[a].first;
    }
    push(k);
  }

  [[nodiscard]] bool exhausted() const { return queue_.empty(); }

  /// Numbers of all modes of the next importance, in increasing order. Their neighbours are less important, so that all of them are in the
  /// queue by now.
  std::vector<std::uint64_t> next() {
    std::vector<std::uint64_t> numbers;
    for (const double importance = queue_.top().importance; !queue_.empty() && queue_.top().importance == importance;) {
      const WaveNumbers k = queue_.top().k;
      queue_.pop();
      append_modes(k, numbers);
      push_neighbours(k);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
  }

 private:
  /// Added up from the smallest on, so that wave numbers that change places give the same bits on a cube.
  void push(const WaveNumbers& k) {
    std::array<double, 3> squares{};
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      const double frequency = axes_[a].frequency * static_cast<double>(k[a]);
      squares[a] = frequency * frequency;
    }
    std::sort(squares.begin(), squares.end());
    queue_.push({squares[0] + squares[1] + squares[2], k});
  }

  /// Every combination of wave numbers is the neighbour of one other: the one with its last number that is not the first one less by 1.
  void push_neighbours(WaveNumbers k) {
    std::size_t a = axes_.size();
    do {
      --a;
      const Index limit = axes_[a].limit > 0 ? axes_[a].limit : most_wave_numbers;
      if (k[a] + 1 < axes_[a].first + limit) {
        ++k[a];
        push(k);
        --k[a];
      }
    } while (a > 0 && k[a] == axes_[a].first);
  }

  void append_modes(const WaveNumbers& k, std::vector<std::uint64_t>& numbers) const {
    std::array<std::array<std::uint64_t, 2>, 3> functions{};
    std::array<std::size_t, 3> count{1, 1, 1};
    for (std::size_t a = 0; a < axes_.size(); ++a) {
      const auto wave = static_cast<std::uint64_t>(k[a]);
      const bool pair = axes_[a].paired && wave > 0;
      functions[a] = {pair ? 2 * wave - 1 : wave, 2 * wave};
      count[a] = pair ? 2 : 1;
    }
    for (std::size_t x = 0; x < count[0]; ++x) {
      for (std::size_t y = 0; y < count[1]; ++y) {
        for (std::size_t z = 0; z < count[2]; ++z) {
          numbers.push_back(mode_number(functions[0][x], functions[1][y], functions[2][z]));
        }
      }
    }
  }

  std::span<const ModeAxis> axes_;
  std::priority_queue<Candidate> queue_;
};

bool has_constant(std::span<const ModeAxis> axes) {
  return std::all_of(axes.begin(), axes.end(), [](const ModeAxis& axis) { return axis.first == 0; });
}

}  // namespace

std::vector<std::uint64_t> leading_modes(std::span<const ModeAxis> axes, std::size_t count, bool without_constant) {
  std::vector<std::uint64_t> modes;
  Search search(axes);
  if (without_constant && has_constant(axes)) {
    search.next();
  }
  while (modes.size() < count && !search.exhausted()) {
    const auto next = search.next();
    modes.insert(modes.end(), next.begin(), next.end());
  }
  modes.resize(std::min(modes.size(), count));
  return modes;
}

Index mode_count(std::span<const ModeAxis> axes, bool without_constant) {
  double count = 1.0;
  for (const auto& axis : axes) {
    const auto waves = static_cast<double>(axis.limit > 0 ? axis.limit : most_wave_numbers);
    count *= axis.paired ? 2.0 * waves - (axis.first == 0 ? 1.0 : 0.0) : waves;
  }
  count -= without_constant && has_constant(axes) ? 1.0 : 0.0;
  return count < 0x1.0p53 ? static_cast<Index>(count) : std::numeric_limits<Index>::max();
}

LeadingModes::LeadingModes(std::vector<ModeAxis> axes, bool without_constant, const std::vector<std::vector<std::uint64_t>>& numbers,
                           std::function<Coefficient(const std::array<Index, 3>& positions)> coefficient)
    : axes_(std::move(axes)), without_constant_(without_constant), coefficient_(std::move(coefficient)) {
  for (const auto& along_axis : numbers) {
    auto& positions = positions_.emplace_back();
    for (std::size_t position = 0; position < along_axis.size(); ++position) {
      if (along_axis[position] != no_function) {
        const auto number = static_cast<std::size_t>(along_axis[position]);
        positions.resize(std::max(positions.size(), number + 1), -1);
        positions[number] = static_cast<Index>(position);
      }
    }
  }
}

std::shared_ptr<const std::vector<LeadingModes::Coefficient>> LeadingModes::first(std::size_t count) const {
  const std::scoped_lock lock(mutex_);
  if (known_ != nullptr && known_->size() >= count) {
    return known_;
  }
  constexpr std::uint64_t digits = (1U << 21U) - 1;  // of mode_number()
  std::vector<Coefficient> coefficients(count);
  std::size_t j = 0;
  for (const std::uint64_t mode : leading_modes(axes_, count, without_constant_)) {
    std::array<Index, 3> at{};
    bool carried = true;
    for (std::size_t a = 0; a < positions_.size(); ++a) {
      const auto number = static_cast<std::size_t>((mode >> (21 * a)) & digits);
      at[a] = number < positions_[a].size() ? positions_[a][number] : -1;
      carried = carried && at[a] >= 0;
    }
    coefficients[j++] = carried ? coefficient_(at) : Coefficient{};
  }
  known_ = std::make_shared<const std::vector<Coefficient>>(std::move(coefficients));
  return known_;
}

void LeadingModes::put(std::span<const double> coordinates, std::span<double> coefficients) const {
  if (coordinates.empty()) {
    return;
  }
  const auto leading = first(coordinates.size());
  for (std::size_t j = 0; j < coordinates.size(); ++j) {
    const auto& [place, deviation] = (*leading)[j];
    if (deviation != 0.0) {
      coefficients[static_cast<std::size_t>(place)] = deviation * normal_quantile(coordinates[j]);
    }
  }
}

}  // namespace kindred
