#include <kindred/apps/verbs/vmf/directions.hpp>

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/directional/unit_rows.hpp>

namespace kindred::app::vmf {
namespace {

constexpr Index block_elements = Index{1} << 20U;  ///< of a block: 8 MiB of doubles

/// Rows of a block: whole chunks, if a chunk's rows are not far more than a block should have.
Index rows_of_block(const data::ArrayReader& matrix) {
  const Index wanted = std::max<Index>(1, block_elements / matrix.shape()[1]);
  const Index chunk = matrix.chunk().empty() ? 1 : matrix.chunk()[0];
  const Index rows = chunk <= 4 * wanted ? (wanted + chunk - 1) / chunk * chunk : wanted;
  return std::min(rows, matrix.shape()[0]);
}

}  // namespace

DirectionFile::DirectionFile(const data::ArrayReader& matrix, int threads, Progress& progress)
    : matrix_(matrix), threads_(threads), progress_(progress) {
  if (matrix.shape().size() != 2 || matrix.shape()[0] < 1 || matrix.shape()[1] < 2) {
    throw InputError(
        fmt::format("dataset \"{}\" has the shape ({}); a matrix is needed, one direction a row, with at least one row and two columns",
                    matrix.name(), fmt::join(matrix.shape(), ", ")));
  }
  block_rows_ = rows_of_block(matrix);
}

void DirectionFile::pass(const Visit& compute, const Visit& store) {
  if (matrix_.precision() == data::Precision::f32) {
    pass_of<float>(compute, store);
  } else {
    pass_of<double>(compute, store);
  }
}

template <class T>
void DirectionFile::pass_of(const Visit& compute, const Visit& store) {
  progress_.set_total(counters_.done + rows());
  const Index p = dimension();
  const auto elements = static_cast<std::size_t>(block_rows_ * p);
  std::array<std::vector<T>, 3> raw;
  raw.fill(std::vector<T>(elements));
  std::vector<double> unit(elements);
  std::vector<unsigned char> valid(static_cast<std::size_t>(block_rows_));
  const auto block_at = [&](Index number) {
    DirectionBlock block;
    block.number = number;
    block.first = number * block_rows_;
    block.rows = std::min(block_rows_, rows() - block.first);
    block.dimension = p;
    return block;
  };
  const auto load = [&](Index number) {
    stop_if_interrupted();
    const DirectionBlock block = block_at(number);
    matrix_.read(data::Box{{block.first, 0}, {block.rows, p}}, std::span<T>(raw[static_cast<std::size_t>(number % 3)]));
  };
  const auto scale_and_compute = [&](Index number) {
    DirectionBlock block = block_at(number);
    const T* rows = raw[static_cast<std::size_t>(number % 3)].data();
    parallel(block.rows, 1 + (Index{1} << 15U) / p, threads_, [&](Index begin, Index end) {
      kernels::unit_rows(rows + begin * p, end - begin, p, unit.data() + begin * p, valid.data() + begin);
    });
    block.unit = std::span<const double>(unit).first(static_cast<std::size_t>(block.rows * p));
    block.valid = std::span<const unsigned char>(valid).first(static_cast<std::size_t>(block.rows));
    compute(block);
  };
  const auto store_and_count = [&](Index number) {
    const DirectionBlock block = block_at(number);
    if (store) {
      store(block);
    }
    counters_.done += block.rows;
    counters_.bytes += block.rows * p * static_cast<Index>(sizeof(T));
    progress_.update(counters_);
  };
  data::pipeline((rows() + block_rows_ - 1) / block_rows_, load, scale_and_compute, store_and_count);
}

void DirectionSample::pass(const Visit& compute, const Visit& store) {
  const Index block_rows = std::max<Index>(1, block_elements / dimension_);
  const std::vector<unsigned char> valid(static_cast<std::size_t>(std::min(block_rows, rows())), 1);
  DirectionBlock block;
  block.dimension = dimension_;
  for (; block.first < rows(); block.first += block.rows, ++block.number) {
    stop_if_interrupted();
    block.rows = std::min(block_rows, rows() - block.first);
    block.unit =
        std::span(unit_).subspan(static_cast<std::size_t>(block.first * dimension_), static_cast<std::size_t>(block.rows * dimension_));
    block.valid = std::span<const unsigned char>(valid).first(static_cast<std::size_t>(block.rows));
    compute(block);
    if (store) {
      store(block);
    }
  }
}

}  // namespace kindred::app::vmf
