#pragma once

// The plugin kinds that the tests' small registry and the tests' plugins share.

#include <memory>

#include <kindred/core/registry/registry.hpp>

namespace toy {

/// A plugin of any kind, which knows the value that it was made with.
template <int Kind>
struct Plugin {
  double number = 0.0;
};
using Problem = Plugin<0>;
using Field = Plugin<1>;
using Solver = Plugin<2>;
using Design = Plugin<3>;
using Condition = Plugin<4>;

}  // namespace toy

namespace kindred {
template <int Kind>
struct PluginTraits<toy::Plugin<Kind>> {
  static constexpr const char* kinds[] = {"problem", "field", "solver", "design", "condition"};
  static constexpr const char* kind = kinds[Kind];
  using Arguments = void(double);
};
}  // namespace kindred
