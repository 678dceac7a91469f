#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <eigen3/Eigen/Dense>

#include <kindred/operators/problems/problem.hpp>

#include "../support/text.hpp"
#include "function_field.hpp"

// Decks' tables in short, and reference algebra by Eigen.

namespace kindred::test {

using Entries = std::vector<std::pair<std::string, Value>>;

inline Value table_of(const Entries& entries) {
  Value table{Table{}};
  for (const auto& [name, value] : entries) {
    table.set(name, value);
  }
  return table;
}

inline Value typed(const std::string& type, const Entries& entries = {}) {
  Value table{Table{}};
  table.set("type", type);
  for (const auto& [name, value] : entries) {
    table.set(name, value);
  }
  return table;
}

inline Value constant(double v) {
  return function_field([v](double, double, double) { return v; });
}

inline Value strings(const std::vector<std::string>& texts) {
  Array array;
  for (const auto& text : texts) {
    array.emplace_back(text);
  }
  return Value(std::move(array));
}

inline LinearSystem assemble_sample(const Problem& problem, Index index = 0) {
  Sample sample;
  sample.index = index;
  sample.seed = 11;
  return problem.assemble(problem.draw(sample));
}

/// The matrix column by column: A e_k.
Eigen::MatrixXd dense(const LinearOperator& a);

/// The matrix that PETSc gets.
Eigen::MatrixXd dense_by_petsc(const LinearOperator& a);

Eigen::VectorXd rhs_of(const LinearSystem& system);

/// Solution by sparse LU with partial pivoting (Eigen). With constants in the null space the first unknown is held at zero, and the
/// mean removed.
Eigen::VectorXd solve_by_lu(const LinearSystem& system);

/// Eigenvalues nearest zero, as far as `steps` steps of Arnoldi's method with the inverse find them: those whose residual
/// ‖A⁻¹ x − μ x‖ is below 1e-8 |μ|.
Eigen::VectorXcd eigenvalues_near_zero(const LinearOperator& a, Index steps);

/// Message of the Error that the action throws, or `accepted`.
template <class Action>
std::string refusal(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

/// A directory of the test's own, removed at the end.
class ScratchDirectory {
 public:
  ScratchDirectory() : path_(std::filesystem::temp_directory_path() / ("kindred_test_" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~ScratchDirectory() { std::filesystem::remove_all(path_); }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  [[nodiscard]] std::string file(const std::string& name) const { return (path_ / name).string(); }
  [[nodiscard]] std::string write(const std::string& name, const std::string& contents) const {
    std::ofstream(file(name), std::ios::binary) << contents;
    return file(name);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace kindred::test
