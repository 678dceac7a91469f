#pragma once

#include <map>
#include <optional>
#include <string>

#include <kindred/core/deck/diagnostics.hpp>
#include <kindred/core/deck/value.hpp>

namespace kindred {

/// Named numbers of a deck's [const] table, with `pi` and `e`.
using Constants = std::map<std::string, double>;

/// True for a string that stands for a number: one that begins with `=`.
bool is_expression(const Value& value);

/// Evaluates `=2*pi/L`; std::nullopt, with the complaint in `diagnostics`, if it cannot be.
std::optional<double> evaluate(const Value& expression, const Constants& constants, Diagnostics& diagnostics);

/// Reads [const]: numbers, quantities (taken in SI base units), and expressions, which may use each other in any order.
Constants read_constants(const Value& table, Diagnostics& diagnostics);

/// Place of the byte `offset` of a string's content, if the text shows the string as it is (no escapes); else of the string.
Location inside_string(const Value& value, std::size_t offset);

}  // namespace kindred
