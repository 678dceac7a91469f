#include <kindred/apps/verbs/learn/names.hpp>

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace kindred::app {

void print_names(const std::vector<const Entry*>& entries, const Context& context) {
  std::size_t width = 0;
  for (const Entry* entry : entries) {
    width = std::max(width, entry->name.size());
  }
  std::string kind;
  for (const Entry* entry : entries) {
    if (entry->kind != kind) {
      fmt::print("{}{}\n", kind.empty() ? "" : "\n", styled(context, entry->kind, "1"));
      kind = entry->kind;
    }
    fmt::print("  {}{}  {}{}\n", styled(context, entry->name, "36"), std::string(width - entry->name.size(), ' '), entry->summary,
               entry->origin == "built in" ? "" : fmt::format(" ({})", entry->origin));
  }
}

std::string advice(const std::string& kind) {
  static const std::map<std::string, std::string> advice_of{
      {"solver",
       "Elliptic problems on a grid, or one matrix for all samples: family. Systems that no preconditioner solves in some 30 iterations: "
       "gcrodr (any matrix), rminres (symmetric). Anything else: auto. What each costs and what it was measured to save: "
       "docs/families.md."},
      {"preconditioner",
       "A grid and a smooth coefficient: scaled_dst; one that jumps: dst. Time steps: amg_reuse. Else auto. More: docs/families.md."},
      {"guess",
       "Up to some four parameters: reduced_basis. Independent samples with random fields: zero; no guess helps there. More: "
       "docs/families.md."},
      {"ordering",
       "None, unless a guess or a reused preconditioner profits from neighbours; recycling hardly does. More: docs/families.md."},
  };
  const auto found = advice_of.find(kind);
  return found != advice_of.end() ? found->second : std::string();
}

}  // namespace kindred::app
