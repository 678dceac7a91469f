#pragma once

#include <filesystem>
#include <string>

#include <kindred/core/base/types.hpp>
#include <kindred/core/hdf5/hdf5.hpp>

namespace kindred {

// The file of a SequenceState, for those who write or read an array piece by piece. Root attributes `kindred_sequence_state` = "1" and
// `solved`; groups `arrays` and `texts` with datasets named 0, 1, …, each carrying its own name as attribute `name` (so that a name may
// hold any character).

/// A new file with empty groups. @throws IoError
hdf5::File create_state_file(const std::filesystem::path& path, Index solved);
/// Opens a file and checks that it is one of these, of a version that can be read. @throws IoError
hdf5::File open_state_file(const std::filesystem::path& path);
/// Adds an array (float64, rows × columns) that is yet to be written.
hdf5::Dataset create_state_array(const hdf5::File& file, const std::string& name, Index rows, Index columns);
/// The dataset that carries the name, as a path from the root; empty if there is none.
std::string find_state_array(const hdf5::File& file, const std::string& name);

}  // namespace kindred
