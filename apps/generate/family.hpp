#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/deck/deck.hpp>
#include <kindred/data/layout.hpp>
#include <kindred/operators/designs/design.hpp>
#include <kindred/operators/problems/problem.hpp>

namespace kindred::app {

/// A deck's family of problems: which samples there are, and the problem that each one poses.
class Family {
 public:
  /// @throws DeckError with every complaint at its place in the deck: a grid that is too large, a design that has no samples, fields
  /// and splits that do not fit the problem
  explicit Family(const Deck& deck);

  /// Looks for what would make samples fail, without drawing any: fields that cannot be drawn on the grid, coefficients that
  /// are not positive, for the first sample and for the extremes of every swept parameter.
  /// @throws DeckError
  void check() const;

  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] const Design& design() const { return *design_; }
  [[nodiscard]] Sample sample(Index index, std::uint32_t attempt) const;
  /// The problem with the sample's parameters put in; shared by all samples when nothing is swept.
  [[nodiscard]] std::shared_ptr<const Problem> problem(const Sample& sample) const;
  /// Fields that go to the data set, a selection of the problem's.
  [[nodiscard]] const std::vector<FieldInfo>& fields() const { return fields_; }
  /// Positions of those fields among the problem's inputs followed by its outputs.
  [[nodiscard]] const std::vector<std::size_t>& selection() const { return selection_; }
  /// The swept parameters as numbers, in the order of the layout's scalars (a string choice is stored as its position).
  [[nodiscard]] std::vector<double> scalars(const Sample& sample) const;
  [[nodiscard]] const Grid& grid() const { return grid_; }
  [[nodiscard]] const std::vector<SweepAxis>& columns() const { return columns_; }

  /// The data set that this family fills.
  /// @param deck_path names the data set's directory when the deck does not
  [[nodiscard]] data::DatasetLayout layout(const std::filesystem::path& deck_path) const;
  /// The layout as it goes on with what its directory holds already (data::continued). To be called before samples are asked for: it
  /// decides which of them belong to which split.
  [[nodiscard]] data::DatasetLayout continued(data::DatasetLayout layout);

 private:
  void read_design(Diagnostics& diagnostics);
  /// The random streams of all problems that the sweep can pose, each with the most variables that it has in any of them.
  [[nodiscard]] std::vector<Problem::RandomStream> random_streams() const;
  void select_fields(Diagnostics& diagnostics);
  /// The deck's problem with these parameters put in.
  [[nodiscard]] std::shared_ptr<const Problem> problem_with(const std::vector<Sample::Assignment>& parameters) const;
  /// The first sample, or a copy of it with one swept parameter at an end of its range.
  struct Extreme {
    Sample sample;
    const SweepAxis* axis = nullptr;  ///< null: the first sample as it is
    [[nodiscard]] std::string hint() const;
  };
  [[nodiscard]] std::vector<Extreme> extremes() const;
  [[nodiscard]] std::string card() const;

  const Deck* deck_;
  std::shared_ptr<Design> design_;
  std::vector<SweepAxis> columns_;
  std::uint64_t seed_ = 0;
  Index count_ = 0;
  Grid grid_;
  std::shared_ptr<const Problem> fixed_problem_;  ///< set when nothing is swept
  std::vector<FieldInfo> fields_;
  std::vector<std::size_t> selection_;
};

/// The deck with one sample, if it says nothing about samples at all: what `kindred run` solves.
Deck as_single_run(Deck deck);

/// Bytes that the computation of one sample takes, roughly: the operator, its matrix and multigrid's, and vectors.
double working_memory(const Grid& grid);

/// Domain and problem of one deck root (after substitution of swept values).
std::shared_ptr<const Problem> make_problem(const Value& root);

}  // namespace kindred::app
