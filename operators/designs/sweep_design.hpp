#pragma once

#include <string>
#include <vector>

#include <kindred/operators/designs/design.hpp>

namespace kindred {

/// What the designs share: axes in a fixed order, one value chosen per axis.
class SweepDesign : public Design {
 public:
  [[nodiscard]] Index count() const final { return count_; }
  [[nodiscard]] std::vector<SweepAxis> columns() const override { return context_.axes; }
  [[nodiscard]] std::vector<Sample::Assignment> parameters(Index index, std::uint32_t attempt) const override;

 protected:
  SweepDesign(const DesignContext& context, Index count) : context_(context), count_(count) {}
  /// Value of axis number `axis`.
  [[nodiscard]] virtual Value value(std::size_t axis, Index index, std::uint32_t attempt) const = 0;
  [[nodiscard]] const DesignContext& context() const { return context_; }

 private:
  DesignContext context_;
  Index count_;
};

/// The deck's count, for designs that cannot tell it themselves. @throws InputError if there is none
Index required_count(const DesignContext& context, const char* design);

/// The design's own count. @throws InputError if the deck asks for another one; `reason` says where `count` comes from
Index fixed_count(const DesignContext& context, Index count, const std::string& reason);

/// The random numbers of one axis: adding or removing axes leaves the others' numbers as they are.
Draws axis_draws(const DesignContext& context, const std::string& path, Index index, std::uint32_t attempt);

}  // namespace kindred
