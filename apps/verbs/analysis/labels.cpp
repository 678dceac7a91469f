#include <kindred/apps/verbs/analysis/labels.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdlib>

namespace kindred::app {

std::string fitted(const std::string& text, double pixels, double size) {
  const auto limit = static_cast<std::size_t>(std::max(4.0, pixels / (0.66 * size)));
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80 && ++characters > limit) {
      return text.substr(0, i) + "…";
    }
  }
  return text;
}

std::string superscript(int value) {
  static const std::array<const char*, 10> digits{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  std::string result = value < 0 ? "⁻" : "";
  for (const char c : std::to_string(std::abs(value))) {
    result += digits[static_cast<std::size_t>(c - '0')];
  }
  return result;
}

std::string pretty_unit(const std::string& unit) {
  std::string result;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const bool after_letter = i > 0 && (std::isalpha(static_cast<unsigned char>(unit[i - 1])) != 0 || unit[i - 1] == '^');
    std::size_t end = i + (unit[i] == '-' ? 1 : 0);
    while (end < unit.size() && std::isdigit(static_cast<unsigned char>(unit[end])) != 0) {
      ++end;
    }
    if (after_letter && end > i && std::isdigit(static_cast<unsigned char>(unit[end - 1])) != 0 && end - i < 4) {
      result += superscript(std::stoi(unit.substr(i, end - i)));
      i = end - 1;
    } else if (unit[i] != '^') {
      result += unit[i];
    }
  }
  return result;
}

double tic_step(double span, double most) {
  const double raw = span / most;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw) {
      return factor * power;
    }
  }
  return 10.0 * power;
}

int common_exponent(double low, double high) {
  const double largest = std::max(std::abs(low), std::abs(high));
  if (largest == 0.0 || !std::isfinite(largest)) {
    return 0;
  }
  const int exponent = static_cast<int>(std::floor(std::log10(largest)));
  return exponent >= 5 || exponent <= -3 ? exponent : 0;
}

}  // namespace kindred::app
