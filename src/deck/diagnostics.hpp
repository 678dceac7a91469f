#pragma once

#include <string>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/value.hpp>

namespace kindred {

/// One complaint about a deck. Rendered as
///   deck.toml:12:1: error: unknown key "ksp_tpye" in [solver]
///     ksp_tpye = "cg"
///     ^~~~~~~~
///     did you mean "ksp_type"?
struct Diagnostic {
  enum class Severity { error, warning };
  Severity severity = Severity::error;
  Location location;
  std::string message;
  std::string hint;  ///< what to do; may be empty, may have several lines

  [[nodiscard]] std::string text() const;
};

/// Collects all complaints about one deck, so that they are reported together, in file order.
class Diagnostics {
 public:
  void error(Location location, std::string message, std::string hint = {});
  void warning(Location location, std::string message, std::string hint = {});
  [[nodiscard]] bool has_errors() const;
  [[nodiscard]] const std::vector<Diagnostic>& all() const { return diagnostics_; }
  /// All complaints in file order: what text() and machine-readable output show.
  [[nodiscard]] std::vector<Diagnostic> sorted() const;
  /// All complaints in file order, then `N errors, M warnings`.
  [[nodiscard]] std::string text() const;
  /// Files are reported in this order; by default, in the order of their first complaint.
  void set_source_order(std::vector<std::shared_ptr<const Source>> sources) { sources_ = std::move(sources); }
  /// @throws DeckError if there is an error
  void raise_if_errors() const;

 private:
  std::vector<Diagnostic> diagnostics_;
  std::vector<std::shared_ptr<const Source>> sources_;
};

/// A deck was refused; what() is the rendered list of all complaints.
class DeckError : public InputError {
 public:
  explicit DeckError(Diagnostics diagnostics);
  [[nodiscard]] const Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  Diagnostics diagnostics_;
};

}  // namespace kindred
