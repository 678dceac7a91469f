#include <string>
#include <variant>
#include <vector>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/qmc/fill.hpp>
#include <kindred/kernels/qmc/launch.hpp>
#include <kindred/kernels/qmc/sampler_cuda.hpp>

namespace kindred::qmc {
namespace {

class CudaMemory final : public device::TableMemory {
 public:
  CudaMemory() = default;
  CudaMemory(const CudaMemory&) = delete;
  CudaMemory& operator=(const CudaMemory&) = delete;
  ~CudaMemory() override {
    for (void* array : arrays_) {
      cudaFree(array);
    }
  }

  const void* copy(const void* from, std::size_t bytes) override {
    arrays_.push_back(nullptr);
    device::check(cudaMalloc(&arrays_.back(), bytes), "memory for the tables of points");
    device::check(cudaMemcpy(arrays_.back(), from, bytes, cudaMemcpyHostToDevice), "copying the tables of points");
    return arrays_.back();
  }

 private:
  std::vector<void*> arrays_;
};

int current_device() {
  int number = 0;
  device::check(cudaGetDevice(&number), "looking for a GPU");
  return number;
}

std::uint64_t threads_at_once(int number) {
  int multiprocessors = 0;
  int threads = 0;
  device::check(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, number), "asking for the GPU's size");
  device::check(cudaDeviceGetAttribute(&threads, cudaDevAttrMaxThreadsPerMultiProcessor, number), "asking for the GPU's size");
  return static_cast<std::uint64_t>(multiprocessors) * static_cast<std::uint64_t>(threads);
}

}  // namespace

struct DeviceSampler::Tables {
  CudaMemory memory;
  int number = current_device();
  std::uint64_t threads = threads_at_once(number);
  device::Points points;

  explicit Tables(const Sampler& sampler) : points(device::points_of(sampler, memory)) {
    device::check(cudaDeviceSynchronize(), "copying the tables of points");  // fills on other streams need not wait for the default one
  }
};

DeviceSampler::DeviceSampler(const Sampler& sampler) : sampler_(sampler), tables_(std::make_shared<const Tables>(sampler)) {}

const device::Points& DeviceSampler::points() const { return tables_->points; }

template <class T>
void DeviceSampler::fill(std::span<T> out, std::uint64_t n0, std::uint64_t n1, const FillOptions& options, void* stream) const {
  SamplerAccess::check_fill(sampler_, out.size(), n0, n1, options);
  if (const int current = current_device(); current != tables_->number) {
    throw InputError("qmc: the sampler's tables are on device " + std::to_string(tables_->number) + " and the current device is " +
                     std::to_string(current) + "; make a DeviceSampler on every device");
  }
  if (n0 == n1) {
    return;
  }
  const auto job = device::job(sampler_, out.data(), n0, n1, options);
  std::visit([&](const auto& set) { device::launch(set, job, options.layout, tables_->threads, static_cast<cudaStream_t>(stream)); },
             tables_->points);
}

template void DeviceSampler::fill(std::span<double>, std::uint64_t, std::uint64_t, const FillOptions&, void*) const;
template void DeviceSampler::fill(std::span<float>, std::uint64_t, std::uint64_t, const FillOptions&, void*) const;
template void DeviceSampler::fill(std::span<std::uint32_t>, std::uint64_t, std::uint64_t, const FillOptions&, void*) const;
template void DeviceSampler::fill(std::span<std::uint64_t>, std::uint64_t, std::uint64_t, const FillOptions&, void*) const;

}  // namespace kindred::qmc
