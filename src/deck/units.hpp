#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace kindred {

/// A number with a unit, as a deck writes it: `1 m`, `20 degC`, `5km`.
struct Quantity {
  double number = 0.0;
  std::string unit;  ///< empty: none was written
};

/// Splits a string into its number and its unit; std::nullopt if it does not begin with a number.
std::optional<Quantity> split_quantity(std::string_view text);

/// Converts `quantity` to `unit` (UDUNITS spelling; "1" is dimensionless). `difference` ignores the zero points of scales
/// such as degC, as a standard deviation needs.
/// @throws InputError if a unit is unknown, or the dimensions differ (both are named)
double convert(const Quantity& quantity, const std::string& unit, bool difference = false);

/// The number in SI base units: `5 km` gives 5000, `20 degC` gives 293.15.
/// @throws InputError if the unit is unknown
double convert_to_base(const Quantity& quantity);

}  // namespace kindred
