// Time per iteration of restarted methods of one basis size. The solves alternate, system after system, so that a disturbance of the
// machine meets every method; the fastest repetition is the one that was disturbed least.

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <kindred/apps/bench/recycling/methods.hpp>
#include <kindred/apps/bench/recycling/tables.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/solvers/recycling/recycle_interface.hpp>
#include <kindred/solvers/recycling/register_types.hpp>

namespace kindred::bench {
namespace {

constexpr PetscInt restart = 40;
constexpr int repetitions = 12;
constexpr PetscInt most_iterations = 400;  // ten cycles, converged or not
constexpr double rtol = 1e-8;
constexpr const char* baseline = "gmres(40)";

struct Timed {
  const char* name;
  const char* ksp_type;
  const char* options;
};

constexpr std::array methods{
    Timed{"gmres(40)", "gmres", "-ksp_gmres_restart 40"},
    Timed{"gmres(40), twice orthogonalised", "gmres", "-ksp_gmres_restart 40 -ksp_gmres_cgs_refinement_type refine_always"},
    Timed{"fgmres(40)", "fgmres", "-ksp_gmres_restart 40"},
    Timed{"gcrodr(40,0)", "gcrodr", "-ksp_gcrodr_restart 40 -ksp_gcrodr_recycle 0"},
    Timed{"gcrodr(40,0), not flexible", "gcrodr", "-ksp_gcrodr_restart 40 -ksp_gcrodr_recycle 0 -ksp_gcrodr_flexible 0"},
    Timed{"gcrodr(40,20)", "gcrodr", "-ksp_gcrodr_restart 40 -ksp_gcrodr_recycle 20"},
    Timed{"gcrodr(40,20), refresh once", "gcrodr", "-ksp_gcrodr_restart 40 -ksp_gcrodr_recycle 20 -ksp_gcrodr_refresh once"},
};

/// One method on PETSc's own interface: only KSPSolve() is timed.
class Runner {
 public:
  Runner(const Timed& method, const char* pc_type, int number)
      : name_(method.name), options_(fmt::format("step_time{}_", number), parse_options(method.options)) {
    KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, ksp_.slot()));
    KINDRED_PETSC(KSPSetOptionsPrefix(ksp_, options_.prefix().c_str()));
    KINDRED_PETSC(KSPSetType(ksp_, method.ksp_type));
    KINDRED_PETSC(KSPSetPCSide(ksp_, PC_RIGHT));
    KINDRED_PETSC(KSPSetTolerances(ksp_, rtol, 0.0, PETSC_DEFAULT, most_iterations));
    PC pc = nullptr;
    KINDRED_PETSC(KSPGetPC(ksp_, &pc));
    KINDRED_PETSC(PCSetType(pc, pc_type));
    KINDRED_PETSC(KSPSetFromOptions(ksp_));
    if (const auto unused = options_.unused(); !unused.empty()) {
      throw InputError(fmt::format("method \"{}\": no PETSc object reads the option {}", name_, unused.front()));
    }
  }

  void solve(Mat matrix, Vec b, Vec x, bool timed) {
    KINDRED_PETSC(KSPSetOperators(ksp_, matrix, matrix));
    KINDRED_PETSC(KSPSetUp(ksp_));
    const double start = processor_seconds();
    KINDRED_PETSC(KSPSolve(ksp_, b, x));
    const double seconds = processor_seconds() - start;
    PetscInt iterations = 0;
    KINDRED_PETSC(KSPGetIterationNumber(ksp_, &iterations));
    if (timed) {
      iterations_ += static_cast<double>(iterations);
      operators_ += static_cast<double>(applications(iterations));
      seconds_ += seconds;
      microseconds_.push_back(1e6 * seconds / static_cast<double>(std::max<PetscInt>(iterations, 1)));
    }
  }

  [[nodiscard]] Row row(const std::string& problem) const {
    Row row;
    row.problem = problem;
    row.method = name_;
    row.tried = static_cast<Index>(microseconds_.size());
    row.iterations = iterations_ / static_cast<double>(microseconds_.size());
    row.operators = operators_ / static_cast<double>(microseconds_.size());
    row.extras.emplace_back("us/A mean", 1e6 * seconds_ / operators_);
    row.extras.emplace_back("us/it fastest", quantile(microseconds_, 0.0));
    row.extras.emplace_back("us/it median", quantile(microseconds_, 0.5));
    return row;
  }

 private:
  /// Of the operator; PETSc's GMRES begins every cycle after the first with one for the residual.
  [[nodiscard]] PetscInt applications(PetscInt iterations) const {
    PetscBool counted = PETSC_FALSE;
    PetscInt operators = iterations + (std::max<PetscInt>(iterations, 1) - 1) / restart;
    KINDRED_PETSC(KSPRecycleIsSupported(ksp_, &counted));
    if (counted) {
      KINDRED_PETSC(KSPRecycleGetApplications(ksp_, &operators, nullptr));
    }
    return operators;
  }

  std::string name_;
  petsc::PrefixedOptions options_;
  petsc::LinearSolver ksp_;
  double iterations_ = 0.0;
  double operators_ = 0.0;
  double seconds_ = 0.0;
  std::vector<double> microseconds_;
};

petsc::Vector vector_of(const std::vector<double>& values) {
  petsc::Vector v;
  KINDRED_PETSC(VecCreateSeq(PETSC_COMM_SELF, static_cast<PetscInt>(values.size()), v.slot()));
  PetscScalar* target = nullptr;
  KINDRED_PETSC(VecGetArrayWrite(v, &target));
  std::ranges::copy(values, target);
  KINDRED_PETSC(VecRestoreArrayWrite(v, &target));
  return v;
}

/// The row's times over those of the baseline.
void add_ratios(std::vector<Row>& rows) {
  const auto base = std::ranges::find(rows, baseline, &Row::method);
  if (base == rows.end()) {
    return;
  }
  const auto reference = base->extras;
  for (Row& row : rows) {
    for (std::size_t k = 0; k < reference.size(); ++k) {
      row.extras.emplace_back(reference[k].first + ", ratio", row.extras[k].second / reference[k].second);
    }
  }
}

std::vector<Row> measure(Index side, const char* pc_type, const std::string& problem, const Options& options) {
  KINDRED_PETSC(register_krylov_methods());
  std::vector<std::unique_ptr<Runner>> runners;
  int number = 0;
  for (const Timed& method : methods) {
    if (fmt::format("{}/{}", problem, method.name).find(options.filter) != std::string::npos) {
      runners.push_back(std::make_unique<Runner>(method, pc_type, number++));
    }
  }
  const Family family = darcy_at_nodes(side);
  petsc::Matrix matrix;
  for (int repetition = 0; repetition <= repetitions && !runners.empty(); ++repetition) {
    const LinearSystem system = family(repetition).system;
    system.matrix->assemble(matrix);
    const petsc::Vector b = vector_of(system.rhs);
    petsc::Vector x;
    KINDRED_PETSC(VecDuplicate(b, x.slot()));
    for (const auto& runner : runners) {
      KINDRED_PETSC(VecSet(x, 0.0));
      runner->solve(matrix, b, x, repetition > 0);
    }
  }
  std::vector<Row> rows;
  std::ranges::transform(runners, std::back_inserter(rows), [&](const auto& runner) { return runner->row(problem); });
  add_ratios(rows);
  return rows;
}

}  // namespace

Table step_time(const Options& options) {
  Table table{
      "step_time",
      fmt::format("processor time of KSPSolve() per iteration on Darcy at nodes, {} solves each, alternating, at most {} iterations",
                  repetitions, most_iterations),
      {},
      {}};
  for (const Index side : {Index{100}, Index{200}}) {
    for (const char* pc_type : {"ilu", "none"}) {
      const std::vector<Row> rows = measure(side, pc_type, fmt::format("n = {}, {}", side * side, pc_type), options);
      table.rows.insert(table.rows.end(), rows.begin(), rows.end());
    }
  }
  table.remarks.emplace_back("An iteration of gcrodr(40,20) is one step of the Krylov method; the 20 applications of its start-up and its");
  table.remarks.emplace_back("refreshes are in the time. Solves of this table that stop at the most iterations are no failures.");
  return table;
}

}  // namespace kindred::bench
