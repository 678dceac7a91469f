#include <kindred/data/record.hpp>

#include <array>
#include <bit>
#include <type_traits>

namespace kindred::data {

// Rows are copied as they are in memory.
static_assert(std::endian::native == std::endian::little, "the file format is little-endian");
static_assert(std::is_standard_layout_v<SampleRecord> && std::is_trivially_copyable_v<SampleRecord>);

namespace {

hid_t u16() { return H5T_STD_U16LE; }
hid_t u32() { return H5T_STD_U32LE; }
hid_t u64() { return H5T_STD_U64LE; }
hid_t i32() { return H5T_STD_I32LE; }
hid_t i64() { return H5T_STD_I64LE; }
hid_t f32() { return H5T_IEEE_F32LE; }
hid_t f64() { return H5T_IEEE_F64LE; }

}  // namespace

#define KINDRED_COLUMN(name, member, type, extent, unit, long_name) \
  RecordColumn { name, unit, long_name, type, extent, sizeof(SampleRecord::member), offsetof(SampleRecord, member) }

std::span<const RecordColumn> record_columns() {
  static const std::array columns = {
      KINDRED_COLUMN("index", index, u64, 1, "1", "number of the sample, before shuffling"),
      KINDRED_COLUMN("seed", seed, u64, 2, "1", "key of the sample's random numbers"),
      KINDRED_COLUMN("attempt", attempt, u16, 1, "1", "draws given up before this one"),
      KINDRED_COLUMN("converged_reason", converged_reason, i32, 1, "1", "PETSc's KSPConvergedReason"),
      KINDRED_COLUMN("iterations", iterations, i32, 1, "1", "iterations of the linear solver"),
      KINDRED_COLUMN("residual_norm", residual_norm, f64, 1, "1", "true residual |b - A x|, recomputed"),
      KINDRED_COLUMN("residual_rel", residual_relative, f64, 1, "1", "true relative residual |b - A x| / |b|"),
      KINDRED_COLUMN("residual_stored", residual_stored, f64, 1, "1", "relative residual of the solution as stored, after rounding"),
      KINDRED_COLUMN("t_assemble", seconds_assemble, f32, 1, "s", "time to draw and assemble"),
      KINDRED_COLUMN("t_solve", seconds_solve, f32, 1, "s", "time to solve"),
      KINDRED_COLUMN("t_io", seconds_io, f32, 1, "s", "time to store"),
      KINDRED_COLUMN("worker", worker, u32, 1, "1", "worker that solved the sample"),
      KINDRED_COLUMN("start_ns", start_ns, i64, 1, "ns", "when work on the sample began, Unix time"),
  };
  return columns;
}

#undef KINDRED_COLUMN

}  // namespace kindred::data
