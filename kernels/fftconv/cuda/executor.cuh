#pragma once

#include <algorithm>
#include <memory>

#include <kindred/kernels/fftconv/cuda/fft_library.hpp>
#include <kindred/kernels/fftconv/cuda/memory.hpp>

// The pipelines' executor that is a GPU's stream.

namespace kindred::fftconv::device {

constexpr int threads_of_block = 256;

/// Threads across columns, and as many rows at a time as a block has room for. (Two blocks at least: left alone, the assembler spills
/// registers to have more.)
template <class Step>
__global__ void __launch_bounds__(threads_of_block, 2) carry_out(const __grid_constant__ Step step, Index rows, Index columns) {
  for (Index row = Index{blockIdx.x} * blockDim.y + threadIdx.y; row < rows; row += Index{gridDim.x} * blockDim.y) {
    const auto line = step.line(row);
    for (Index column = Index{blockIdx.y} * blockDim.x + threadIdx.x; column < columns; column += Index{gridDim.y} * blockDim.x) {
      line(column);
    }
  }
}

template <class Exchange>
__global__ void __launch_bounds__(threads_of_block) carry_out_exchange(const __grid_constant__ Exchange step, Index tiles) {
  __shared__ __align__(16) unsigned char memory[sizeof(*step.pencils) * Exchange::shared];
  auto* const fast = reinterpret_cast<decltype(step.pencils)>(memory);
  for (Index tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
    step.load(tile, static_cast<int>(threadIdx.x), fast);
    __syncthreads();
    step.store(tile, static_cast<int>(threadIdx.x), fast);
    __syncthreads();
  }
}

/// A kernel, so that graphs keep the values they were captured with.
template <class Data>
__global__ void set_data(const __grid_constant__ Data data, Data* to) {
  *to = data;
}

template <class Value>
class StreamExecutor {
 public:
  using Fft = std::shared_ptr<const LibraryFft>;

  /// @param data  of the callbacks
  explicit StreamExecutor(CallbackData<Value>* data = nullptr, cudaStream_t stream = nullptr, std::byte* work_area = nullptr)
      : data_(data), stream_(stream), work_area_(work_area) {}

  Fft plan(const Transform& transform, Callbacks callbacks) {
    const bool plain = callbacks.load == LoadCallback::none && !callbacks.store;
    Fft fft = plain ? library_fft(transform) : std::make_shared<const LibraryFft>(transform, callbacks, data_);
    work_bytes_ = std::max(work_bytes_, fft->work_bytes());
    if (keeps_work_area_ && own_.bytes() < work_bytes_) {
      own_ = Memory(work_bytes_);
      work_area_ = own_.data();
    }
    return fft;
  }
  /// Plans are carried out at once, in a work area that grows with them: for what is done once.
  void keep_work_area() { keeps_work_area_ = true; }
  /// The most that a plan wants.
  [[nodiscard]] std::size_t work_bytes() const { return work_bytes_; }

  void transform(const Fft& fft, void* data) const { fft->execute(data, work_area_, stream_); }

  template <class Step>
  void run(const Step& step) const {
    const Index rows = step.rows();
    const Index columns = step.columns();
    unsigned across = threads_of_block;  // as many as leave at most an eighth of them idle at the end of a row, or a warp
    while (across > 32 && 8 * ((columns - 1) / across + 1) * across > 9 * columns) {
      across /= 2;
    }
    const unsigned down = threads_of_block / across;
    const auto blocks = [](Index total, unsigned at_once, unsigned most) {
      return static_cast<unsigned>(std::min<Index>((total - 1) / at_once + 1, most));
    };
    // Threads of a row's block take several of its columns, but where rows are few they are spread over blocks.
    const unsigned of_rows = blocks(rows, down, 1U << 30U);
    const unsigned of_columns = blocks(columns, of_rows < 4096 ? across : 16 * across, 65535);
    carry_out<<<dim3(of_rows, of_columns), dim3(across, down), 0, stream_>>>(step, rows, columns);
    check(cudaGetLastError(), "a step of a convolution");
  }

  template <class Real>
  void exchange(const PlaneExchange<Real>& step) const {
    static_assert(PlaneExchange<Real>::threads == threads_of_block);
    const Index tiles = step.tiles();
    carry_out_exchange<<<static_cast<unsigned>(std::min<Index>(tiles, 1 << 20)), threads_of_block, 0, stream_>>>(step, tiles);
    check(cudaGetLastError(), "the exchange of planes");
  }

  void set_callbacks(const CallbackData<Value>& data) const {
    set_data<<<1, 1, 0, stream_>>>(data, data_);
    check(cudaGetLastError(), "the data of callbacks");
  }

 private:
  CallbackData<Value>* data_;
  cudaStream_t stream_;
  std::byte* work_area_;
  std::size_t work_bytes_ = 0;
  bool keeps_work_area_ = false;
  Memory own_;
};

}  // namespace kindred::fftconv::device
