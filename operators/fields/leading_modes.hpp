#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <kindred/core/base/types.hpp>

namespace kindred {

/// The functions of one axis, numbered as SpectralBasis::Function::number and TorusWaves::Wave::number are.
struct ModeAxis {
  double frequency = 1.0;  ///< of wave number 1, in the unit in which importance is measured; positive
  bool paired = false;     ///< a cosine and a sine of every wave number but 0; else one function
  Index first = 0;         ///< smallest wave number: 0 or 1
  Index limit = 0;         ///< how many wave numbers there are; 0: as many as can be numbered, 2^20
};

/// Modes of a box or torus by their importance: the smallest sum of squared frequencies first, those of equal sums by mode_number().
/// It knows no grid, and may name modes that one does not carry.
/// @param axes  one to three
/// @returns the numbers of the first `count` modes, fewer if there are no more
/// Best-first search over the wave numbers, O(count log count).
std::vector<std::uint64_t> leading_modes(std::span<const ModeAxis> axes, std::size_t count, bool without_constant);

/// How many modes leading_modes can name, or the largest Index.
Index mode_count(std::span<const ModeAxis> axes, bool without_constant);

/// The leading modes among the coefficients of one grid, to be given by coordinates instead of random draws. Thread-safe.
class LeadingModes {
 public:
  /// Where a mode stands and what its normal is multiplied by; 0: not at all.
  struct Coefficient {
    Index place = 0;
    double deviation = 0.0;
  };
  static constexpr std::uint64_t no_function = ~std::uint64_t{0};

  /// Numbers of the functions along each axis that a grid carries: those whose scale is not 0.
  /// @param axes  SpectralBasis::functions() or TorusWaves::waves()
  template <class Axes>
  static std::vector<std::vector<std::uint64_t>> carried_numbers(const Axes& axes) {
    std::vector<std::vector<std::uint64_t>> numbers;
    for (const auto& functions : axes) {
      auto& along_axis = numbers.emplace_back();
      for (const auto& function : functions) {
        along_axis.push_back(function.scale != 0.0 ? function.number : no_function);
      }
    }
    return numbers;
  }

  /// @param numbers  of the functions at the grid's positions along each axis; no_function: nothing stands there
  /// @param coefficient  of the mode at these positions, 0 along axes that are absent
  LeadingModes(std::vector<ModeAxis> axes, bool without_constant, const std::vector<std::vector<std::uint64_t>>& numbers,
               std::function<Coefficient(const std::array<Index, 3>& positions)> coefficient);

  /// Replaces the coefficient of leading mode j by deviation · Φ⁻¹(coordinates[j]); modes that the grid lacks pass over their coordinate.
  void put(std::span<const double> coordinates, std::span<double> coefficients) const;

 private:
  [[nodiscard]] std::shared_ptr<const std::vector<Coefficient>> first(std::size_t count) const;

  std::vector<ModeAxis> axes_;
  bool without_constant_;
  std::vector<std::vector<Index>> positions_;  ///< per axis, by number; −1: none
  std::function<Coefficient(const std::array<Index, 3>& positions)> coefficient_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const std::vector<Coefficient>> known_;
};

}  // namespace kindred
