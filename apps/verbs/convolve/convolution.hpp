#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <kindred/apps/verbs/verb.hpp>
#include <kindred/kernels/fftconv/description.hpp>

namespace kindred::app::convolve {

struct Options {
  std::filesystem::path input;
  std::filesystem::path kernel;
  std::filesystem::path output;
  std::string dataset = "data";
  std::string kernel_dataset;  ///< empty: `kernel`, or `data` where there is no such
  fftconv::Mode mode = fftconv::Mode::full;
  std::string mode_name = "full";
  fftconv::Method method = fftconv::Method::automatic;
  std::vector<int> axes;
  std::size_t memory = std::size_t{1} << 30U;  ///< bytes, for arrays, spectra and work
  int threads = 1;
  bool force = false;
};

/// `kindred convolve`: reads, convolves and writes piece by piece. @throws InputError, IoError before any work where that can be known
void convolve(const Options& options, const Context& context);

}  // namespace kindred::app::convolve
