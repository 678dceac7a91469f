#pragma once

#include <string>

/// How pictures write numbers and cut texts.
namespace kindred::app {

/// Cuts UTF-8 text to about `pixels`, for a font of `size` points.
std::string fitted(const std::string& text, double pixels, double size);

/// The digits of an exponent as Unicode superscripts: `⁻⁴`.
std::string superscript(int value);

/// `m2 s-1` as `m² s⁻¹`.
std::string pretty_unit(const std::string& unit);

/// 1, 2 or 5 times a power of ten that divides `span` into at most `most` steps.
double tic_step(double span, double most);

/// The power of ten that is taken out of tic labels so that they stay short; 0: none.
int common_exponent(double low, double high);

}  // namespace kindred::app
