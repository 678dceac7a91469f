// Registers one new name and one that the program has already: all of it must be refused.
#include <kindred/core/registry/plugins.hpp>

#include "../toy_registry_kinds.hpp"

KINDRED_PLUGIN()

namespace {
struct Nothing {
  static kindred::Schema<Nothing> schema() { return {}; }
};
const kindred::Registration fresh = kindred::plugin<toy::Field, Nothing>("clashing").summary("New, but in bad company");
const kindred::Registration taken = kindred::plugin<toy::Field, Nothing>("constant").summary("Taken");
}  // namespace
