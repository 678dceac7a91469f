// A PETSc program that knows nothing of Kindred: the systems -∇·(a ∇u) = 1 on the unit square, one after another, with log-normal
// coefficients a, solved with whatever the options say.
//   darcy_sequence -cells 50 -systems 20 -dll_append libkindred_petsc.so -ksp_type gcrodr -ksp_rtol 1e-8
// Options: -cells interior nodes a side; -systems; -first number of the first coefficient; -same one coefficient, right-hand sides that
// differ. Prints a line per system: number, reason, iterations, true relative residual, 1-norm of the solution; at the end the means and
// the processor time of KSPSolve().

#include <algorithm>
#include <cmath>
#include <complex>
#include <ctime>
#include <numbers>
#include <random>
#include <vector>

#include <petscksp.h>

namespace {

/// exp of a periodic Gaussian field with spectrum √2 τ^1.5 (4π²|k|² + τ²)^(-α/2), α = 2.5, τ = 7, at side × side nodes.
std::vector<double> coefficient(PetscInt side, PetscInt sample) {
  std::mt19937_64 generator(static_cast<std::uint64_t>(1000 + sample));
  std::normal_distribution<double> normal(0.0, std::sqrt(0.5));
  const auto n = static_cast<std::size_t>(side);
  std::vector<std::complex<double>> modes(n * n);
  std::vector<std::complex<double>> half(n * n);
  const auto wave = [&](std::size_t k) { return static_cast<double>(k) - std::floor(static_cast<double>(n) / 2.0); };
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const double square = 4.0 * std::numbers::pi * std::numbers::pi * (wave(i) * wave(i) + wave(j) * wave(j));
      const double size = std::numbers::sqrt2 * std::pow(7.0, 1.5) * std::pow(square + 49.0, -1.25);
      const double re = normal(generator);
      const double im = normal(generator);
      modes[i * n + j] = square > 0.0 ? size * std::complex<double>(re, im) : 0.0;
    }
  }
  std::vector<std::complex<double>> factor(n * n);
  for (std::size_t k = 0; k < n; ++k) {
    for (std::size_t x = 0; x < n; ++x) {
      factor[k * n + x] = std::polar(1.0, 2.0 * std::numbers::pi * wave(k) * static_cast<double>(x) / static_cast<double>(n));
    }
  }
  std::vector<double> field(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < n; ++k) {
      for (std::size_t y = 0; y < n; ++y) {
        half[i * n + y] += modes[i * n + k] * factor[k * n + y];
      }
    }
  }
  for (std::size_t x = 0; x < n; ++x) {
    for (std::size_t y = 0; y < n; ++y) {
      std::complex<double> sum = 0.0;
      for (std::size_t i = 0; i < n; ++i) {
        sum += half[i * n + y] * factor[i * n + x];
      }
      field[x * n + y] = std::exp(sum.real());
    }
  }
  return field;
}

/// Coefficient at a face: the mean of its two nodes.
PetscErrorCode assemble(Mat matrix, PetscInt cells, const std::vector<double>& a) {
  const PetscInt side = cells + 2;
  PetscInt first = 0;
  PetscInt last = 0;
  PetscFunctionBeginUser;
  PetscCall(MatGetOwnershipRange(matrix, &first, &last));
  for (PetscInt row = first; row < last; ++row) {
    const PetscInt i = row / cells;
    const PetscInt j = row % cells;
    const auto at = [&](PetscInt x, PetscInt y) { return a[static_cast<std::size_t>((x + 1) * side + y + 1)]; };
    double diagonal = 0.0;
    const PetscInt steps[4][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}};
    for (const auto& step : steps) {
      const PetscInt x = i + step[0];
      const PetscInt y = j + step[1];
      const double face = 0.5 * (at(i, j) + at(x, y));
      diagonal += face;
      if (x >= 0 && x < cells && y >= 0 && y < cells) {
        PetscCall(MatSetValue(matrix, row, x * cells + y, -face, INSERT_VALUES));
      }
    }
    PetscCall(MatSetValue(matrix, row, row, diagonal, INSERT_VALUES));
  }
  PetscCall(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  PetscCall(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

struct Sequence {
  PetscInt cells = 50;
  PetscInt systems = 3;
  PetscInt first = 0;
  PetscBool same = PETSC_FALSE;
  Mat matrix = nullptr;
  Vec x = nullptr;
  Vec b = nullptr;
  Vec r = nullptr;
  KSP ksp = nullptr;
};

/// Of this process; unlike the clock's, comparable on a machine that does other things too.
double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

PetscErrorCode create(Sequence& s) {
  PetscFunctionBeginUser;
  PetscCall(PetscOptionsGetInt(nullptr, nullptr, "-cells", &s.cells, nullptr));
  PetscCall(PetscOptionsGetInt(nullptr, nullptr, "-systems", &s.systems, nullptr));
  PetscCall(PetscOptionsGetInt(nullptr, nullptr, "-first", &s.first, nullptr));
  PetscCall(PetscOptionsGetBool(nullptr, nullptr, "-same", &s.same, nullptr));
  const PetscInt n = s.cells * s.cells;
  PetscCall(MatCreateAIJ(PETSC_COMM_WORLD, PETSC_DECIDE, PETSC_DECIDE, n, n, 5, nullptr, 5, nullptr, &s.matrix));
  PetscCall(MatSetFromOptions(s.matrix));
  PetscCall(MatCreateVecs(s.matrix, &s.x, &s.b));
  PetscCall(VecDuplicate(s.b, &s.r));
  PetscCall(KSPCreate(PETSC_COMM_WORLD, &s.ksp));
  PetscCall(KSPSetFromOptions(s.ksp));
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode solve(Sequence& s, PetscInt number, double& seconds, PetscInt& iterations) {
  PetscReal residual = 0.0;
  PetscReal scale = 0.0;
  PetscReal sum = 0.0;
  KSPConvergedReason reason = KSP_CONVERGED_ITERATING;
  PetscFunctionBeginUser;
  if (!s.same || number == s.first) {
    PetscCall(assemble(s.matrix, s.cells, coefficient(s.cells + 2, number)));
  }
  const double h = 1.0 / static_cast<double>(s.cells + 1);
  PetscCall(VecSet(s.b, h * h));
  PetscMPIInt rank = 0;
  PetscCallMPI(MPI_Comm_rank(PETSC_COMM_WORLD, &rank));
  if (s.same && rank == 0) {  // added by every process, the value would be multiplied by their number
    PetscCall(VecSetValue(s.b, number % (s.cells * s.cells), 1.0, ADD_VALUES));
  }
  PetscCall(VecAssemblyBegin(s.b));
  PetscCall(VecAssemblyEnd(s.b));
  PetscCall(KSPSetOperators(s.ksp, s.matrix, s.matrix));
  PetscCall(KSPSetUp(s.ksp));
  const double start = processor_seconds();
  PetscCall(KSPSolve(s.ksp, s.b, s.x));
  seconds = processor_seconds() - start;
  PetscCall(KSPGetConvergedReason(s.ksp, &reason));
  PetscCall(KSPGetIterationNumber(s.ksp, &iterations));
  PetscCall(MatMult(s.matrix, s.x, s.r));
  PetscCall(VecAYPX(s.r, -1.0, s.b));
  PetscCall(VecNorm(s.r, NORM_2, &residual));
  PetscCall(VecNorm(s.b, NORM_2, &scale));
  PetscCall(VecNorm(s.x, NORM_1, &sum));
  PetscCall(PetscPrintf(PETSC_COMM_WORLD, "%" PetscInt_FMT " %s %" PetscInt_FMT " %.3e %.14e\n", number, KSPConvergedReasons[reason],
                        iterations, residual / scale, sum));
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

PetscErrorCode run() {
  Sequence s;
  double all_seconds = 0.0;
  double fastest = 1e300;
  PetscInt all_iterations = 0;
  PetscFunctionBeginUser;
  PetscCall(create(s));
  for (PetscInt number = s.first; number < s.first + s.systems; ++number) {
    double seconds = 0.0;
    PetscInt iterations = 0;
    PetscCall(solve(s, number, seconds, iterations));
    if (number > s.first) {  // the first one has nothing to build upon
      all_seconds += seconds;
      fastest = std::min(fastest, seconds / static_cast<double>(std::max<PetscInt>(iterations, 1)));
      all_iterations += iterations;
    }
  }
  if (s.systems > 1) {
    PetscCall(PetscPrintf(PETSC_COMM_WORLD,
                          "mean of the systems after the first: %.1f iterations, %.3f ms; the fastest: %.3f us per iteration\n",
                          static_cast<double>(all_iterations) / static_cast<double>(s.systems - 1),
                          1e3 * all_seconds / static_cast<double>(s.systems - 1), 1e6 * fastest));
  }
  PetscCall(KSPDestroy(&s.ksp));
  PetscCall(MatDestroy(&s.matrix));
  PetscCall(VecDestroy(&s.x));
  PetscCall(VecDestroy(&s.b));
  PetscCall(VecDestroy(&s.r));
  PetscFunctionReturn(static_cast<PetscErrorCode>(0));
}

}  // namespace

int main(int argc, char** argv) {
  PetscFunctionBeginUser;
  PetscCall(PetscInitialize(&argc, &argv, nullptr, nullptr));
  PetscCall(run());
  PetscCall(PetscFinalize());
  return 0;
}
