#pragma once

#include <cmath>
#include <span>
#include <vector>

#include <eigen3/Eigen/Core>

#include <kindred/solvers/sequence/state.hpp>

// Arrays of a SequenceState, and spans, as Eigen's matrices and vectors.

namespace kindred {

using ConstVectorMap = Eigen::Map<const Eigen::VectorXd>;
using VectorMap = Eigen::Map<Eigen::VectorXd>;
using ConstMatrixMap = Eigen::Map<const Eigen::MatrixXd>;

inline ConstVectorMap as_vector(std::span<const double> x) { return {x.data(), static_cast<Eigen::Index>(x.size())}; }
inline VectorMap as_vector(std::span<double> x) { return {x.data(), static_cast<Eigen::Index>(x.size())}; }

/// An array of shape {columns, rows}: each column of the matrix is contiguous.
inline ConstMatrixMap as_columns(const hdf5::RealArray& array) { return {array.values.data(), array.shape[1], array.shape[0]}; }

inline hdf5::RealArray to_array(const Eigen::MatrixXd& columns) {
  return {{columns.cols(), columns.rows()}, std::vector<double>(columns.data(), columns.data() + columns.size())};
}

/// Whether an array has the shape {columns, rows} with at least one column and as many values.
inline bool has_columns(const hdf5::RealArray& array, Index rows) {
  const auto& shape = array.shape;
  return shape.size() == 2 && shape[0] > 0 && shape[1] == rows && static_cast<Index>(array.values.size()) == shape[0] * shape[1];
}

/// A named array with columns of the given length; null if there is none.
inline const hdf5::RealArray* find_columns(const SequenceState& state, const char* name, Index rows) {
  const auto found = state.arrays.find(name);
  return found != state.arrays.end() && has_columns(found->second, rows) ? &found->second : nullptr;
}

}  // namespace kindred
