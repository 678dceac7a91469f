#include <kindred/kernels/fftconv/cuda/fft_library.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/cuda/memory.hpp>

#if defined(KINDRED_CUFFT)
#include <cufftXt.h>
#if defined(KINDRED_CUFFT_CALLBACKS)
#include <kindred_fftconv_loads.h>
#include <kindred_fftconv_stores.h>
#endif
#endif

namespace kindred::fftconv::device {

void check(cudaError_t code, const char* what) {
  if (code != cudaSuccess) {
    cudaGetLastError();  // so that the next launch does not answer with it again
    throw SolveError(std::string("fftconv: ") + what + " failed: " + cudaGetErrorString(code) +
                     "; check that arrays are in the memory of the current device, that it has room (DeviceOptions::padded_bytes) and that "
                     "this GPU is supported (compute capability 8.0 or newer)");
  }
}

int current_device() {
  int number = 0;
  check(cudaGetDevice(&number), "looking for a GPU");
  return number;
}

#if defined(KINDRED_CUFFT)

namespace {

std::string describe(const Transform& t) {
  std::string text = std::to_string(t.batch) + " transforms of ";
  for (int axis = 3 - t.axes; axis < 3; ++axis) {
    text += std::to_string(t.extents[static_cast<std::size_t>(axis)]) + (axis < 2 ? " x " : "");
  }
  return text + (t.real ? " real" : " complex") + (t.single ? " floats" : " doubles");
}

void check(cufftResult code, const std::string& what) {
  if (code != CUFFT_SUCCESS) {
    throw SolveError("fftconv: cuFFT answered " + std::to_string(static_cast<int>(code)) + " to " + what +
                     "; check that a GPU is present and has memory left");
  }
}

cufftType type_of(const Transform& t) {
  if (t.real) {
    return t.inverse ? (t.single ? CUFFT_C2R : CUFFT_Z2D) : (t.single ? CUFFT_R2C : CUFFT_D2Z);
  }
  return t.single ? CUFFT_C2C : CUFFT_Z2Z;
}

#if defined(KINDRED_CUFFT_CALLBACKS)
/// @param first  the callback's type for single complex numbers; that for doubles follows, then those for real numbers
template <class Image>
void set_callback(cufftHandle plan, const std::string& name, const Image& image, int first, bool real, bool single, void** data) {
  const auto type = static_cast<cufftXtCallbackType>(first + (real ? 2 : 0) + (single ? 0 : 1));
  const std::string symbol = "kindred_fftconv_" + name + (real ? "_real" : "_complex") + (single ? "_float" : "_double");
  check(cufftXtSetJITCallback(plan, symbol.c_str(), image, sizeof(image), type, data), "callback " + symbol);
}

void set_callbacks(cufftHandle plan, const Transform& t, Callbacks callbacks, void** data) {
  if (callbacks.load == LoadCallback::padded) {
    set_callback(plan, "load_padded", kindred_fftconv_loads, CUFFT_CB_LD_COMPLEX, t.real, t.single, data);
  } else if (callbacks.load == LoadCallback::product) {  // spectra: complex numbers, but of real or complex arrays
    const auto type = t.single ? CUFFT_CB_LD_COMPLEX : CUFFT_CB_LD_COMPLEX_DOUBLE;
    const std::string symbol =
        std::string("kindred_fftconv_load_product") + (t.real ? "_real" : "_complex") + (t.single ? "_float" : "_double");
    check(cufftXtSetJITCallback(plan, symbol.c_str(), kindred_fftconv_loads, sizeof(kindred_fftconv_loads), type, data),
          "callback " + symbol);
  }
  if (callbacks.store) {
    set_callback(plan, "store_cropped", kindred_fftconv_stores, CUFFT_CB_ST_COMPLEX, t.real, t.single, data);
  }
}
#endif

}  // namespace

struct LibraryFft::Handle {
  Transform transform;
  cufftHandle plan = 0;
  std::size_t work_bytes = 0;
  void* callback_data = nullptr;  // cuFFT is given its address
  std::mutex mutex;               // stream and work area are the plan's

  explicit Handle(const Transform& t) : transform(t) { check(cufftCreate(&plan), "the making of a plan"); }
  ~Handle() { cufftDestroy(plan); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
};

LibraryFft::LibraryFft(const Transform& t, Callbacks callbacks, void* data) : handle_(std::make_unique<Handle>(t)) {
  const cufftHandle plan = handle_->plan;
  check(cufftSetAutoAllocation(plan, 0), "planning without a work area");
  if (callbacks.load != LoadCallback::none || callbacks.store) {
#if defined(KINDRED_CUFFT_CALLBACKS)
    handle_->callback_data = data;
    set_callbacks(plan, t, callbacks, &handle_->callback_data);
#else
    static_cast<void>(data);
    throw SolveError("fftconv: " + callbacks_missing());
#endif
  }
  const int skipped = 3 - t.axes;
  long long extents[3];
  long long complex_rows[3];
  long long real_rows[3];
  for (int axis = 0; axis < t.axes; ++axis) {
    extents[axis] = complex_rows[axis] = real_rows[axis] = t.extents[static_cast<std::size_t>(skipped + axis)];
  }
  const Index waves = t.extents[2] / 2 + 1;
  if (t.real) {
    complex_rows[t.axes - 1] = waves;
    real_rows[t.axes - 1] = 2 * waves;
  }
  const bool from_real = t.real && !t.inverse;
  const bool to_real = t.real && t.inverse;
  check(cufftMakePlanMany64(plan, t.axes, extents, from_real ? real_rows : complex_rows, t.stride, (from_real ? 2 : 1) * t.distance,
                            to_real ? real_rows : complex_rows, t.stride, (to_real ? 2 : 1) * t.distance, type_of(t), t.batch,
                            &handle_->work_bytes),
        "planning " + describe(t));
}

LibraryFft::~LibraryFft() = default;

std::size_t LibraryFft::work_bytes() const { return handle_->work_bytes; }

void LibraryFft::execute(void* data, void* work_area, cudaStream_t stream) const {
  const std::lock_guard lock(handle_->mutex);
  const cufftHandle plan = handle_->plan;
  check(cufftSetStream(plan, stream), "a stream");
  check(cufftSetWorkArea(plan, work_area), "a work area");
  const Transform& t = handle_->transform;
  const int direction = t.inverse ? CUFFT_INVERSE : CUFFT_FORWARD;
  const cufftResult code = [&] {
    switch (type_of(t)) {
      case CUFFT_R2C:
        return cufftExecR2C(plan, static_cast<cufftReal*>(data), static_cast<cufftComplex*>(data));
      case CUFFT_C2R:
        return cufftExecC2R(plan, static_cast<cufftComplex*>(data), static_cast<cufftReal*>(data));
      case CUFFT_C2C:
        return cufftExecC2C(plan, static_cast<cufftComplex*>(data), static_cast<cufftComplex*>(data), direction);
      case CUFFT_D2Z:
        return cufftExecD2Z(plan, static_cast<cufftDoubleReal*>(data), static_cast<cufftDoubleComplex*>(data));
      case CUFFT_Z2D:
        return cufftExecZ2D(plan, static_cast<cufftDoubleComplex*>(data), static_cast<cufftDoubleReal*>(data));
      default:
        return cufftExecZ2Z(plan, static_cast<cufftDoubleComplex*>(data), static_cast<cufftDoubleComplex*>(data), direction);
    }
  }();
  check(code, "carrying out " + describe(t));
}

std::string callbacks_missing() {
#if defined(KINDRED_CUFFT_CALLBACKS)
  return "";
#else
  return "cuFFT's callbacks need CUDA 13 or newer with nvJitLink when kernels_cuda is built";
#endif
}

#else  // without cuFFT

struct LibraryFft::Handle {};

namespace {
constexpr const char* missing = "fftconv: kernels_cuda was built without cuFFT: install it with the CUDA toolkit and build again";
}

LibraryFft::LibraryFft(const Transform&, Callbacks, void*) { throw SolveError(missing); }
LibraryFft::~LibraryFft() = default;
void LibraryFft::execute(void*, void*, cudaStream_t) const { throw SolveError(missing); }
std::size_t LibraryFft::work_bytes() const { return 0; }
std::string callbacks_missing() { return "kernels_cuda was built without cuFFT"; }

#endif

std::shared_ptr<const LibraryFft> library_fft(const Transform& transform) {
  static std::mutex mutex;
  static std::map<std::pair<int, Transform>, std::weak_ptr<const LibraryFft>> plans;
  const std::lock_guard lock(mutex);
  std::erase_if(plans, [](const auto& plan) { return plan.second.expired(); });
  auto& known = plans[{current_device(), transform}];
  std::shared_ptr<const LibraryFft> plan = known.lock();
  if (plan == nullptr) {
    plan = std::make_shared<const LibraryFft>(transform, Callbacks{}, nullptr);
    known = plan;
  }
  return plan;
}

}  // namespace kindred::fftconv::device
