// A program of somebody else's: draws three Darcy problems and solves them as a sequence, without a deck file.
#include <cstdio>

#include <kindred/core/deck/deck.hpp>
#include <kindred/core/petsc/petsc.hpp>
#include <kindred/data/layout.hpp>
#include <kindred/operators/problems/problem.hpp>
#include <kindred/solvers/sequence/sequence.hpp>

int main() {
  const kindred::petsc::Session session;
  const kindred::Value grid(kindred::Table{{"n", kindred::Value(kindred::Array{16, 16}), {}}});
  const kindred::Domain domain = kindred::make_domain(grid, kindred::Value(kindred::Table{}));
  const auto problem = kindred::create<kindred::Problem>(kindred::Value("darcy"), domain);
  kindred::Sequence sequence(kindred::create<kindred::Solver>(kindred::Value("direct")),
                             kindred::create<kindred::Guess>(kindred::Value("zero")));
  for (kindred::Index index = 0; index < 3; ++index) {
    kindred::Sample sample;
    sample.index = index;
    sample.seed = 1;
    const auto inputs = problem->draw(sample);
    const auto system = problem->assemble(inputs);
    std::vector<double> solution(static_cast<std::size_t>(system.matrix->size()));
    const auto report = sequence.solve(system, solution);
    std::printf("sample %d: relative residual %.1e\n", static_cast<int>(index), report.residual_relative);
    if (!report.converged || !(report.residual_relative < 1e-10)) {
      return 1;
    }
  }
  return kindred::data::permuted_row(kindred::data::permuted_index(5, 100, 1), 100, 1) == 5 ? 0 : 1;
}
