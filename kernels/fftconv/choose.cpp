#include <kindred/kernels/fftconv/choose.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/direct.hpp>
#include <kindred/kernels/fftconv/fftw_convolver.hpp>
#include <kindred/kernels/fftconv/fftw_planner.hpp>
#include <kindred/kernels/fftconv/grid/grid_convolver.hpp>
#include <kindred/kernels/fftconv/hybrid_convolver.hpp>
#include <kindred/kernels/fftconv/sequence_convolver.hpp>

namespace kindred::fftconv {
namespace {

template <class Value>
Choice<Value> asked_for(const Description& description) {
  const bool line = description.data.size() == 1;
  const char* const reason = "asked for";
  switch (description.method) {
    case Method::direct:
      return {make_direct_convolver<Value>(description), Method::direct, reason};
    case Method::fftw:
      return {make_fftw_convolver<Value>(description), Method::fftw, reason};
    case Method::fft:
      if (line) {
        return {make_sequence_convolver<Value>(description), Method::fft, reason};
      }
      throw InputError("Convolution: method fft takes one axis: choose hybrid, which pads nothing, or fftw");
    case Method::hybrid:
      return {line ? make_hybrid_convolver<Value>(description) : make_grid_convolver<Value>(description), Method::hybrid, reason};
    case Method::overlap_save:
      if (line) {
        return {make_overlap_save_convolver<Value>(description), Method::overlap_save, reason};
      }
      throw InputError("Convolution: method overlap_save takes one axis: choose hybrid");
    case Method::automatic:
      break;
  }
  throw InputError("Convolution: unknown method: choose one of Method");
}

}  // namespace

template <class Value>
Choice<Value> choose(const Description& description) {
  if (description.method != Method::automatic) {
    return asked_for<Value>(description);
  }
  if (product(geometry_of(description).taps()) <= 48) {
    return {make_direct_convolver<Value>(description), Method::direct, "at most 48 taps"};
  }
  if (description.data.size() > 1) {
    return {make_grid_convolver<Value>(description), Method::hybrid, "several axes"};
  }
  return {make_sequence_convolver<Value>(description), Method::fft, "more than 48 taps"};
}

template Choice<float> choose(const Description&);
template Choice<double> choose(const Description&);
template Choice<std::complex<float>> choose(const Description&);
template Choice<std::complex<double>> choose(const Description&);

}  // namespace kindred::fftconv
