#pragma once

#include <array>
#include <string_view>

#include <kindred/apps/bench/recycling/report.hpp>

namespace kindred::bench {

Table regression(const Options& options);
Table helmholtz(const Options& options);
Table convection(const Options& options);
Table step_time(const Options& options);
Table elliptic(const Options& options);
Table constant(const Options& options);
Table guesses(const Options& options);
Table orderings(const Options& options);
Table published(const Options& options);

struct NamedTable {
  std::string_view name;
  Table (*make)(const Options& options);
};

inline constexpr std::array named_tables{
    NamedTable{"regression", regression}, NamedTable{"helmholtz", helmholtz}, NamedTable{"convection", convection},
    NamedTable{"step_time", step_time},   NamedTable{"elliptic", elliptic},   NamedTable{"constant", constant},
    NamedTable{"guesses", guesses},       NamedTable{"orderings", orderings}, NamedTable{"published", published},
};

}  // namespace kindred::bench
