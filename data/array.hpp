#pragma once

#include <complex>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include <kindred/core/hdf5/hdf5.hpp>
#include <kindred/data/layout.hpp>

/// Arrays of numbers in HDF5 files of any origin, read and written in boxes, so that they may be larger than the memory.
namespace kindred::data {

/// A part of an array: per axis its first index and its number of indices.
struct Box {
  std::vector<Index> start;
  std::vector<Index> count;

  [[nodiscard]] Index size() const;
};

/// Boxes that cover an array in C order: whole numbers of chunks where the array has chunks, so that each is read once.
class BoxGrid {
 public:
  /// @param chunk  of the same rank, or empty for a contiguous array
  /// @param elements  per box, if a single chunk has no more
  BoxGrid(std::vector<Index> shape, const std::vector<Index>& chunk, Index elements);
  [[nodiscard]] Index count() const { return count_; }
  [[nodiscard]] Box box(Index i) const;

 private:
  std::vector<Index> shape_;
  std::vector<Index> box_;
  Index count_ = 1;
};

/// What an ArrayReader takes for numbers. Complex ones are records of two floating-point numbers, (r, i) with h5py.
enum class Numbers { real, real_or_complex };

/// An existing dataset of integers, reals or complex numbers, open for reading.
class ArrayReader {
 public:
  /// @throws InputError if there is no such dataset (listing those there are), or it holds no such numbers
  ArrayReader(const hdf5::File& file, const std::string& name, Numbers numbers = Numbers::real);
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<Index>& shape() const { return shape_; }
  [[nodiscard]] const std::vector<Index>& chunk() const { return chunk_; }  ///< empty: not stored in chunks
  [[nodiscard]] Index size() const;
  [[nodiscard]] bool integral() const { return integral_; }
  [[nodiscard]] bool complex() const { return !parts_.empty(); }
  /// f32 for reals of at most four bytes, else f64: integers are read as double.
  [[nodiscard]] Precision precision() const { return precision_; }
  /// @throws IoError
  void read(const Box& box, std::span<double> values) const;
  void read(const Box& box, std::span<float> values) const;
  void read(const Box& box, std::span<std::int64_t> values) const;
  /// Reals become complex numbers too. The reverse, complex numbers as reals, is refused by HDF5.
  void read(const Box& box, std::span<std::complex<double>> values) const;
  void read(const Box& box, std::span<std::complex<float>> values) const;
  /// The whole array.
  [[nodiscard]] std::vector<double> read_all() const;

 private:
  void read(const Box& box, hid_t memory_type, void* values) const;
  template <class Real>
  void read_complex(const Box& box, std::span<std::complex<Real>> values) const;
  /// Boxes that cut chunks would read each chunk anew; a cache for a row of chunks prevents that.
  void reopen_with_cache(hid_t file, Index element_bytes);

  std::string file_name_;
  std::string name_;
  hdf5::Dataset dataset_;
  std::vector<Index> shape_;
  std::vector<Index> chunk_;
  std::vector<std::string> parts_;  ///< names of the real and the imaginary part; empty: not complex
  bool integral_ = false;
  Precision precision_ = Precision::f64;
};

/// The error of a write that HDF5 reports as `error`, in few words where the reason is a full disk.
IoError write_failure(const std::string& what, const IoError& error);

/// Type of complex numbers in a file, as h5py writes them. @param real  of their parts
hdf5::Datatype complex_type(hid_t real);

/// A new contiguous dataset, filled box by box.
class ArrayWriter {
 public:
  ArrayWriter(hid_t location, const std::string& name, const std::vector<Index>& shape, hid_t stored_type);
  /// @throws IoError
  void write(const Box& box, std::span<const double> values) const;
  void write(const Box& box, std::span<const float> values) const;
  void write(const Box& box, std::span<const std::complex<double>> values) const;
  void write(const Box& box, std::span<const std::complex<float>> values) const;
  void write(const Box& box, std::span<const std::int64_t> values) const;
  void write(const Box& box, std::span<const std::uint32_t> values) const;
  void write(const Box& box, std::span<const std::uint64_t> values) const;
  [[nodiscard]] hid_t id() const { return dataset_; }

 private:
  void write(const Box& box, hid_t memory_type, const void* values) const;

  std::string name_;
  hdf5::Dataset dataset_;
};

/// Three stages over blocks 0 … count−1: `compute(i)` runs on a thread of its own while this thread calls `store(i − 1)` and
/// `load(i + 1)`. HDF5 belongs in load and store, which never run at the same time. Block i may live in slot i mod 3.
/// An exception of a stage ends the whole.
void pipeline(Index count, const std::function<void(Index)>& load, const std::function<void(Index)>& compute,
              const std::function<void(Index)>& store);

}  // namespace kindred::data
