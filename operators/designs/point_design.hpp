#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <kindred/operators/designs/assignment.hpp>
#include <kindred/operators/designs/point_record.hpp>
#include <kindred/operators/designs/sweep_design.hpp>

namespace kindred {

/// Parameters that `sobol`, `lattice` and `halton` share.
struct PointDesignParameters {
  std::string scramble;
  std::int64_t replicate = 0;
  std::int64_t first = 0;
  std::int64_t field_dimensions = 64;
  bool split_replicates = false;
  bool store_points = false;

  void check(const Value& table, Diagnostics& diagnostics) const;
};

/// Their part of the schema of P, which derives from PointDesignParameters.
template <class P>
Schema<P> point_design_schema(std::vector<std::string> scrambles) {
  return {
      parameter<P, std::string>("scramble", &P::scramble)
          .choices(std::move(scrambles))
          .doc("How the points are made random, every single one uniform; see docs/qmc.md. \"none\" is for tests of the points."),
      parameter<P, std::int64_t>("replicate", &P::replicate)
          .range(0, 1 << 30U)
          .doc("Number of the random scramble: designs of different replicates are independent, at the same seed."),
      parameter<P, std::int64_t>("first", &P::first)
          .at_least(0)
          .doc("Number of the first point. A block of 2^m points that begins at a multiple of 2^m is as even as the first one."),
      parameter<P, std::int64_t>("field_dimensions", &P::field_dimensions)
          .at_least(0)
          .doc("Most coordinates for each random field: its first so many variables, in the order of their importance, come from the "
               "points, the others from pseudo-random numbers. 0: the fields are drawn independently of the design."),
      parameter<P, bool>("split_replicates", &P::split_replicates)
          .doc(
              "Samples of the splits train, valid and test are points of replicate, replicate + 1 and replicate + 2, each from `first` on: "
              "every split is balanced, and independent of the others."),
      parameter<P, bool>("store_points", &P::store_points)
          .doc("Also stores the coordinates themselves, as 64-bit words, in `/design/words`."),
  };
}

/// A randomised low-discrepancy set as a design: coordinates of point `first` + i are the quantiles at which the axes are taken and the
/// leading variables of the random fields. A sample that failed is drawn anew as an independent random point: its row leaves the set, as
/// its `attempt` tells.
class PointDesign final : public SweepDesign {
 public:
  /// @param record  what is particular to the sequence; the rest is filled in
  /// @throws InputError if the table has too few dimensions or points, or the scramble does not apply
  PointDesign(const DesignContext& context, const PointDesignParameters& parameters, PointRecord record);

  [[nodiscard]] std::vector<Sample::Leading> leading(Index index, std::uint32_t attempt) const override;
  [[nodiscard]] bool extensible() const override { return true; }
  [[nodiscard]] bool splits_are_replicates() const override { return record_.split_replicates; }
  void arrange(const std::vector<SampleRange>& ranges) override;
  [[nodiscard]] std::vector<std::string> warnings() const override;

  [[nodiscard]] const PointRecord& record() const { return record_; }
  [[nodiscard]] bool store_points() const { return store_points_; }
  /// Where a sample is among the points.
  struct Place {
    int replicate = 0;  ///< counted from the record's
    std::uint64_t point = 0;
  };
  [[nodiscard]] Place place(Index index) const;
  /// Points of the splits' replicates; all of them in the first if the splits are not replicates.
  [[nodiscard]] std::array<std::uint64_t, 3> points() const;
  [[nodiscard]] std::uint64_t word(Index index, int coordinate) const;

 private:
  [[nodiscard]] Value value(std::size_t axis, Index index, std::uint32_t attempt) const override;
  [[nodiscard]] double coordinate(Index index, std::uint32_t attempt, int j) const;
  void require_points(std::uint64_t last) const;

  struct Range {
    SampleRange samples;
    std::uint64_t first_point;
  };
  CoordinateAssignment assignment_;
  PointRecord record_;
  bool store_points_;
  std::unique_ptr<const qmc::Sampler> sampler_;
  std::vector<Range> ranges_;
};

}  // namespace kindred
