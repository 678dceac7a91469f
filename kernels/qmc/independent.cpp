#include <kindred/kernels/qmc/independent.hpp>

#include <algorithm>

#include <kindred/kernels/qmc/write_blocks.hpp>

namespace kindred::qmc {

void IndependentPoints::Column::write(const BlockKernels& kernels, Format format, void* out, std::uint64_t first, std::size_t count) {
  write_words(kernels, format, out, first, count, [&](std::uint64_t* words, std::uint64_t from, std::size_t number) {
    if (from % 2 == 0 && number % 2 == 0) {
      kernels.philox(words, words_.key(), replicate_, dimension_, from / 2, number / 2);
      return;
    }
    for (std::size_t k = 0; k < number; ++k) {
      words[k] = words_(replicate_, dimension_, from + k);
    }
  });
}

}  // namespace kindred::qmc
