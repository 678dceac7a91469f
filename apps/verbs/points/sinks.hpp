#pragma once

#include <memory>
#include <span>

#include <kindred/apps/verbs/points/plan.hpp>
#include <kindred/apps/verbs/verb.hpp>

namespace kindred::app::points {

/// Where points go: replicate after replicate, each from its first point to its last.
/// T: double, float, std::uint32_t or std::uint64_t.
template <class T>
class Sink {
 public:
  virtual ~Sink() = default;
  /// Points first … first + rows − 1 of a replicate, counted from 0.
  virtual void write(Index replicate, Index first, Index rows, std::span<const T> values) = 0;
  /// All points are written. @throws IoError
  virtual void commit() = 0;
};

/// By the output's name: .h5 or .hdf5, .npy, or `-` for text on stdout.
/// @throws InputError if the name is another, or the file exists and may not be replaced; IoError if it cannot be made or the disk has not
/// the room
template <class T>
std::unique_ptr<Sink<T>> open_sink(const Plan& plan, const Options& options, const Context& context);

}  // namespace kindred::app::points
