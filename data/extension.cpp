#include <kindred/data/extension.hpp>

#include <algorithm>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>
#include <kindred/core/deck/deck.hpp>
#include <kindred/data/layout_text.hpp>
#include <kindred/data/shard.hpp>
#include <kindred/data/shard_files.hpp>

namespace kindred::data {
namespace {

/// Adds, or with sign = −1 takes away, the counts of splits of the same names.
void add(std::vector<Split>& total, const std::vector<Split>& more, Index sign = 1) {
  for (const auto& split : more) {
    const auto same = std::find_if(total.begin(), total.end(), [&](const Split& s) { return s.name == split.name; });
    if (same != total.end()) {
      same->count += sign * split.count;
    } else {
      total.push_back({split.name, sign * split.count});
    }
  }
}

/// The part that is missing after the stored ones. @throws InputError
Part next_part(const DatasetLayout& stored, const DatasetLayout& wanted) {
  Part part{wanted.count - stored.count, wanted.splits};
  add(part.splits, stored.splits, -1);
  for (const auto& split : part.splits) {
    if (split.count < 0) {
      throw InputError(
          fmt::format("{} holds {} rows more of the split \"{}\" than the deck asks for: a data set can grow, and no split of it can "
                      "shrink; take other numbers in [output] split, or another directory",
                      wanted.directory.string(), -split.count, split.name));
    }
  }
  return part;
}

/// The stored layout of the most samples; std::nullopt if nothing readable is there.
std::optional<DatasetLayout> stored_layout(const std::filesystem::path& directory) {
  std::error_code error;
  if (!std::filesystem::is_directory(directory / "data", error)) {
    return std::nullopt;
  }
  std::optional<DatasetLayout> largest;
  try {
    for (const auto& path : find_shards(directory)) {
      auto header = read_shard_header(path);
      if (!largest || header.layout.count > largest->count) {
        largest = std::move(header.layout);
      }
    }
  } catch (const IoError&) {
    return std::nullopt;  // prepare() says what is wrong, and with which file
  }
  return largest;
}

}  // namespace

std::optional<DatasetLayout> first_parts(const DatasetLayout& layout, Index count) {
  DatasetLayout first = layout;
  first.parts.clear();
  first.splits.clear();
  first.count = 0;
  for (const auto& part : parts_of(layout)) {
    if (first.count == count) {
      break;
    }
    first.parts.push_back(part);
    first.count += part.count;
    add(first.splits, part.splits);
  }
  if (first.count != count) {
    return std::nullopt;
  }
  std::erase_if(first.splits, [](const Split& split) { return split.count == 0; });
  if (first.parts.size() == 1) {
    first.parts.clear();
  }
  return first;
}

std::vector<std::string> not_first_parts_because(const DatasetLayout& stored, const DatasetLayout& layout) {
  auto lines = identity_differences(stored.identity, layout.identity);
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("sweep.count:") || line.starts_with("output.split."); });
  if (!lines.empty()) {
    return lines;
  }
  const auto first = first_parts(layout, stored.count);
  return layout_differences(stored, first ? *first : layout);
}

DatasetLayout continued(DatasetLayout layout) {
  if (!layout.extensible) {
    return layout;
  }
  const auto stored = stored_layout(layout.directory);
  if (!stored || stored->count > layout.count) {
    return layout;
  }
  DatasetLayout grown = layout;
  grown.parts = parts_of(*stored);
  if (stored->count < layout.count) {
    grown.parts.push_back(next_part(*stored, layout));
  } else if (grown.parts.size() == 1) {
    return layout;
  }
  return not_first_parts_because(*stored, grown).empty() ? grown : layout;
}

}  // namespace kindred::data
