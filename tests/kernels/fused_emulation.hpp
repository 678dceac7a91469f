#pragma once

#include <algorithm>
#include <complex>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include <kindred/kernels/fftconv/fused/convolve.hpp>
#include <kindred/kernels/fftconv/fused/schedule.hpp>

// The threads of the fused CUDA convolution, carried out here one after another between barriers.

namespace fused_test {

using kindred::Index;
namespace fftconv = kindred::fftconv;
namespace fused = kindred::fftconv::fused;

constexpr int warp = 32;

/// What the accesses of warps come to, and whether threads used what no barrier had made safe.
struct Accesses {
  std::uint64_t shared = 0;          ///< transactions of shared memory, each of up to 128 bytes
  std::uint64_t shared_needed = 0;   ///< without conflicts of banks
  std::uint64_t sectors = 0;         ///< of 32 bytes of device memory, arrays and spectra
  std::uint64_t sectors_needed = 0;  ///< that would hold as many bytes
  std::uint64_t races = 0;

  void operator+=(const Accesses& other) {
    shared += other.shared;
    shared_needed += other.shared_needed;
    sectors += other.sectors;
    sectors_needed += other.sectors_needed;
    races += other.races;
  }
};

/// A thread block.
template <class Thread>
class Block {
 public:
  using Number = typename Thread::Number;
  using Work = typename Thread::Work;

  Block(const Work& job, std::uint32_t number, bool count) : count_(count) {
    constexpr auto shape = Thread::shape;
    const auto poison = static_cast<typename Thread::Real>(1e30);
    shared_.assign(static_cast<std::size_t>(shape.transforms() * shape.shared_numbers()), {{poison, poison}, -1, -1, 0});
    for (int t = 0; t < shape.block_threads(); ++t) {
      const int transform = t / shape.threads();
      threads_.emplace_back(job, number * static_cast<std::uint32_t>(shape.transforms()) + static_cast<std::uint32_t>(transform),
                            static_cast<unsigned>(t % shape.threads()));
    }
  }

  template <class F>
  void each(const F& f) {
    for (current_ = 0; current_ < static_cast<int>(threads_.size()); ++current_) {
      f(threads_[static_cast<std::size_t>(current_)], *this);
    }
    if (count_) {
      count_transactions();
    }
  }
  /// CUDA's barriers are for the whole block, or for a warp.
  template <int threads>
  void wait() {
    ++epoch_;
    together_ = threads > warp ? static_cast<int>(threads_.size()) : warp;
  }

  // The memory of the current thread.
  template <class T>
  T load(const T* from, int slot) {
    note_sector(from, sizeof(T), slot);
    return *from;
  }
  template <class T>
  void store(T* to, T value, int slot) {
    note_sector(to, sizeof(T), slot + stores);
    *to = value;
  }
  Number table(const Number* from) const { return *from; }
  void write(unsigned place, Number value, int slot) {
    Cell& cell = at(place, slot);
    if (cell.reader >= 0 && cell.reader != current_) {
      ++accesses.races;
    }
    cell = {value, current_, -1, epoch_};
  }
  Number read(unsigned place, int slot) {
    Cell& cell = at(place, slot);
    if (cell.writer < 0 || (cell.writer != current_ && (cell.epoch == epoch_ || cell.writer / together_ != current_ / together_))) {
      ++accesses.races;
    }
    cell.reader = current_;
    return cell.value;
  }

  Accesses accesses;

 private:
  struct Cell {
    Number value;
    int writer;
    int reader;
    int epoch;
  };

  Cell& at(unsigned place, int slot) {
    const unsigned transform = static_cast<unsigned>(current_ / Thread::threads);
    const unsigned cell = transform * static_cast<unsigned>(Thread::shape.shared_numbers()) + place;
    if (count_) {
      places_[{slot, current_ / (warp / parts)}].push_back(cell);
    }
    return shared_.at(cell);
  }

  void note_sector(const void* address, std::size_t bytes, int slot) {
    if (count_) {
      auto& access = sectors_[{slot, current_ / warp}];
      access.bytes += bytes;
      const auto first = reinterpret_cast<std::uintptr_t>(address);
      for (std::uintptr_t sector = first / 32; sector <= (first + bytes - 1) / 32; ++sector) {
        access.sectors.insert(sector);
      }
    }
  }

  /// A warp's accesses to numbers of n · 4 bytes are carried out in n parts, of neighbouring threads.
  static constexpr int stores = 1000;  ///< their slots are others
  static constexpr int parts = sizeof(Number) / 4;

  void count_transactions() {
    constexpr unsigned banks = 128 / sizeof(Number);  // groups of them, as wide as a number
    for (const auto& [key, cells] : places_) {
      std::map<unsigned, std::set<unsigned>> of_bank;
      std::size_t most = 0;
      for (const unsigned cell : cells) {
        of_bank[cell % banks].insert(cell);
        most = std::max(most, of_bank[cell % banks].size());
      }
      accesses.shared += most;
      accesses.shared_needed += 1;
    }
    for (const auto& [key, access] : sectors_) {
      accesses.sectors += access.sectors.size();
      accesses.sectors_needed += (access.bytes + 31) / 32;
    }
    places_.clear();
    sectors_.clear();
  }

  struct Access {
    std::set<std::uintptr_t> sectors;
    std::size_t bytes = 0;
  };
  bool count_;
  int current_ = 0;
  int epoch_ = 0;
  int together_ = 1;
  std::vector<Thread> threads_;
  std::vector<Cell> shared_;
  std::map<std::pair<int, int>, std::vector<unsigned>> places_;
  std::map<std::pair<int, int>, Access> sectors_;
};

/// The blocks of a launch.
template <class Scalar, int log_length>
Accesses carry_out(const fused::Job<Scalar>& job, bool count) {
  using Thread = fused::Thread<Scalar, log_length>;
  constexpr auto transforms = static_cast<std::uint32_t>(Thread::shape.transforms());
  Accesses sum;
  for (std::uint32_t number = 0; number * transforms < job.items; ++number) {
    Block<Thread> block(job, number, count);
    fused::convolve<Thread>(job, block);
    sum += block.accesses;
  }
  return sum;
}

/// By the length at run time; the instances are in fused_emulation_*.cpp.
template <class Scalar>
Accesses emulate(const fused::Job<Scalar>& job, int log_length, bool count = false);

}  // namespace fused_test
