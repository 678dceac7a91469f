#pragma once

#include <string>
#include <vector>

#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/registry/registry.hpp>

namespace kindred::app {

/// Name and summary of each entry, a line each, under a heading for each kind.
void print_names(const std::vector<const Entry*>& entries, const Context& context);

/// Which plugin of this kind to take, in a sentence or two and with the page that says more; empty for kinds that need no advice.
std::string advice(const std::string& kind);

}  // namespace kindred::app
