#include <kindred/operators/stencil_operator.hpp>

#include <fmt/format.h>

#include <kindred/core/base/random.hpp>
#include <kindred/kernels/stencil/stencil.hpp>
#include <kindred/operators/matrix_grid.hpp>

namespace kindred {
namespace {

constexpr std::size_t maximum_row = 7;  // entries per row in three dimensions

/// One entry of the stencil: where its column lies from the diagonal, and its coefficient for every cell.
struct Entry {
  Index offset = 0;
  const double* coefficient = nullptr;
};

/// The entries of one cell in ascending order of columns. On a periodic axis of two cells (or one) two entries share a column.
struct Entries {
  std::array<Entry, maximum_row> list;
  std::size_t count = 0;

  void add(Index offset, const std::vector<double>& coefficient) {
    std::size_t place = count++;
    for (; place > 0 && list[place - 1].offset > offset; --place) {
      list[place] = list[place - 1];
    }
    list[place] = {offset, coefficient.data()};
  }
};

/// One matrix row: ascending columns, each with its value.
struct Row {
  std::size_t count = 0;
  std::array<PetscInt, maximum_row> columns;
  std::array<PetscScalar, maximum_row> values;

  Row(const Entries& entries, Index cell) {
    for (std::size_t k = 0; k < entries.count; ++k) {
      const auto column = static_cast<PetscInt>(cell + entries.list[k].offset);
      const double value = entries.list[k].coefficient[cell];
      if (count > 0 && columns[count - 1] == column) {
        values[count - 1] += value;
      } else {
        columns[count] = column;
        values[count++] = value;
      }
    }
  }
};

/// The entries of the cell at `position`.
Entries entries_at(const StencilOperator& a, const std::array<Index, 3>& position) {
  Entries entries;
  entries.add(0, a.center);
  Index stride = 1;
  for (std::size_t axis = a.grid().axes.size(); axis-- > 0;) {
    const Axis& shape = a.grid().axes[axis];
    const Index wrap = (shape.cells - 1) * stride;
    const bool first = position[axis] == 0;
    const bool last = position[axis] == shape.cells - 1;
    if (!first || shape.periodic) {
      entries.add(first ? wrap : -stride, a.lower[axis]);
    }
    if (!last || shape.periodic) {
      entries.add(last ? -wrap : stride, a.upper[axis]);
    }
    stride *= shape.cells;
  }
  return entries;
}

/// Calls visit(Row) for every row of the matrix, in order. Between the two ends of a line of cells along the fastest axis, the
/// entries stay the same.
template <class Visit>
void for_each_row(const StencilOperator& a, Visit visit) {
  const auto& axes = a.grid().axes;
  const std::size_t fast = axes.size() - 1;
  const Index n = axes[fast].cells;
  std::array<Index, 3> position{};
  for (Index start = 0; start < a.size(); start += n) {
    position[fast] = 0;
    visit(Row(entries_at(a, position), start));
    if (n > 2) {
      position[fast] = 1;
      const Entries inner = entries_at(a, position);
      for (Index cell = start + 1; cell < start + n - 1; ++cell) {
        visit(Row(inner, cell));
      }
    }
    if (n > 1) {
      position[fast] = n - 1;
      visit(Row(entries_at(a, position), start + n - 1));
    }
    for (std::size_t axis = fast; axis-- > 0;) {
      if (++position[axis] < axes[axis].cells) {
        break;
      }
      position[axis] = 0;
    }
  }
}

}  // namespace

StencilOperator::StencilOperator(Grid grid) : grid_(std::move(grid)) {
  if (grid_.dimension() < 1 || grid_.dimension() > 3) {
    throw InputError(fmt::format("a stencil needs a grid of 1 to 3 dimensions, not {}", grid_.dimension()));
  }
  const auto size = static_cast<std::size_t>(grid_.size());
  center.assign(size, 0.0);
  for (std::size_t axis = 0; axis < grid_.axes.size(); ++axis) {
    lower[axis].assign(size, 0.0);
    upper[axis].assign(size, 0.0);
  }
}

void StencilOperator::apply(std::span<const double> x, std::span<double> y) const {
  kernels::StencilShape shape;
  kernels::StencilCoefficients coefficients;
  shape.dimension = grid_.dimension();
  coefficients.center = center.data();
  for (std::size_t axis = 0; axis < grid_.axes.size(); ++axis) {
    shape.cells[axis] = grid_.axes[axis].cells;
    shape.periodic[axis] = grid_.axes[axis].periodic;
    coefficients.lower[axis] = lower[axis].data();
    coefficients.upper[axis] = upper[axis].data();
  }
  kernels::stencil_apply(shape, coefficients, x.data(), y.data());
}

void StencilOperator::assemble(petsc::Matrix& matrix) const {
  const std::uint64_t wanted = pattern();
  if (has_pattern(matrix, wanted)) {
    PetscScalar* next = nullptr;
    KINDRED_PETSC(MatSeqAIJGetArrayWrite(matrix, &next));
    PetscScalar* const begin = next;
    for_each_row(*this, [&](const Row& row) {
      for (std::size_t k = 0; k < row.count; ++k) {
        *next++ = row.values[k];
      }
    });
    next = begin;
    KINDRED_PETSC(MatSeqAIJRestoreArrayWrite(matrix, &next));
  } else {
    make_matrix(matrix, rows_of(*this), wanted);
  }
  KINDRED_PETSC(MatAssemblyBegin(matrix, MAT_FINAL_ASSEMBLY));
  KINDRED_PETSC(MatAssemblyEnd(matrix, MAT_FINAL_ASSEMBLY));
  attach_grid(matrix, grid_);
}

CsrArrays rows_of(const StencilOperator& a) {
  const Index entries_bound = a.size() * (2 * a.grid().dimension() + 1);
  require_countable(a.size(), entries_bound);
  CsrArrays arrays;
  arrays.offsets.reserve(a.center.size() + 1);
  arrays.columns.reserve(static_cast<std::size_t>(entries_bound));
  arrays.values.reserve(static_cast<std::size_t>(entries_bound));
  for_each_row(a, [&](const Row& row) {
    const auto count = static_cast<std::ptrdiff_t>(row.count);
    arrays.columns.insert(arrays.columns.end(), row.columns.begin(), row.columns.begin() + count);
    arrays.values.insert(arrays.values.end(), row.values.begin(), row.values.begin() + count);
    arrays.offsets.push_back(static_cast<PetscInt>(arrays.columns.size()));
  });
  return arrays;
}

std::uint64_t StencilOperator::pattern() const {
  std::uint64_t hash = mix_bits(static_cast<std::uint64_t>(grid_.dimension()));
  for (const Axis& axis : grid_.axes) {
    hash = mix_bits(hash ^ (2 * static_cast<std::uint64_t>(axis.cells) + (axis.periodic ? 1U : 0U)));
  }
  return hash;
}

std::uint64_t StencilOperator::fingerprint() const {
  std::uint64_t hash = hash_values(pattern(), center);
  for (std::size_t axis = 0; axis < grid_.axes.size(); ++axis) {
    hash = hash_values(hash, lower[axis]);
    hash = hash_values(hash, upper[axis]);
  }
  return hash;
}

std::size_t StencilOperator::bytes() const {
  std::size_t doubles = center.capacity();
  for (std::size_t axis = 0; axis < 3; ++axis) {
    doubles += lower[axis].capacity() + upper[axis].capacity();
  }
  return doubles * sizeof(double);
}

}  // namespace kindred
