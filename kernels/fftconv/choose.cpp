#include <kindred/kernels/fftconv/choose.hpp>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/direct.hpp>
#include <kindred/kernels/fftconv/fftw_convolver.hpp>
#include <kindred/kernels/fftconv/fftw_planner.hpp>

namespace kindred::fftconv {

template <class Value>
Choice<Value> choose(const Description& description) {
  switch (description.method) {
    case Method::direct:
      return {make_direct_convolver<Value>(description), Method::direct, "asked for"};
    case Method::fftw:
      return {make_fftw_convolver<Value>(description), Method::fftw, "asked for"};
    case Method::automatic:
      break;
    default:
      throw InputError("Convolution: this method cannot do this: choose direct, fftw or automatic");
  }
  if (fftw_available() && product(geometry_of(description).taps()) > 48) {
    return {make_fftw_convolver<Value>(description), Method::fftw, "more than 48 taps"};
  }
  return {make_direct_convolver<Value>(description), Method::direct, "at most 48 taps"};
}

template Choice<float> choose(const Description&);
template Choice<double> choose(const Description&);
template Choice<std::complex<float>> choose(const Description&);
template Choice<std::complex<double>> choose(const Description&);

}  // namespace kindred::fftconv
