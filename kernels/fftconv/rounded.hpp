#pragma once

#include <cstdio>
#include <string>

namespace kindred::fftconv {

/// Three digits and the unit, for reports.
inline std::string rounded(double value, const char* unit) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.3g %s", value, unit);
  return text;
}

}  // namespace kindred::fftconv
