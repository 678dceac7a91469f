// A shared object without KINDRED_PLUGIN(): it is no plugin, whatever it registers.
#include "../toy_registry_kinds.hpp"

namespace {
struct Nothing {
  static kindred::Schema<Nothing> schema() { return {}; }
};
const kindred::Registration registration = kindred::plugin<toy::Field, Nothing>("untagged").summary("Must be refused");
}  // namespace
