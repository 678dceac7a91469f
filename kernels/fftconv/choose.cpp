#include <kindred/kernels/fftconv/choose.hpp>

#include <cstdio>

#include <kindred/core/base/error.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/cost_model.hpp>
#include <kindred/kernels/fftconv/direct.hpp>
#include <kindred/kernels/fftconv/fftw_convolver.hpp>
#include <kindred/kernels/fftconv/grid/grid_convolver.hpp>
#include <kindred/kernels/fftconv/sequence_convolver.hpp>

namespace kindred::fftconv {
namespace {

constexpr Index hybrid_residues = 2;  // rows of the size of the data

[[noreturn]] void refuse_axes(const char* method) {
  throw InputError(std::string("Convolution: method ") + method + " takes one axis: choose hybrid, direct, fftw or automatic");
}

template <class Value>
Choice<Value> asked_for(const Description& description) {
  const bool line = description.data.size() == 1;
  const Axis axis = geometry_of(description).axes[2];
  const auto sequence = [&](const SequenceShape& shape) {
    return Choice<Value>{make_sequence_convolver<Value>(description, shape), description.method, "asked for"};
  };
  switch (description.method) {
    case Method::direct:
      return {make_direct_convolver<Value>(description), Method::direct, "asked for"};
    case Method::fftw:
      return {make_fftw_convolver<Value>(description), Method::fftw, "asked for"};
    case Method::fft:
      return line ? sequence(whole_shape<Value>(axis, 1)) : (refuse_axes("fft"), Choice<Value>{});
    case Method::overlap_save:
      return line ? sequence(block_shape<Value>(axis)) : (refuse_axes("overlap_save"), Choice<Value>{});
    case Method::hybrid:
      return line ? sequence(whole_shape<Value>(axis, hybrid_residues))
                  : Choice<Value>{make_grid_convolver<Value>(description), Method::hybrid, "asked for"};
    case Method::automatic:
      break;
  }
  throw InputError("Convolution: unknown method: choose one of Method");
}

std::string quickest(double seconds, double next) {
  char text[128];
  std::snprintf(text, sizeof(text), "quickest by the cost model: %.3g us for an array and an input, the next method %.3g us", 1e6 * seconds,
                1e6 * next);
  return text;
}

template <class Value>
Choice<Value> choose_for_line(const Description& description, const Geometry& geometry) {
  const Axis& axis = geometry.axes[2];
  const SequenceShape whole = whole_shape<Value>(axis, 1);
  const SequenceShape blocks = block_shape<Value>(axis);
  const double direct = direct_seconds<Value>(geometry);
  if (direct <= std::min(whole.seconds, blocks.seconds)) {
    return {make_direct_convolver<Value>(description), Method::direct, quickest(direct, std::min(whole.seconds, blocks.seconds))};
  }
  if (whole.seconds <= blocks.seconds) {
    return {make_sequence_convolver<Value>(description, whole), Method::fft, quickest(whole.seconds, std::min(direct, blocks.seconds))};
  }
  return {make_sequence_convolver<Value>(description, blocks), Method::overlap_save,
          quickest(blocks.seconds, std::min(direct, whole.seconds))};
}

}  // namespace

template <class Value>
Choice<Value> choose(const Description& description) {
  if (description.method != Method::automatic) {
    return asked_for<Value>(description);
  }
  const Geometry geometry = geometry_of(description);
  if (geometry.count == 1) {
    return choose_for_line<Value>(description, geometry);
  }
  auto grid = make_grid_convolver<Value>(description);
  const double direct = direct_seconds<Value>(geometry) * static_cast<double>(description.inputs);
  const double seconds = grid->describe().predicted_seconds;
  if (direct <= seconds) {
    return {make_direct_convolver<Value>(description), Method::direct, quickest(direct, seconds)};
  }
  return {std::move(grid), Method::hybrid, quickest(seconds, direct)};
}

template Choice<float> choose(const Description&);
template Choice<double> choose(const Description&);
template Choice<std::complex<float>> choose(const Description&);
template Choice<std::complex<double>> choose(const Description&);

}  // namespace kindred::fftconv
