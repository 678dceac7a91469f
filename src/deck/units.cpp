#include <kindred/core/deck/units.hpp>

#include <algorithm>
#include <charconv>
#include <memory>
#include <mutex>

#include <fmt/format.h>
#include <udunits2.h>

#include <kindred/core/base/error.hpp>

namespace kindred {
namespace {

using Unit = std::unique_ptr<ut_unit, decltype(&ut_free)>;
using Converter = std::unique_ptr<cv_converter, decltype(&cv_free)>;

/// UDUNITS' table of units, read once; its calls are not thread-safe.
class UnitSystem {
 public:
  UnitSystem() {
    ut_set_error_message_handler(ut_ignore);
    system_ = ut_read_xml(nullptr);
    if (system_ == nullptr) {
      throw IoError("cannot read the table of units of UDUNITS; install libudunits2-data or set UDUNITS2_XML_PATH");
    }
  }
  ~UnitSystem() { ut_free_system(system_); }
  UnitSystem(const UnitSystem&) = delete;
  UnitSystem& operator=(const UnitSystem&) = delete;

  [[nodiscard]] Unit parse(const std::string& text) const {
    Unit unit(ut_parse(system_, text.c_str(), UT_UTF8), &ut_free);
    if (!unit) {
      throw InputError(fmt::format("unknown unit \"{}\"", text));
    }
    return unit;
  }

 private:
  ut_system* system_ = nullptr;
};

std::mutex& guard() {
  static std::mutex mutex;
  return mutex;
}

const UnitSystem& units() {
  static const UnitSystem system;
  return system;
}

/// Dimension in SI base units, such as `m.s-1`; `1` if dimensionless.
std::string definition(const ut_unit* unit) {
  char buffer[128];
  const int length = ut_format(unit, buffer, sizeof buffer, UT_ASCII | UT_DEFINITION);
  return length > 0 && length < static_cast<int>(sizeof buffer) ? std::string(buffer, static_cast<std::size_t>(length)) : "?";
}

// A scaled or shifted unit hands its visitor the unit that it is scaled from; the others are their own base.
ut_status visit_basic(const ut_unit* unit, void* base) {
  *static_cast<Unit*>(base) = Unit(ut_clone(unit), &ut_free);
  return UT_SUCCESS;
}
ut_status visit_product(const ut_unit* unit, int, const ut_unit* const*, const int*, void* base) { return visit_basic(unit, base); }
ut_status visit_galilean(const ut_unit*, double, const ut_unit* underlying, double, void* base);
ut_status visit_timestamp(const ut_unit*, const ut_unit*, double, void*) { return UT_MEANINGLESS; }
ut_status visit_logarithmic(const ut_unit*, double, const ut_unit*, void*) { return UT_MEANINGLESS; }
const ut_visitor base_visitor{visit_basic, visit_product, visit_galilean, visit_timestamp, visit_logarithmic};
ut_status visit_galilean(const ut_unit*, double, const ut_unit* underlying, double, void* base) {
  return ut_accept_visitor(underlying, &base_visitor, base);
}

double converted(double number, ut_unit* from, ut_unit* to, bool difference) {
  const Converter converter(ut_get_converter(from, to), &cv_free);
  if (!converter) {
    throw InputError("these units cannot be converted");
  }
  const double value = cv_convert_double(converter.get(), number);
  return difference ? value - cv_convert_double(converter.get(), 0.0) : value;
}

std::string described(const std::string& unit, const ut_unit* parsed) {
  if (unit == "1") {
    return "a dimensionless number";
  }
  std::string base = definition(parsed);
  std::replace(base.begin(), base.end(), '.', ' ');
  return base == unit ? fmt::format("\"{}\"", unit) : fmt::format("\"{}\" ({})", unit, base);
}

}  // namespace

std::optional<Quantity> split_quantity(std::string_view text) {
  const auto trim = [&] {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
      text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
      text.remove_suffix(1);
    }
  };
  trim();
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') {
    text.remove_prefix(1);
  }
  const std::size_t digit = !text.empty() && text.front() == '-' ? 1 : 0;
  if (digit >= text.size() || !((text[digit] >= '0' && text[digit] <= '9') || text[digit] == '.')) {
    return std::nullopt;  // from_chars would also take "inf" and "nan"
  }
  Quantity quantity;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), quantity.number);
  if (result.ec != std::errc()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
  trim();
  quantity.unit = text;
  return quantity;
}

double convert(const Quantity& quantity, const std::string& unit, bool difference) {
  const std::scoped_lock lock(guard());
  const Unit from = units().parse(quantity.unit.empty() ? "1" : quantity.unit);
  const Unit to = units().parse(unit);
  if (ut_are_convertible(from.get(), to.get()) == 0) {
    throw InputError(fmt::format("unit {} does not fit: expected {}", described(quantity.unit, from.get()), described(unit, to.get())));
  }
  return converted(quantity.number, from.get(), to.get(), difference);
}

double convert_to_base(const Quantity& quantity) {
  if (quantity.unit.empty()) {
    return quantity.number;
  }
  const std::scoped_lock lock(guard());
  const Unit from = units().parse(quantity.unit);
  Unit base(nullptr, &ut_free);
  if (ut_accept_visitor(from.get(), &base_visitor, &base) != UT_SUCCESS || !base) {
    throw InputError(fmt::format("unit \"{}\" cannot be used for a constant", quantity.unit));
  }
  return converted(quantity.number, from.get(), base.get(), false);
}

}  // namespace kindred
