#pragma once

#include <memory>
#include <string>
#include <vector>

#include <kindred/apps/generate/family.hpp>
#include <kindred/apps/integrate/integrate_section.hpp>
#include <kindred/apps/integrate/random_inputs.hpp>
#include <kindred/operators/cubature/cubature_rule.hpp>
#include <kindred/operators/quantities/quantity.hpp>

namespace kindred::app {

/// The deck's problem on one grid.
struct StudyLevel {
  Deck deck;  ///< the level's: its own [grid] n, and nothing that only data sets need
  std::unique_ptr<Family> family;
  SampleSymbols symbols;  ///< of the first sample
};

/// What a deck with [integrate] asks for: the problem on every level, the random inputs, the quantities, the rule.
class Study {
 public:
  /// @throws DeckError with every complaint at its place in the deck
  explicit Study(const Deck& deck);

  [[nodiscard]] const IntegrateParameters& parameters() const { return parameters_; }
  [[nodiscard]] const Deck& deck() const { return *deck_; }
  /// Coarsest first. One for rules that are not multilevel.
  [[nodiscard]] const std::vector<std::unique_ptr<StudyLevel>>& levels() const { return levels_; }
  [[nodiscard]] const RandomInputs& inputs() const { return *inputs_; }
  [[nodiscard]] const QuantityPlan& plan() const { return plan_; }
  [[nodiscard]] const CubatureRule& rule() const { return *rule_; }
  [[nodiscard]] const Entry& rule_entry() const { return *rule_entry_; }
  [[nodiscard]] qmc::Goal goal() const;
  /// Unknowns of an evaluation on a level, which solves on its grid and the one below: what multilevel rules take as its cost.
  [[nodiscard]] double cost(int level) const;
  /// What the values of all points depend on.
  [[nodiscard]] std::string identity() const;

 private:
  void read_levels(Diagnostics& diagnostics);
  void add_level(Index coarsening, Diagnostics& diagnostics);
  void read_inputs(Diagnostics& diagnostics);
  void read_quantities(Diagnostics& diagnostics);
  void make_rule(Diagnostics& diagnostics);

  const Deck* deck_;
  IntegrateParameters parameters_;
  const Entry* rule_entry_ = nullptr;
  std::vector<std::unique_ptr<StudyLevel>> levels_;
  std::unique_ptr<RandomInputs> inputs_;
  QuantityPlan plan_;
  std::unique_ptr<CubatureRule> rule_;
};

/// `64 × 64`.
std::string grid_text(const StudyLevel& level);

/// Whether the deck has an [integrate] section.
bool asks_for_integrals(const Deck& deck);

}  // namespace kindred::app
