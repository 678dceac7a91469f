#pragma once

#include <utility>

#include <kindred/kernels/fftconv/cuda/device_convolver.hpp>
#include <kindred/kernels/fftconv/cuda/executor.cuh>
#include <kindred/kernels/fftconv/cuda/kernel_table.hpp>

namespace kindred::fftconv::device {

/// A pipeline on a GPU, with its table and what its callbacks know.
/// Workspace: the pipeline's, then cuFFT's work area, which all transforms share.
template <class Value, class Pipeline>
class PipelineConvolver : public DeviceConvolver<Value> {
 public:
  /// @param size  of a chunk, as the pipeline's constructor
  PipelineConvolver(const PaddedShape& shape, Index size, bool callbacks)
      : shape_(shape),
        size_(size),
        callbacks_(callbacks),
        data_(callbacks ? sizeof(CallbackData<Value>) : 0),
        planner_(callback_data()),
        pipeline_(planner_, shape, size, callbacks) {}

  void apply(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation, cudaStream_t stream,
             std::byte* workspace) const final {
    run({in.data(), out.data(), operation, false}, stream, workspace);
  }
  void apply_adjoint(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation, cudaStream_t stream,
                     std::byte* workspace) const final {
    run({in.data(), out.data(), operation, true}, stream, workspace);
  }
  [[nodiscard]] std::size_t workspace_bytes() const final { return area_offset() + planner_.work_bytes(); }

 protected:
  [[nodiscard]] Report report() const {
    Report report;
    report.padded.assign(shape_.period.end() - shape_.geometry.count, shape_.period.end());
    report.spectrum_bytes = table_.bytes() > 0 ? table_.bytes() : shape_.slot_bytes() * static_cast<std::size_t>(shape_.kernels());
    return report;
  }

  PaddedShape shape_;
  Index size_;
  bool callbacks_;
  KernelTable<Value> table_;

 private:
  [[nodiscard]] CallbackData<Value>* callback_data() const { return reinterpret_cast<CallbackData<Value>*>(data_.data()); }
  [[nodiscard]] std::size_t area_offset() const { return (pipeline_.workspace_bytes() + 255) / 256 * 256; }
  void run(const Application<Value>& what, cudaStream_t stream, std::byte* workspace) const {
    StreamExecutor<Value> executor(callback_data(), stream, workspace + area_offset());
    pipeline_.apply(executor, what, table_.factors(), workspace);
  }

  Memory data_;
  StreamExecutor<Value> planner_;
  Pipeline pipeline_;
};

/// With callbacks if they can be had.
/// @param numbers  that a transform's offsets reach; padded and cropped by callbacks in what 31 bits can count
/// @returns nullptr, and why in `refusal`, if not
template <class Convolver>
std::unique_ptr<Convolver> make_with_callbacks(const PaddedShape& shape, Index size, Index numbers, std::string& refusal) {
  refusal = callbacks_missing();
  if (refusal.empty() && numbers >= Index{1} << 31U) {
    refusal = "callbacks count padded numbers in 31 bits, and these are more";
  }
  if (!refusal.empty()) {
    return nullptr;
  }
  try {
    return std::make_unique<Convolver>(shape, size, true);
  } catch (const SolveError& error) {  // cuFFT declines to plan what would exhaust a kernel's registers
    refusal = error.what();
    return nullptr;
  }
}

}  // namespace kindred::fftconv::device
