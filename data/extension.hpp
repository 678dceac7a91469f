#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kindred/data/layout.hpp>

namespace kindred::data {

/// The data set of the first parts of this layout, which hold `count` samples; std::nullopt if no number of parts holds so many.
std::optional<DatasetLayout> first_parts(const DatasetLayout& layout, Index count);

/// What keeps `stored` from being the first parts of `layout`, as `key: old -> new`; empty: it is. Apart from the number of samples, and
/// the splits' if they are numbers, both must be the same data set.
std::vector<std::string> not_first_parts_because(const DatasetLayout& stored, const DatasetLayout& layout);

/// The layout with the parts that its directory holds already, and one more for the samples that it lacks. Unchanged if the directory holds
/// nothing, or another data set (which DatasetWriter::prepare refuses).
/// @throws InputError if a split of the deck has fewer rows than are there already
DatasetLayout continued(DatasetLayout layout);

}  // namespace kindred::data
