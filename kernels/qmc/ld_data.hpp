#pragma once

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include <kindred/kernels/qmc/digital_net.hpp>
#include <kindred/kernels/qmc/lattice.hpp>
#include <kindred/kernels/qmc/sampler.hpp>

// The text formats of the LDData collection: `lattice`, `dnet`, and of saved randomisations `shiftmod1`, `dshift`, `lmscramble`, all in
// base 2. The first line names the format; `#` begins a comment. (Its `nuscramble` depends on the order in which an implementation visits
// the digits; `soboljk`, `sobol` and `plattice` are other ways to write some nets.)

namespace kindred::qmc {

using Comments = std::span<const std::string>;

/// The keyword of the file's first line; empty if it begins otherwise.
/// @throws IoError if the file cannot be read
std::string ld_data_format(const std::filesystem::path& path);

/// @throws IoError if the file cannot be read, InputError if it is no lattice of 2^m points, or as lattice()
Lattice read_lattice(const std::filesystem::path& path, Duplicates duplicates = Duplicates::refuse);
/// @throws InputError for 2^64 points, which the format cannot say
void write_lattice(std::ostream& out, const Lattice& lattice, Comments comments = {});

/// Columns and points may be given by their number or its logarithm: the format says the one, most files have the other.
/// @throws IoError if the file cannot be read, InputError if it is not such a net
DigitalNet read_digital_net(const std::filesystem::path& path);
/// @param net  if interlaced, its matrices are written multiplied out
void write_digital_net(std::ostream& out, const DigitalNet& net, Comments comments = {});

/// Random shifts as words, one for every coordinate: `shiftmod1` as decimal numbers that determine the 64 binary digits, `dshift` as
/// integers.
/// @throws IoError, InputError as above
std::vector<std::uint64_t> read_shift(const std::filesystem::path& path);
std::vector<std::uint64_t> read_digital_shift(const std::filesystem::path& path);
void write_shift(std::ostream& out, std::span<const std::uint64_t> shift, Comments comments = {});
void write_digital_shift(std::ostream& out, std::span<const std::uint64_t> shift, Comments comments = {});

/// Lower triangular matrices with unit diagonal, of as many columns as digits.
/// @throws IoError, InputError as above
DigitalNet read_linear_scramble(const std::filesystem::path& path);
void write_linear_scramble(std::ostream& out, const DigitalNet& matrices, Comments comments = {});

/// The shift of a replicate: its point 0. Of `shift`, `digital_shift` and `lms_digital_shift`, where the others' points have none.
std::vector<std::uint64_t> shift_of(const Sampler& sampler, int replicate);

/// The matrices by which `lms` and `lms_digital_shift` multiply those of a net's components, 64 × 64 each.
DigitalNet linear_scramble_of(const DigitalNet& net, const Randomization& randomization, int replicate);

/// L C: the net under given scrambling matrices, to 64 digits.
/// @param lower  one matrix for each of the net's components, or more, of at least the net's digits
/// @throws InputError if there are too few matrices or digits
DigitalNet linear_scrambled(const DigitalNet& lower, const DigitalNet& net);

}  // namespace kindred::qmc
