// A plugin built for another version: its registration must not survive.
#include "../toy_registry_kinds.hpp"

extern "C" const char* kindred_plugin_abi() { return "kindred 0.0 another compiler"; }

namespace {
struct Nothing {
  static kindred::Schema<Nothing> schema() { return {}; }
};
const kindred::Registration registration = kindred::plugin<toy::Field, Nothing>("foreign").summary("Must be refused");
}  // namespace
