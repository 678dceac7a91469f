#pragma once

#include <algorithm>

#include <kindred/kernels/fftconv/cuda/callbacks.hpp>
#include <kindred/kernels/fftconv/cuda/planes.hpp>
#include <kindred/kernels/fftconv/cuda/shape.hpp>
#include <kindred/kernels/fftconv/plan.hpp>

// Which steps and transforms make a convolution, and in what sequence. An Executor carries them out: a GPU's stream, or a loop over
// imagined threads. It has
//   Fft                                    a planned Transform
//   Fft plan(Transform, Callbacks)
//   void transform(const Fft&, void* data)
//   void run(step)                         all rows and columns of a step
//   void exchange(PlaneExchange<Real>)
//   void set_callbacks(CallbackData<Value>)

namespace kindred::fftconv::device {

/// What takes the place of a transform's loads and stores.
enum class LoadCallback { none, padded, product };
struct Callbacks {
  LoadCallback load = LoadCallback::none;
  bool store = false;
};

/// Transforms of kernels in device memory, Complex<Real> or Real.
struct FactorTable {
  TableShape shape;
  const void* values = nullptr;
  bool real = false;
};

/// f(Table<Real>) or f(Table<Complex<Real>>)
template <class Value, class F>
void with_table(const FactorTable& table, const F& f) {
  using Real = typename ElementOf<Value>::Real;
  if constexpr (std::is_same_v<Value, Real>) {
    if (table.real) {
      f(Table<Real>{static_cast<const Real*>(table.values), table.shape});
      return;
    }
  }
  f(Table<Complex<Real>>{static_cast<const Complex<Real>*>(table.values), table.shape});
}

/// Kernels `first` … `first + kernels − 1` into rows of `slots` padded arrays.
template <class Value>
PlaceTaps<Element<Value>> placed_taps(const PaddedShape& shape, const Value* taps, Index first, Index kernels, const PaddedRows& padded,
                                      Index slots, void* to) {
  PlaceTaps<Element<Value>> place;
  place.taps = elements(taps) + first * product(shape.geometry.taps());
  for (std::size_t axis = 0; axis < 3; ++axis) {
    place.extents[axis] = shape.geometry.axes[axis].taps;
    place.periods[axis] = shape.period[axis];
    place.first[axis] = shape.geometry.axes[axis].first % shape.period[axis];
  }
  place.kernels = kernels;
  place.padded = padded;
  place.slots = slots;
  place.to = static_cast<Element<Value>*>(to);
  return place;
}

template <class Value>
typename ElementOf<Value>::Real scale_of(const PaddedShape& shape) {
  return static_cast<typename ElementOf<Value>::Real>(1.0 / static_cast<double>(product(shape.period)));
}

/// Fills a table.
/// @param taps  kernels as relevant_taps(); buffer: `slots` padded arrays, to: room for the table
template <class Value, class Executor>
void transform_kernels(Executor& executor, const PaddedShape& shape, Index slots, const Value* taps, void* buffer, const FactorTable& table,
                       void* to) {
  using Real = typename ElementOf<Value>::Real;
  const auto forward = executor.plan(shape.transform(slots, shape.slot(), false), Callbacks{});
  for (Index first = 0; first < shape.kernels(); first += slots) {
    const Index kernels = std::min(slots, shape.kernels() - first);
    executor.run(placed_taps(shape, taps, first, kernels, shape.padded_rows(), slots, buffer));
    executor.transform(forward, buffer);
    with_table<Value>(table, [&]<class Factor>(const Table<Factor>&) {
      executor.run(TakeTable<Real, Factor>{static_cast<const Complex<Real>*>(buffer),
                                           {shape.period[0], shape.period[1], shape.waves},
                                           kernels,
                                           scale_of<Value>(shape),
                                           table.shape,
                                           static_cast<Factor*>(to) + first * table.shape.of_kernel});
    });
  }
}

/// Complex numbers that transform_even_kernels() wants: the pencils of a quarter of the rows, and a group of planes.
inline Index even_kernel_numbers(const PaddedShape& shape, Index planes) {
  return (shape.period[0] / 2 + 1) * (shape.period[1] / 2 + 1) * shape.waves + planes * shape.period[0] * shape.period[1];
}

/// transform_kernels() for kernels that are even along every axis, a group of planes at a time.
/// @param buffer  even_kernel_numbers()
template <class Value, class Executor>
void transform_even_kernels(Executor& executor, const PaddedShape& shape, Index planes, const Value* taps, void* buffer,
                            const FactorTable& table, void* to) {
  using Real = typename ElementOf<Value>::Real;
  const PaddedRows quarter(shape.period[0] / 2 + 1, shape.period[1] / 2 + 1, shape.period[2], shape.pitch);
  const Index columns = planes * shape.period[1];
  const auto plan = [&](Index extent, Index batch, Index distance, Index stride, bool real) {
    return executor.plan(Transform{1, {1, 1, extent}, batch, distance, stride, real, shape.single, false}, Callbacks{});
  };
  const auto last = plan(shape.period[2], quarter.of_slot(), shape.waves, 1, shape.real);
  const auto middle = plan(shape.period[1], shape.period[0] * planes, shape.period[1], 1, false);
  const auto first = plan(shape.period[0], columns, 1, columns, false);
  auto* const pencils = static_cast<Complex<Real>*>(buffer);
  auto* const group = pencils + quarter.of_slot() * shape.waves;
  for (Index kernel = 0; kernel < shape.kernels(); ++kernel) {
    executor.run(placed_taps(shape, taps, kernel, 1, quarter, 1, buffer));
    executor.transform(last, pencils);
    for (Index wave = 0; wave < table.shape.extents[2]; wave += planes) {
      const PlaneGroup where{{shape.period[0], shape.period[1]}, planes, WideDivisor(planes), wave, shape.waves, shape.waves};
      executor.run(UnfoldPlanes<Real>{where, pencils, group});
      executor.transform(middle, group);
      executor.transform(first, group);
      with_table<Value>(table, [&]<class Factor>(const Table<Factor>&) {
        executor.run(TakePlanes<Real, Factor>{where, group, scale_of<Value>(shape), table.shape,
                                              static_cast<Factor*>(to) + kernel * table.shape.of_kernel});
      });
    }
  }
}

/// One application.
template <class Value>
struct Application {
  const Value* in = nullptr;
  Value* out = nullptr;
  Operation<Value> operation;
  bool adjoint = false;
};

template <class Value>
const Element<Value>* gate_of(std::span<const Value> gate) {
  return gate.empty() ? nullptr : elements(gate.data());
}

template <class Value>
Source<Element<Value>> source_of(const PaddedShape& shape, const Application<Value>& what, Index first, Index count) {
  const Layout& layout = what.adjoint ? shape.out : shape.in;
  return {elements(what.in), gate_of(what.operation.pre), Places(layout, what.adjoint ? 1 : shape.inputs, first, count)};
}

template <class Value>
Target<Element<Value>> target_of(const PaddedShape& shape, const Application<Value>& what, Index first, Index count) {
  const Layout& layout = what.adjoint ? shape.in : shape.out;
  return {elements(what.out), gate_of(what.operation.post), element(what.operation.alpha), element(what.operation.beta),
          Places(layout, what.adjoint ? shape.inputs : 1, first, count)};
}

/// Padded arrays transformed along all axes, a chunk at a time.
template <class Value, class Executor>
class ArrayPipeline {
 public:
  using Number = Element<Value>;
  using Real = typename ElementOf<Value>::Real;

  ArrayPipeline(Executor& executor, const PaddedShape& shape, Index arrays, bool callbacks)
      : shape_(shape), arrays_(arrays), callbacks_(callbacks) {
    const Index slot = shape.slot();
    const auto plan = [&](Index batch, Index distance, bool inverse) {
      const Callbacks use = !callbacks ? Callbacks{} : inverse ? Callbacks{LoadCallback::product, true} : Callbacks{LoadCallback::padded};
      return executor.plan(shape.transform(batch, distance, inverse), use);
    };
    forward_ = plan(arrays * shape.inputs, slot, false);
    inverse_ = plan(arrays, slot * shape.inputs, true);
    adjoint_forward_ = shape.inputs == 1 ? forward_ : plan(arrays, slot, false);
    adjoint_inverse_ = shape.inputs == 1 ? inverse_ : plan(arrays * shape.inputs, slot, true);
  }

  [[nodiscard]] Index arrays() const { return arrays_; }
  [[nodiscard]] std::size_t workspace_bytes() const {
    return static_cast<std::size_t>(arrays_ * shape_.slots_of_array()) * shape_.slot_bytes();
  }

  void apply(Executor& executor, const Application<Value>& what, const FactorTable& table, void* workspace) const {
    auto* const spectra = static_cast<Complex<Real>*>(workspace);
    const Index inputs = shape_.inputs;
    Complex<Real>* const products = what.adjoint && inputs > 1 ? spectra + arrays_ * shape_.slot() : spectra;
    const Index out_step = what.adjoint ? 1 : inputs;
    for (Index first = 0; first < shape_.batch; first += arrays_) {
      const Index count = std::min(arrays_, shape_.batch - first);
      const auto source = source_of(shape_, what, first, count);
      const auto target = target_of(shape_, what, first, count);
      const ProductShape product{shape_.spectrum_rows(),  count,       first, source.places.inputs, target.places.inputs,
                                 target.places.by_inputs, what.adjoint};
      const auto& forward = what.adjoint ? adjoint_forward_ : forward_;
      const auto& inverse = what.adjoint ? adjoint_inverse_ : inverse_;
      const PaddedRows padded = shape_.padded_rows();
      if (callbacks_) {
        executor.set_callbacks(CallbackData<Value>{PaddedOffsets(padded, 1), source, PaddedOffsets(product.spectrum, out_step),
                                                   Divisor(product.outputs), spectra, product, table.shape, table.values, table.real,
                                                   PaddedOffsets(padded, out_step), target});
        executor.transform(forward, spectra);
        executor.transform(inverse, products);
      } else {
        executor.run(Pad<Number>{source, padded, arrays_ * product.terms, reinterpret_cast<Number*>(spectra)});
        executor.transform(forward, spectra);
        with_table<Value>(table, [&]<class Factor>(const Table<Factor>& factors) {
          executor.run(Multiply<Real, Factor>{spectra, products, out_step, product, factors});
        });
        executor.transform(inverse, products);
        executor.run(Crop<Number>{reinterpret_cast<const Number*>(products), padded, out_step, target});
      }
    }
  }

 private:
  PaddedShape shape_;
  Index arrays_;
  bool callbacks_;
  typename Executor::Fft forward_;
  typename Executor::Fft inverse_;
  typename Executor::Fft adjoint_forward_;
  typename Executor::Fft adjoint_inverse_;
};

/// Three axes, one input, an array at a time: the last axis of all pencils, then groups of planes to the end.
template <class Value, class Executor>
class PlanePipeline {
 public:
  using Number = Element<Value>;
  using Real = typename ElementOf<Value>::Real;

  PlanePipeline(Executor& executor, const PaddedShape& shape, Index planes, bool callbacks)
      : shape_(shape), planes_(planes), callbacks_(callbacks) {
    const std::array<Index, 3> extents[2] = {shape.geometry.data(), shape.geometry.outputs()};
    for (int side = 0; side < 2; ++side) {
      const Index pencils = extents[side][0] * extents[side][1];
      const Index rows = extents[side][0] * planes;
      const Transform last{1, {1, 1, shape.period[2]}, pencils, shape.waves, 1, shape.real, shape.single, false};
      const Transform middle{1, {1, 1, shape.period[1]}, rows, shape.period[1], 1, false, shape.single, false};
      const bool again = side == 1 && extents[1] == extents[0];  // plans with callbacks take seconds
      there_[side] = again ? there_[0] : executor.plan(last, callbacks ? Callbacks{LoadCallback::padded} : Callbacks{});
      back_[side] = again ? back_[0] : executor.plan(inverse(last), callbacks ? Callbacks{LoadCallback::none, true} : Callbacks{});
      middle_there_[side] = executor.plan(middle, Callbacks{});
      middle_back_[side] = executor.plan(inverse(middle), Callbacks{});
      pencils_ = std::max(pencils_, pencils);
    }
    const Index columns = planes * shape.period[1];
    const Transform first{1, {1, 1, shape.period[0]}, columns, 1, columns, false, shape.single, false};
    first_there_ = executor.plan(first, Callbacks{});
    first_back_ = executor.plan(inverse(first), Callbacks{});
  }

  [[nodiscard]] std::size_t workspace_bytes() const {
    return sizeof(Complex<Real>) * static_cast<std::size_t>(pencil_numbers() + plane_numbers());
  }

  void apply(Executor& executor, const Application<Value>& what, const FactorTable& table, void* workspace) const {
    auto* const pencils = static_cast<Complex<Real>*>(workspace);
    const int from = what.adjoint ? 1 : 0;
    const int to = 1 - from;
    for (Index array = 0; array < shape_.batch; ++array) {
      const auto source = source_of(shape_, what, array, 1);
      const auto target = target_of(shape_, what, array, 1);
      const PaddedRows there = pencil_rows(source.places);
      const PaddedRows back = pencil_rows(target.places);
      if (callbacks_) {
        CallbackData<Value> data;
        data.padded_in = PaddedOffsets(there, 1);
        data.source = source;
        data.padded_out = PaddedOffsets(back, 1);
        data.target = target;
        executor.set_callbacks(data);
      } else {
        executor.run(Pad<Number>{source, there, 1, reinterpret_cast<Number*>(pencils)});
      }
      executor.transform(there_[from], pencils);
      for (Index wave = 0; wave < shape_.waves; wave += planes_) {
        convolve_planes(executor, {{shape_.period[0], shape_.period[1]}, planes_, WideDivisor(planes_), wave, shape_.waves, shape_.waves},
                        source.places, target.places, table, shape_.per_array ? array : 0, what.adjoint, pencils);
      }
      executor.transform(back_[to], pencils);
      if (!callbacks_) {
        executor.run(Crop<Number>{reinterpret_cast<const Number*>(pencils), back, 1, target});
      }
    }
  }

 private:
  static Transform inverse(Transform transform) {
    transform.inverse = true;
    return transform;
  }
  /// A multiple of 16 numbers, so that planes are aligned.
  [[nodiscard]] Index pencil_numbers() const { return (pencils_ * shape_.waves + 15) / 16 * 16; }
  [[nodiscard]] Index plane_numbers() const { return planes_ * shape_.period[0] * shape_.period[1]; }
  [[nodiscard]] PaddedRows pencil_rows(const Places& places) const {
    return {places.extents[0], places.extents[1], shape_.period[2], shape_.pitch};
  }

  void convolve_planes(Executor& executor, const PlaneGroup& group, const Places& in, const Places& out, const FactorTable& table,
                       Index kernel, bool adjoint, Complex<Real>* pencils) const {
    Complex<Real>* const planes = pencils + pencil_numbers();
    const int from = adjoint ? 1 : 0;
    executor.exchange(PlaneExchange<Real>{group, in.extents[0], in.extents[1], pencils, planes, true});
    executor.transform(middle_there_[from], planes);
    executor.transform(first_there_, planes);
    with_table<Value>(table, [&]<class Factor>(const Table<Factor>& factors) {
      executor.run(MultiplyPlanes<Real, Factor>{group, planes, factors, kernel, adjoint});
    });
    executor.transform(first_back_, planes);
    executor.transform(middle_back_[1 - from], planes);
    executor.exchange(PlaneExchange<Real>{group, out.extents[0], out.extents[1], pencils, planes, false});
  }

  PaddedShape shape_;
  Index planes_;
  bool callbacks_;
  Index pencils_ = 0;
  typename Executor::Fft there_[2];
  typename Executor::Fft back_[2];
  typename Executor::Fft middle_there_[2];
  typename Executor::Fft middle_back_[2];
  typename Executor::Fft first_there_;
  typename Executor::Fft first_back_;
};

}  // namespace kindred::fftconv::device
