// Solves systems written by export_sequence.py, one after another, with GCRODRSolMgr of Trilinos' Belos, which keeps its recycle space
// from one to the next. Knows nothing of PETSc and Kindred.
//   belos_gcrodr RTOL NEW RECYCLED none|jacobi FILE...
// NEW ("Num Blocks") directions are added in every cycle, the first one included, to RECYCLED ("Num Recycled Blocks") that are kept: what
// gcrodr calls restart is NEW + RECYCLED. Belos demands RECYCLED < NEW, and keeps one vector more rather than split a complex pair.
// Right preconditioning. Prints a line per system: number, iterations, true relative residual. Exit status 1 if one did not converge.

#include <array>
#include <bit>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <Epetra_CrsMatrix.h>
#include <Epetra_Map.h>
#include <Epetra_SerialComm.h>
#include <Epetra_Vector.h>
#include <BelosEpetraAdapter.hpp>
#include <BelosGCRODRSolMgr.hpp>
#include <BelosLinearProblem.hpp>

namespace {

using Teuchos::RCP;
using Teuchos::rcp;
using Problem = Belos::LinearProblem<double, Epetra_MultiVector, Epetra_Operator>;
using Solver = Belos::GCRODRSolMgr<double, Epetra_MultiVector, Epetra_Operator>;

struct Arguments {
  double tolerance = 0.0;
  int added = 0;
  int recycled = 0;
  bool jacobi = false;
  std::vector<std::string> files;
};

/// The big-endian numbers of PETSc's binary format.
template <class Number, class Bits>
std::vector<Number> read(std::ifstream& file, int count) {
  std::vector<Number> numbers;
  for (int i = 0; i < count && file; ++i) {
    std::array<unsigned char, sizeof(Bits)> bytes{};
    file.read(reinterpret_cast<char*>(bytes.data()), bytes.size());
    Bits bits = 0;
    for (const unsigned char byte : bytes) {
      bits = (bits << 8) | byte;
    }
    numbers.push_back(std::bit_cast<Number>(bits));
  }
  return numbers;
}

struct System {
  RCP<Epetra_CrsMatrix> matrix;
  RCP<Epetra_Vector> rhs;
};

System read_system(const std::string& path, const Epetra_Comm& communicator) {
  constexpr std::int32_t matrix_class = 1211216;
  std::ifstream file(path, std::ios::binary);
  const auto header = read<std::int32_t, std::uint32_t>(file, 4);
  if (!file || header[0] != matrix_class || header[1] != header[2]) {
    throw std::runtime_error(path + ": not a square sparse matrix in PETSc's binary format");
  }
  const int rows = header[1];
  const auto lengths = read<std::int32_t, std::uint32_t>(file, rows);
  auto columns = read<std::int32_t, std::uint32_t>(file, header[3]);
  auto values = read<double, std::uint64_t>(file, header[3]);
  const auto vector_header = read<std::int32_t, std::uint32_t>(file, 2);
  const auto rhs = read<double, std::uint64_t>(file, rows);
  if (!file || vector_header[1] != rows) {
    throw std::runtime_error(path + ": ends before a right-hand side of " + std::to_string(rows) + " entries");
  }
  const Epetra_Map map(rows, 0, communicator);
  System system{rcp(new Epetra_CrsMatrix(Copy, map, lengths.data(), true)), rcp(new Epetra_Vector(map))};
  std::size_t start = 0;
  for (int row = 0; row < rows; ++row) {
    const auto length = static_cast<std::size_t>(lengths[static_cast<std::size_t>(row)]);
    system.matrix->InsertGlobalValues(row, static_cast<int>(length), values.data() + start, columns.data() + start);
    start += length;
    (*system.rhs)[row] = rhs[static_cast<std::size_t>(row)];
  }
  system.matrix->FillComplete();
  return system;
}

/// diag(A)⁻¹ as a matrix.
RCP<Epetra_CrsMatrix> inverse_diagonal(const Epetra_CrsMatrix& matrix) {
  Epetra_Vector diagonal(matrix.RowMap());
  matrix.ExtractDiagonalCopy(diagonal);
  const auto inverse = rcp(new Epetra_CrsMatrix(Copy, matrix.RowMap(), 1, true));
  for (int row = 0; row < diagonal.MyLength(); ++row) {
    const double value = 1.0 / diagonal[row];
    inverse->InsertGlobalValues(row, 1, &value, &row);
  }
  inverse->FillComplete();
  return inverse;
}

double relative_residual(const System& system, const Epetra_Vector& x) {
  Epetra_Vector residual(*system.rhs);
  double norm = 0.0;
  double scale = 0.0;
  system.matrix->Multiply(false, x, residual);
  residual.Update(1.0, *system.rhs, -1.0);
  residual.Norm2(&norm);
  system.rhs->Norm2(&scale);
  return norm / scale;
}

RCP<Teuchos::ParameterList> parameters(const Arguments& arguments) {
  auto list = Teuchos::parameterList();
  list->set("Convergence Tolerance", arguments.tolerance);
  list->set("Num Blocks", arguments.added);
  list->set("Num Recycled Blocks", arguments.recycled);
  list->set("Maximum Iterations", 10000);
  list->set("Maximum Restarts", 10000);
  list->set("Implicit Residual Scaling", "Norm of RHS");
  list->set("Explicit Residual Scaling", "Norm of RHS");
  return list;
}

bool solve_all(const Arguments& arguments) {
  const Epetra_SerialComm communicator;
  Solver solver;
  solver.setParameters(parameters(arguments));
  bool all_converged = true;
  for (std::size_t number = 0; number < arguments.files.size(); ++number) {
    const System system = read_system(arguments.files[number], communicator);
    const auto x = rcp(new Epetra_Vector(system.rhs->Map()));
    const auto problem = rcp(new Problem(system.matrix, x, system.rhs));
    if (arguments.jacobi) {
      problem->setRightPrec(inverse_diagonal(*system.matrix));
    }
    problem->setProblem();
    solver.setProblem(problem);
    all_converged &= solver.solve() == Belos::Converged;
    std::printf("%zu %d %.3e\n", number, solver.getNumIters(), relative_residual(system, *x));
  }
  return all_converged;
}

Arguments parse(int count, char** words) {
  if (count < 6) {
    throw std::invalid_argument("usage: belos_gcrodr RTOL NEW RECYCLED none|jacobi FILE...");
  }
  const std::string preconditioner = words[4];
  if (preconditioner != "none" && preconditioner != "jacobi") {
    throw std::invalid_argument("unknown preconditioner '" + preconditioner + "'; there are none and jacobi");
  }
  return {std::stod(words[1]), std::stoi(words[2]), std::stoi(words[3]), preconditioner == "jacobi", {words + 5, words + count}};
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return solve_all(parse(argc, argv)) ? 0 : 1;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "belos_gcrodr: %s\n", error.what());
    return 2;
  }
}
