#include <kindred/kernels/fftconv/plan.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <kindred/core/base/error.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/kernels/fftconv/axis.hpp>
#include <kindred/kernels/fftconv/choose.hpp>
#include <kindred/kernels/fftconv/kernel_arguments.hpp>
#include <kindred/kernels/fftconv/layout.hpp>
#include <kindred/kernels/fftconv/scalar.hpp>
#include <kindred/kernels/fftconv/workspace.hpp>

namespace kindred::fftconv {
namespace {

constexpr double least_seconds = 200e-6;  ///< of work that is worth a thread of its own

[[noreturn]] void refuse(const std::string& what) { throw InputError("Convolution: " + what); }

void require_size(const char* what, std::size_t given, Index wanted) {
  if (given != static_cast<std::size_t>(wanted)) {
    refuse(std::string(what) + " has " + std::to_string(given) + " numbers, but the description makes them " + std::to_string(wanted));
  }
}

/// Calls visit(place in memory, place in the dense array, count) for every row of an array that begins at `first`.
template <class Visit>
void for_rows(const Layout& layout, Index first, const Visit& visit) {
  Index dense = 0;
  for (Index i = 0; i < layout.extents[0]; ++i) {
    for (Index j = 0; j < layout.extents[1]; ++j, dense += layout.extents[2]) {
      visit(first + i * layout.strides[0] + j * layout.strides[1], dense);
    }
  }
}

/// dense ← gate ∘ array
template <class Value>
void gather(const Layout& layout, Index first, std::span<const Value> array, std::span<const Value> gate, Value* dense) {
  const Index step = layout.strides[2];
  for_rows(layout, first, [&](Index place, Index to) {
    const Value* const from = array.data() + place;
    for (Index k = 0; k < layout.extents[2]; ++k) {
      dense[to + k] = gate.empty() ? from[k * step] : multiply(gate[static_cast<std::size_t>(place + k * step)], from[k * step]);
    }
  });
}

/// array ← alpha gate ∘ dense + beta array; without beta, what the array holds is not read.
template <class Value>
void scatter(const Layout& layout, Index first, const Value* dense, const Operation<Value>& operation, std::span<Value> array) {
  const Index step = layout.strides[2];
  const bool scaled = operation.alpha != Value(1);
  const bool added = operation.beta != Value(0);
  for_rows(layout, first, [&](Index place, Index from) {
    for (Index k = 0; k < layout.extents[2]; ++k) {
      const auto at = static_cast<std::size_t>(place + k * step);
      Value value = dense[from + k];
      value = operation.post.empty() ? value : multiply(operation.post[at], value);
      value = scaled ? multiply(operation.alpha, value) : value;
      array[at] = added ? value + multiply(operation.beta, array[at]) : value;
    }
  });
}

/// Where the parts of a thread's workspace lie: the convolver's, then pointers to inputs and outputs, dense copies of inputs and of
/// outputs.
struct Slot {
  std::size_t convolver = 0;
  std::size_t in = 0;  ///< bytes of one copy, 0: not needed
  std::size_t out = 0;
  Index ins = 1;
  Index outs = 1;

  [[nodiscard]] std::size_t pointers() const { return aligned_bytes<void*>(ins + outs); }
  [[nodiscard]] std::size_t bytes() const {
    return convolver + pointers() + static_cast<std::size_t>(ins) * in + static_cast<std::size_t>(outs) * out;
  }
};

}  // namespace

template <class Value>
struct ConvolutionPlan<Value>::State {
  Description description;
  Layout in;
  Layout out;
  Choice<Value> choice;
  Report report;
  int threads = 1;
  bool has_kernel = false;
  std::size_t workspace_bytes = 0;

  explicit State(const Description& wanted) : description(wanted) {
    require(description);
    threads = description.threads == 0 ? available_cores() : description.threads;
    in = layout_of(description.in, "in", description.data, description.batch, description.inputs);
    out = layout_of(description.out, "out", output_extents(description), description.batch, 1);
    choice = choose<Value>(description);
    report = choice.convolver->describe();
    workspace_bytes = static_cast<std::size_t>(slots()) * std::max(slot(false, false, false).bytes(), slot(true, false, false).bytes());
  }

  /// Whole arrays go to threads if there are enough of them; otherwise the threads work on one array after the other.
  [[nodiscard]] bool arrays_in_parallel() const { return threads > 1 && description.batch >= threads; }
  /// For one array.
  [[nodiscard]] int threads_worth_starting() const {
    return static_cast<int>(std::clamp(report.predicted_seconds / least_seconds, 1.0, static_cast<double>(threads)));
  }
  [[nodiscard]] int slots() const { return arrays_in_parallel() ? threads : 1; }

  [[nodiscard]] Slot slot(bool adjoint, bool copy_in, bool copy_out) const {
    const Layout& from = adjoint ? out : in;
    const Layout& to = adjoint ? in : out;
    const std::size_t convolver = choice.convolver->workspace_bytes(arrays_in_parallel() ? 1 : threads);
    return {.convolver = (convolver + line_bytes - 1) / line_bytes * line_bytes,
            .in = copy_in || !from.contiguous ? aligned_bytes<Value>(from.numbers()) : 0,
            .out = copy_out || !to.contiguous ? aligned_bytes<Value>(to.numbers()) : 0,
            .ins = adjoint ? 1 : description.inputs,
            .outs = adjoint ? description.inputs : 1};
  }

  void run(bool adjoint, std::span<const Value> from, std::span<Value> to, const Operation<Value>& operation,
           std::span<std::byte> workspace) const;
  void array(bool adjoint, Index number, std::span<const Value> from, std::span<Value> to, const Operation<Value>& operation,
             const Slot& slot, std::byte* workspace) const;
  void require_call(bool adjoint, std::span<const Value> from, std::span<Value> to, const Operation<Value>& operation,
                    std::span<std::byte> workspace) const;
};

template <class Value>
void ConvolutionPlan<Value>::State::require_call(bool adjoint, std::span<const Value> from, std::span<Value> to,
                                                 const Operation<Value>& operation, std::span<std::byte> workspace) const {
  const Layout& source = adjoint ? out : in;
  const Layout& target = adjoint ? in : out;
  if (!has_kernel) {
    refuse("no kernel has been set: call set_kernel(), set_spectrum() or set_multiplier() first");
  }
  require_size("in", from.size(), source.reach);
  require_size("out", to.size(), target.reach);
  if (!operation.pre.empty()) {
    require_size("pre", operation.pre.size(), source.reach);
  }
  if (!operation.post.empty()) {
    require_size("post", operation.post.size(), target.reach);
  }
  if (!target.disjoint) {
    refuse("the strides of in let numbers share places, so that the adjoint has nowhere to put its results: describe disjoint ones");
  }
  const bool overlap = from.data() < to.data() + to.size() && to.data() < from.data() + from.size();
  if (overlap && (from.data() == to.data() || (source.contiguous && target.contiguous))) {
    refuse("in and out share memory: give out memory of its own");
  }
  if (!workspace.empty() && workspace.size() < workspace_bytes) {
    refuse("the workspace has " + std::to_string(workspace.size()) + " bytes of " + std::to_string(workspace_bytes) +
           ": give workspace_bytes() or none");
  }
  if (reinterpret_cast<std::uintptr_t>(workspace.data()) % line_bytes != 0) {
    refuse("the workspace does not begin at a multiple of 64 bytes: align it");
  }
}

template <class Value>
void ConvolutionPlan<Value>::State::run(bool adjoint, std::span<const Value> from, std::span<Value> to, const Operation<Value>& operation,
                                        std::span<std::byte> workspace) const {
  require_call(adjoint, from, to, operation, workspace);
  const Slot needed = slot(adjoint, !operation.pre.empty(), operation.beta != Value(0));
  const std::size_t bytes = static_cast<std::size_t>(slots()) * needed.bytes();
  LineVector<std::byte> own(bytes > workspace.size() ? bytes : 0);
  std::byte* const memory = own.empty() ? workspace.data() : own.data();
  const auto arrays = [&](Index begin, Index end, std::byte* place) {
    for (Index number = begin; number < end; ++number) {
      array(adjoint, number, from, to, operation, needed, place);
    }
  };
  if (!arrays_in_parallel()) {
    arrays(0, description.batch, memory);
    return;
  }
  const auto grain = static_cast<Index>(std::ceil(least_seconds / std::max(report.predicted_seconds, 1e-9)));
  const Index parts = std::clamp<Index>(description.batch / std::max<Index>(grain, 1), 1, threads);
  parallel(parts, 1, threads, [&](Index begin, Index end) {
    for (Index part = begin; part < end; ++part) {
      arrays(description.batch * part / parts, description.batch * (part + 1) / parts,
             memory + static_cast<std::size_t>(part) * needed.bytes());
    }
  });
}

template <class Value>
void ConvolutionPlan<Value>::State::array(bool adjoint, Index number, std::span<const Value> from, std::span<Value> to,
                                          const Operation<Value>& operation, const Slot& slot, std::byte* workspace) const {
  const Layout& source = adjoint ? out : in;
  const Layout& target = adjoint ? in : out;
  const Index first_kernel = description.kernel_per_array ? number * description.inputs : 0;
  const int inner_threads = arrays_in_parallel() ? 1 : threads_worth_starting();
  std::byte* const pointers = workspace + slot.convolver;
  const std::span inputs(reinterpret_cast<const Value**>(pointers), static_cast<std::size_t>(slot.ins));
  const std::span outputs(reinterpret_cast<Value**>(pointers + static_cast<std::size_t>(slot.ins) * sizeof(void*)),
                          static_cast<std::size_t>(slot.outs));
  std::byte* place = workspace + slot.convolver + slot.pointers();
  for (Index j = 0; j < slot.ins; ++j) {
    if (slot.in == 0) {
      inputs[static_cast<std::size_t>(j)] = from.data() + source.array(number, j);
      continue;
    }
    auto* const copy = reinterpret_cast<Value*>(place);
    gather(source, source.array(number, j), from, operation.pre, copy);
    inputs[static_cast<std::size_t>(j)] = copy;
    place += slot.in;
  }
  for (Index j = 0; j < slot.outs; ++j, place += slot.out) {
    outputs[static_cast<std::size_t>(j)] = slot.out == 0 ? to.data() + target.array(number, j) : reinterpret_cast<Value*>(place);
  }
  if (adjoint) {
    choice.convolver->apply_adjoint(inputs[0], first_kernel, outputs, workspace, inner_threads);
  } else {
    choice.convolver->apply(inputs, first_kernel, outputs[0], workspace, inner_threads);
  }
  if (slot.out != 0 || !operation.post.empty() || operation.alpha != Value(1)) {
    for (Index j = 0; j < slot.outs; ++j) {
      scatter(target, target.array(number, j), outputs[static_cast<std::size_t>(j)], operation, to);
    }
  }
}

template <class Value>
ConvolutionPlan<Value>::ConvolutionPlan(const Description& description) : state_(std::make_unique<State>(description)) {}
template <class Value>
ConvolutionPlan<Value>::~ConvolutionPlan() = default;
template <class Value>
ConvolutionPlan<Value>::ConvolutionPlan(ConvolutionPlan&&) noexcept = default;
template <class Value>
ConvolutionPlan<Value>& ConvolutionPlan<Value>::operator=(ConvolutionPlan&&) noexcept = default;

template <class Value>
void ConvolutionPlan<Value>::set_kernel(std::span<const Value> taps) {
  const Description& d = state_->description;
  const Index kernels = (d.kernel_per_array ? d.batch : 1) * d.inputs;
  require_kernel(d, taps);
  state_->choice.convolver->set_kernel(taps, kernels);
  state_->has_kernel = true;
}

template <class Value>
void ConvolutionPlan<Value>::set_spectrum(std::span<const std::complex<Real<Value>>> spectrum) {
  const Description& d = state_->description;
  require_spectrum<Value>(d, spectrum);
  if (d.kernel != d.data) {  // planned for a shorter kernel
    Description whole = d;
    whole.kernel = d.data;
    state_ = std::make_unique<State>(whole);
  }
  state_->choice.convolver->set_spectrum(spectrum);
  state_->has_kernel = true;
}

template <class Value>
void ConvolutionPlan<Value>::set_multiplier(const Multiplier& multiplier) {
  const std::array<Index, 3> data = geometry_of(state_->description).data();
  const auto wave_number = [](Index k, Index extent) { return k <= extent / 2 ? k : k - extent; };
  std::vector<std::complex<Real<Value>>> spectrum;
  const Index axes = static_cast<Index>(state_->description.data.size());
  for (Index i = 0; i < data[0]; ++i) {
    for (Index j = 0; j < data[1]; ++j) {
      for (Index k = 0; k < (is_complex<Value> ? data[2] : data[2] / 2 + 1); ++k) {
        const std::array<Index, 3> waves = {wave_number(i, data[0]), wave_number(j, data[1]), wave_number(k, data[2])};
        std::array<Index, 3> given{};
        std::copy(waves.end() - axes, waves.end(), given.begin());
        spectrum.push_back(static_cast<std::complex<Real<Value>>>(multiplier(given)));
      }
    }
  }
  set_spectrum(spectrum);
}

template <class Value>
void ConvolutionPlan<Value>::apply(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation,
                                   std::span<std::byte> workspace) const {
  state_->run(false, in, out, operation, workspace);
}

template <class Value>
void ConvolutionPlan<Value>::apply_adjoint(std::span<const Value> in, std::span<Value> out, const Operation<Value>& operation,
                                           std::span<std::byte> workspace) const {
  state_->run(true, in, out, operation, workspace);
}

template <class Value>
const Description& ConvolutionPlan<Value>::description() const {
  return state_->description;
}

template <class Value>
std::size_t ConvolutionPlan<Value>::workspace_bytes() const {
  return state_->workspace_bytes;
}

template <class Value>
Report ConvolutionPlan<Value>::describe() const {
  Report report = state_->choice.convolver->describe();
  report.method = state_->choice.method;
  report.reason = state_->choice.reason;
  report.workspace_bytes = state_->workspace_bytes / static_cast<std::size_t>(state_->slots());
  report.predicted_bytes *= static_cast<double>(state_->description.batch);
  report.predicted_seconds *= static_cast<double>(state_->description.batch);
  return report;
}

template class ConvolutionPlan<float>;
template class ConvolutionPlan<double>;
template class ConvolutionPlan<std::complex<float>>;
template class ConvolutionPlan<std::complex<double>>;

}  // namespace kindred::fftconv
