#include <kindred/solvers/recycling/recycle_file.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/solvers/sequence/state_file.hpp>

namespace kindred::recycling {
namespace {

using Eigen::Index;

constexpr const char* array_name = "recycle_space";

/// How the unknowns are shared among the processes; known to the first one.
struct Layout {
  PetscMPIInt rank = 0;
  std::vector<PetscMPIInt> counts;
  std::vector<PetscMPIInt> offsets;
  PetscMPIInt total = 0;
};

PetscErrorCode gather_layout(MPI_Comm communicator, Index rows, Layout& layout) {
  PetscMPIInt processes = 1;
  PetscFunctionBegin;
  PetscCallMPI(MPI_Comm_size(communicator, &processes));
  PetscCallMPI(MPI_Comm_rank(communicator, &layout.rank));
  const auto local = static_cast<PetscMPIInt>(rows);
  layout.counts.assign(static_cast<std::size_t>(processes), 0);
  layout.offsets = layout.counts;
  PetscCallMPI(MPI_Allgather(&local, 1, MPI_INT, layout.counts.data(), 1, MPI_INT, communicator));
  std::exclusive_scan(layout.counts.begin(), layout.counts.end(), layout.offsets.begin(), 0);
  layout.total = layout.offsets.back() + layout.counts.back();
  PetscFunctionReturn(success);
}

/// Runs `action` on the first process; what it throws is collected there, the first message only.
template <class Action>
void on_first(const Layout& layout, std::string& failure, Action action) {
  if (layout.rank != 0 || !failure.empty()) {
    return;
  }
  try {
    action();
  } catch (const std::exception& error) {
    failure = error.what();
  }
}

/// Raises the first process's failure on all of them.
PetscErrorCode agree(MPI_Comm communicator, const std::string& failure, PetscErrorCode code) {
  std::array<char, 1024> message{};
  failure.copy(message.data(), message.size() - 1);
  PetscFunctionBegin;
  PetscCallMPI(MPI_Bcast(message.data(), static_cast<PetscMPIInt>(message.size()), MPI_CHAR, 0, communicator));
  PetscCheck(message[0] == '\0', communicator, code, "recycle space: %s", message.data());
  PetscFunctionReturn(success);
}

void write_vector(hid_t dataset, Index vector, const std::vector<double>& values) {
  const std::array<hsize_t, 2> start{static_cast<hsize_t>(vector), 0};
  const std::array<hsize_t, 2> extent{1, static_cast<hsize_t>(values.size())};
  const hdf5::Dataspace file_space(KINDRED_HDF5(H5Dget_space(dataset)));
  KINDRED_HDF5(H5Sselect_hyperslab(file_space, H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr));
  const hdf5::Dataspace memory_space(KINDRED_HDF5(H5Screate_simple(2, extent.data(), nullptr)));
  KINDRED_HDF5(H5Dwrite(dataset, H5T_NATIVE_DOUBLE, memory_space, file_space, H5P_DEFAULT, values.data()));
}

/// A file whose vectors fit the system.
struct SpaceFile {
  hdf5::File file;
  std::string dataset;
  Index vectors = 0;
};

/// @throws IoError if the file does not fit
SpaceFile open_checked(const std::string& path, Index unknowns) {
  SpaceFile space;
  space.file = open_state_file(path);
  space.dataset = find_state_array(space.file, array_name);
  if (space.dataset.empty()) {
    throw IoError(fmt::format("{}: this sequence state holds no recycle space", path));
  }
  const auto shape = hdf5::shape(space.file, space.dataset);
  if (shape.size() != 2 || shape[1] != unknowns) {
    throw IoError(fmt::format("{}: its vectors have {} unknowns, the system has {}; a space from another mesh is to be interpolated", path,
                              shape.size() == 2 ? shape[1] : 0, unknowns));
  }
  space.vectors = shape[0];
  return space;
}

}  // namespace

PetscErrorCode read_path(OptionItems PetscOptionsObject, const std::string& name, const char* text, const char* function,
                         std::string* path) {
  PetscFunctionBegin;
  std::array<char, PETSC_MAX_PATH_LEN> buffer{};
  PetscBool given = PETSC_FALSE;
  PetscCall(PetscOptionsString(name.c_str(), text, function, path->c_str(), buffer.data(), buffer.size(), &given));
  if (given) {
    PetscCheck(buffer[0] != '\0', PetscOptionsObject->comm, PETSC_ERR_ARG_WRONG, "%s needs the name of a file", name.c_str());
    *path = buffer.data();
  }
  PetscFunctionReturn(success);
}

PetscErrorCode save_columns(MPI_Comm communicator, const ColumnBlock& block, Index count, const char* path) {
  Layout layout;
  PetscFunctionBegin;
  PetscCall(gather_layout(communicator, block.rows(), layout));
  std::string failure;
  const std::string temporary = std::string(path) + ".part";
  hdf5::File file;
  hdf5::Dataset dataset;
  on_first(layout, failure, [&] {
    hdf5::silence();
    file = create_state_file(temporary, 0);
    dataset = create_state_array(file, array_name, count, layout.total);
  });
  std::vector<double> whole(static_cast<std::size_t>(layout.rank == 0 ? layout.total : 0));
  for (Index j = 0; j < count; ++j) {
    PetscCallMPI(MPI_Gatherv(block.view(j, 1).data(), static_cast<PetscMPIInt>(block.rows()), MPI_DOUBLE, whole.data(),
                             layout.counts.data(), layout.offsets.data(), MPI_DOUBLE, 0, communicator));
    on_first(layout, failure, [&] { write_vector(dataset, j, whole); });
  }
  on_first(layout, failure, [&] {
    KINDRED_HDF5(H5Fflush(file, H5F_SCOPE_GLOBAL));
    dataset.reset();
    file.reset();
    std::filesystem::rename(temporary, path);
  });
  PetscCall(agree(communicator, failure, PETSC_ERR_FILE_WRITE));
  PetscFunctionReturn(success);
}

PetscErrorCode load_columns(MPI_Comm communicator, const char* path, Index most, ColumnBlock& block, Index& count) {
  Layout layout;
  PetscFunctionBegin;
  PetscCall(gather_layout(communicator, block.rows(), layout));
  std::string failure;
  SpaceFile space;
  on_first(layout, failure, [&] { space = open_checked(path, layout.total); });
  PetscCall(agree(communicator, failure, PETSC_ERR_FILE_UNEXPECTED));
  auto used = static_cast<PetscInt>(std::min(most, space.vectors));
  PetscCallMPI(MPI_Bcast(&used, 1, MPIU_INT, 0, communicator));
  hdf5::RealArray whole;
  for (Index j = 0; j < used; ++j) {
    on_first(layout, failure, [&] {
      whole = hdf5::read_reals(space.file, space.dataset, j, 1);
      if (!std::ranges::all_of(whole.values, [](double value) { return std::isfinite(value); })) {
        throw IoError(fmt::format("{}: vector {} holds a NaN or an infinity", path, j));
      }
    });
    whole.values.resize(static_cast<std::size_t>(layout.total));  // a failed read must not end in a read past the end
    PetscCallMPI(MPI_Scatterv(whole.values.data(), layout.counts.data(), layout.offsets.data(), MPI_DOUBLE, block.column(j),
                              static_cast<PetscMPIInt>(block.rows()), MPI_DOUBLE, 0, communicator));
  }
  PetscCall(agree(communicator, failure, PETSC_ERR_FILE_UNEXPECTED));
  count = used;
  PetscFunctionReturn(success);
}

}  // namespace kindred::recycling
