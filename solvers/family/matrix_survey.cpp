#include <kindred/solvers/family/matrix_survey.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/solvers/family/survey_row.hpp>

namespace kindred {
namespace {

/// Read access to the arrays of a sequential AIJ matrix.
class Rows {
 public:
  explicit Rows(Mat matrix) : matrix_(matrix) {
    PetscBool done = PETSC_FALSE;
    KINDRED_PETSC(MatGetRowIJ(matrix_, 0, PETSC_FALSE, PETSC_FALSE, &count_, &offsets_, &columns_, &done));
    if (!done) {
      throw InputError("a constant operator can be fitted to matrices of type seqaij only: convert the matrix");
    }
    KINDRED_PETSC(MatSeqAIJGetArrayRead(matrix_, &values_));
  }
  ~Rows() {
    PetscBool done = PETSC_FALSE;
    MatSeqAIJRestoreArrayRead(matrix_, &values_);
    MatRestoreRowIJ(matrix_, 0, PETSC_FALSE, PETSC_FALSE, &count_, &offsets_, &columns_, &done);
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] Index entries(Index row) const { return offsets_[row + 1] - offsets_[row]; }
  [[nodiscard]] const PetscInt* columns(Index row) const { return columns_ + offsets_[row]; }
  [[nodiscard]] const PetscScalar* values(Index row) const { return values_ + offsets_[row]; }
  template <class Visit>
  void for_each_entry(Index row, Visit visit) const {
    for (PetscInt k = offsets_[row]; k < offsets_[row + 1]; ++k) {
      visit(Index{columns_[k]}, values_[k]);
    }
  }

 private:
  Mat matrix_;
  PetscInt count_ = 0;
  const PetscInt* offsets_ = nullptr;
  const PetscInt* columns_ = nullptr;
  const PetscScalar* values_ = nullptr;
};

class Surveyor {
 public:
  Surveyor(const Rows& rows, const ConstantOperator& grid) : rows_(rows), grid_(grid) {
    Index stride = 1;
    for (std::size_t k = grid.axes.size(); k-- > 0;) {
      stride_[k] = stride;
      stride *= grid.axes[k].cells;
    }
  }

  MatrixSurvey operator()() const {
    MatrixSurvey survey;
    survey.diagonal.resize(static_cast<std::size_t>(rows_.count()));
    std::array<Index, 3> position{};
    for (Index i = 0; i < rows_.count(); ++i) {
      if (add_inner(i, position, survey)) {
        ++position[grid_.axes.size() - 1];
        continue;
      }
      const SurveyRow row = read(i, position);
      survey.diagonal[static_cast<std::size_t>(i)] = row.diagonal;
      add_row(row, grid_, survey);
      for (std::size_t k = grid_.axes.size(); k-- > 0 && ++position[k] == grid_.axes[k].cells;) {
        position[k] = 0;
      }
    }
    return survey;
  }

 private:
  /// Distance from a cell to its neighbour in the numbering, 0 if there is none.
  [[nodiscard]] Index step(std::size_t axis, Index position, bool high) const {
    const ConstantAxis& a = grid_.axes[axis];
    const bool at_end = high ? position + 1 == a.cells : position == 0;
    if (!at_end) {
      return high ? stride_[axis] : -stride_[axis];
    }
    const Index wrap = (a.cells - 1) * stride_[axis];
    return !a.periodic ? 0 : high ? -wrap : wrap;
  }

  /// A row whose neighbours are all there, none across a periodic side, and which holds the stencil and nothing else. Such a row never ends
  /// a line of the fastest axis.
  bool add_inner(Index i, const std::array<Index, 3>& position, MatrixSurvey& survey) const {
    const std::size_t dimension = grid_.axes.size();
    const PetscInt* const columns = rows_.columns(i);
    const PetscScalar* const values = rows_.values(i);
    if (rows_.entries(i) != 2 * static_cast<Index>(dimension) + 1 || columns[dimension] != i || !is_coupling(values[dimension])) {
      return false;
    }
    double sum = values[dimension];
    for (std::size_t k = 0; k < dimension; ++k) {
      const std::size_t high = 2 * dimension - k;  // the slowest axis has the farthest neighbours
      const bool inner = position[k] > 0 && position[k] + 1 < grid_.axes[k].cells;
      if (!inner || columns[k] != i - stride_[k] || columns[high] != i + stride_[k] || !is_coupling(-values[high])) {
        return false;
      }
      sum += values[k] + values[high];
    }
    for (std::size_t k = 0; k < dimension; ++k) {
      survey.coupling[k].add(-values[2 * dimension - k]);
    }
    survey.diagonal[static_cast<std::size_t>(i)] = values[dimension];
    survey.interior_sum += sum;
    ++survey.interior_rows;
    return true;
  }

  SurveyRow read(Index i, const std::array<Index, 3>& position) const {
    SurveyRow row;
    row.position = position;
    std::array<std::array<Index, 2>, 3> steps{};
    for (std::size_t k = 0; k < grid_.axes.size(); ++k) {
      steps[k] = {step(k, position[k], false), step(k, position[k], true)};
    }
    rows_.for_each_entry(i, [&](Index column, double value) {
      row.sum += value;
      const Index distance = column - i;
      if (distance == 0) {
        row.diagonal = value;
        return;
      }
      for (std::size_t k = 0; k < grid_.axes.size(); ++k) {
        // On a periodic axis of two cells both neighbours are one.
        const double share = steps[k][0] == steps[k][1] ? 0.5 : 1.0;
        for (const std::size_t end : {std::size_t{0}, std::size_t{1}}) {
          if (distance == steps[k][end]) {
            row.coupling[k][end] = -share * value;
          }
        }
      }
    });
    require_positive(i, row.diagonal);
    return row;
  }

  const Rows& rows_;
  const ConstantOperator& grid_;
  std::array<Index, 3> stride_{1, 1, 1};
};

}  // namespace

MatrixSurvey survey_matrix(Mat matrix, const ConstantOperator& grid) { return Surveyor(Rows(matrix), grid)(); }

}  // namespace kindred
