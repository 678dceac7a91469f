#include <kindred/operators/problems/published_matrices.hpp>

#include <fmt/format.h>

#include <kindred/core/base/error.hpp>

namespace kindred {

CsrArrays published_matrix(Index s, std::span<const double> coefficient, std::span<const double> above, double shift) {
  if (s < 2 || static_cast<Index>(coefficient.size()) != s * s || static_cast<Index>(above.size()) != s) {
    throw InputError(fmt::format("a published matrix on {} × {} nodes needs {} coefficients and {} above them; here are {} and {}", s, s,
                                 s * s, s, coefficient.size(), above.size()));
  }
  const auto k_of = [&](Index r) { return coefficient[static_cast<std::size_t>(r)]; };
  const auto upper_neighbour = [&](Index q) { return q < s ? above[static_cast<std::size_t>(q)] : k_of(q - s); };
  CsrArrays a;
  const auto add = [&](Index column, double value) {
    a.columns.push_back(static_cast<PetscInt>(column));
    a.values.push_back(value);
  };
  for (Index r = 0; r < s * s; ++r) {
    if (r >= s) {
      add(r - s, -upper_neighbour(r - 2));
    }
    if (r % s > 0) {
      add(r - 1, -k_of(r - 1));
    }
    add(r, 4.0 * k_of(r) - shift);
    if (r % s + 1 < s) {
      add(r + 1, -k_of(r + 1));
    }
    if (r + s < s * s) {
      add(r + s, -k_of(r + s));
    }
    a.offsets.push_back(static_cast<PetscInt>(a.columns.size()));
  }
  return a;
}

}  // namespace kindred
