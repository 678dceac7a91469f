#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include <kindred/operators/csr_operator.hpp>
#include <kindred/operators/matrix_files/matrix_file.hpp>
#include <kindred/operators/problems/problem.hpp>

namespace kindred {
namespace {

struct SequenceParameters {
  std::vector<std::string> matrices;
  std::vector<std::string> rhs;
  bool symmetric = false;
  bool positive_definite = false;

  static Schema<SequenceParameters> schema() {
    using P = SequenceParameters;
    return {
        parameter("matrices", &P::matrices)
            .required()
            .length(1, std::size_t{1} << 20U)
            .doc("Matrix files, or patterns such as \"a_*.mtx\", whose files are taken in the order of their numbers; sample i is file i. "
                 "Relative paths start at the current directory."),
        parameter("rhs", &P::rhs)
            .doc(
                "Files of right-hand sides, as many as matrices, or one for all. Empty: the vector behind the matrix in a PETSc file, else "
                "ones."),
        parameter("symmetric", &P::symmetric).doc("Says that every matrix is symmetric; checked entry by entry."),
        parameter("positive_definite", &P::positive_definite)
            .doc("Says that every matrix is symmetric positive definite; of this, the symmetry and the sign of the diagonal are checked."),
    };
  }

  void check(const Value& table, Diagnostics& diagnostics) const {
    if (positive_definite && !symmetric) {
      const Value* place = table.find("positive_definite");
      diagnostics.error(place != nullptr ? place->location : table.location, "positive_definite = true needs symmetric = true",
                        "set symmetric = true too");
    }
  }
};

/// a(row, column) of a matrix with ascending columns.
double entry(const CsrArrays& a, std::size_t row, PetscInt column) {
  const auto begin = a.columns.begin() + a.offsets[row];
  const auto end = a.columns.begin() + a.offsets[row + 1];
  const auto found = std::lower_bound(begin, end, column);
  return found != end && *found == column ? a.values[static_cast<std::size_t>(found - a.columns.begin())] : 0.0;
}

/// @throws InputError if the matrix of this file is not what the deck says
void require_facts(const CsrArrays& a, const SequenceParameters& p, const std::string& file) {
  constexpr double rounding = 1e-12;
  for (std::size_t row = 0; p.symmetric && row + 1 < a.offsets.size(); ++row) {
    for (auto k = static_cast<std::size_t>(a.offsets[row]); k < static_cast<std::size_t>(a.offsets[row + 1]); ++k) {
      const double mirror = entry(a, static_cast<std::size_t>(a.columns[k]), static_cast<PetscInt>(row));
      if (std::abs(a.values[k] - mirror) > rounding * std::max(std::abs(a.values[k]), std::abs(mirror))) {
        throw InputError(fmt::format("{}: is not symmetric: row {}, column {} (from 1) is {}, its mirror image {}: set symmetric = false",
                                     file, row + 1, a.columns[k] + 1, a.values[k], mirror));
      }
    }
    if (const double diagonal = entry(a, row, static_cast<PetscInt>(row)); p.positive_definite && !(diagonal > 0.0)) {
      throw InputError(fmt::format("{}: is not positive definite: its diagonal has {} in row {} (from 1): set positive_definite = false",
                                   file, diagonal, row + 1));
    }
  }
}

/// A x = b with matrices from files. Input fields: `matrix_number`, which file; `rhs`. assemble() reads the matrix.
class MatrixSequence final : public Problem {
 public:
  MatrixSequence(const Domain& domain, SequenceParameters p)
      : parameters_(std::move(p)),
        grid_(domain.grid),
        matrices_(matching_files(parameters_.matrices)),
        rhs_(matching_files(parameters_.rhs)) {
    if (rhs_.size() > 1 && rhs_.size() != matrices_.size()) {
      throw InputError(
          fmt::format("matrix_sequence has {} matrices and {} right-hand sides: give one for each matrix, one for all, or none",
                      matrices_.size(), rhs_.size()));
    }
    if (const Index rows = rows_of_matrix_file(matrices_.front()); grid_.dimension() != 1 || grid_.size() != rows) {
      throw InputError(fmt::format("{}: the matrix has {} rows: set [grid] n = [{}]", matrices_.front().string(), rows, rows));
    }
  }

  [[nodiscard]] std::vector<FieldInfo> fields() const override {
    std::vector<FieldInfo> infos(3);
    infos[0].name = "matrix_number";
    infos[0].long_name = "position of the matrix's file in the list, from 0";
    infos[1].name = "rhs";
    infos[1].long_name = "right-hand side b";
    infos[1].grid = grid_;
    infos[1].constant = rhs_.size() == 1;
    infos[2].name = "u";
    infos[2].long_name = "solution of A u = b";
    infos[2].output = true;
    infos[2].grid = grid_;
    return infos;
  }

  /// Reads the headers of the files that are used.
  [[nodiscard]] std::vector<Complaint> complaints(Index count) const override {
    std::vector<Complaint> found;
    const auto files = static_cast<Index>(matrices_.size());
    if (count > files) {
      found.push_back(
          {"problem.matrices", fmt::format("there are {} files for {} samples: set count = {} in [sweep]", files, count, files)});
    }
    try {
      for (Index k = 0; k < std::min(count, files); ++k) {
        const auto& path = matrices_[static_cast<std::size_t>(k)];
        require_size(path, rows_of_matrix_file(path), "matrix");
      }
    } catch (const Error& problem) {
      found.push_back({"problem.matrices", problem.what()});
    }
    return found;
  }

  [[nodiscard]] std::vector<Field> draw(const Sample& sample) const override {
    if (sample.index >= static_cast<Index>(matrices_.size())) {
      throw InputError(fmt::format("matrix_sequence has {} files, and none for sample {}", matrices_.size(), sample.index));
    }
    return {Field{Grid{}, {static_cast<double>(sample.index)}}, Field{grid_, right_hand_side(static_cast<std::size_t>(sample.index))}};
  }

  [[nodiscard]] LinearSystem assemble(std::span<const Field> inputs) const override {
    if (inputs.size() != 2 || inputs[0].values.size() != 1 || static_cast<Index>(inputs[1].values.size()) != grid_.size()) {
      throw InputError("assemble needs the two fields that draw() returns: matrix_number and rhs");
    }
    const double number = inputs[0].values[0];
    if (!(number >= 0.0 && number < static_cast<double>(matrices_.size()))) {
      throw InputError(fmt::format("matrix_sequence has {} files, and none of number {}", matrices_.size(), number));
    }
    const auto& path = matrices_[static_cast<std::size_t>(number)];
    CsrArrays matrix = read_matrix_file(path);
    require_size(path, matrix.rows(), "matrix");
    require_facts(matrix, parameters_, path.string());
    LinearSystem system;
    system.matrix = std::make_shared<CsrOperator>(std::move(matrix));
    system.rhs = inputs[1].values;
    system.symmetric = parameters_.symmetric;
    system.positive_definite = parameters_.positive_definite;
    return system;
  }

  [[nodiscard]] std::vector<Field> outputs(std::span<const Field> /*inputs*/, std::span<const double> solution) const override {
    return {Field{grid_, {solution.begin(), solution.end()}}};
  }

 private:
  void require_size(const std::filesystem::path& path, Index size, const char* what) const {
    if (size != grid_.size()) {
      throw InputError(fmt::format("{}: the {} has {} rows, but the sequence has {} ([grid] n): all of one size, please", path.string(),
                                   what, size, grid_.size()));
    }
  }

  [[nodiscard]] std::vector<double> right_hand_side(std::size_t number) const {
    if (!rhs_.empty()) {
      const auto& path = rhs_[rhs_.size() == 1 ? 0 : number];
      auto values = read_vector_file(path);
      require_size(path, static_cast<Index>(values.size()), "right-hand side");
      return values;
    }
    const auto& path = matrices_[number];
    if (auto behind = read_vector_behind_matrix(path)) {
      require_size(path, static_cast<Index>(behind->size()), "right-hand side behind the matrix");
      return std::move(*behind);
    }
    return std::vector<double>(static_cast<std::size_t>(grid_.size()), 1.0);
  }

  SequenceParameters parameters_;
  Grid grid_;
  std::vector<std::filesystem::path> matrices_;
  std::vector<std::filesystem::path> rhs_;
};

const Registration matrix_sequence =
    plugin<Problem, SequenceParameters>("matrix_sequence")
        .summary("A sequence of linear systems from files, Matrix Market or PETSc binary: A_i u_i = b_i")
        .doc(R"($$A_i\,u_i = b_i$$

Systems that another program made. Sample $i$ is file $i$ of the list; all matrices are real, square and of one size $n$, which
`[grid] n = [n]` repeats: the data set stores `rhs` and `u` as functions on a one-dimensional grid. Right-hand sides come from files of
their own, or from behind the matrix in a PETSc file (MatView, then VecView with one viewer), or are ones.

Matrix Market: coordinate or array; real, integer or pattern; general, symmetric or skew-symmetric. PETSc: what MatView and VecView write
with a binary viewer and 32-bit integers. Mistakes in a file are reported with file and line. Without `symmetric`, solvers take the
matrices for nonsymmetric ones, whatever the file's header says.

Fields: `matrix_number`, `rhs`; output `u`.)")
        .source("R. Boisvert, R. Pozo, K. Remington, The Matrix Market exchange formats, NISTIR 5935 (1996); PETSc manual, MatLoad")
        .example(R"([problem]
type = "matrix_sequence"
matrices = ["step_*.mtx"]
rhs = ["b_*.mtx"]
symmetric = true
positive_definite = true

[grid]
n = [1000]
)")
        .capabilities({"1d", "nonsymmetric", "files"})
        .factory([](const SequenceParameters& p, const Domain& domain) { return std::make_unique<MatrixSequence>(domain, p); });

}  // namespace
}  // namespace kindred
