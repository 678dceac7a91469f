#pragma once

#include <span>
#include <string>
#include <vector>

#include <kindred/core/registry/registry.hpp>

namespace kindred {

/// Plugin kind `kernel`: a real function of one or more real arguments, applied to arrays element by element.
/// Its arguments are the list parameters of its schema, in their order there; the other parameters choose among variants.
class ElementwiseKernel {
 public:
  virtual ~ElementwiseKernel() = default;
  /// out[i] = f(arguments[0][i], arguments[1][i], …). Each value depends on its own arguments only.
  /// @param arguments  each of `out.size()` elements, or of one, which then is used for all
  /// @param threads  0: one per core of this process
  /// @throws InputError if a size does not fit
  virtual void evaluate(std::span<const std::span<const double>> arguments, std::span<double> out, int threads) const = 0;
  virtual void evaluate(std::span<const std::span<const float>> arguments, std::span<float> out, int threads) const = 0;
};

template <>
struct PluginTraits<ElementwiseKernel> {
  static constexpr const char* kind = "kernel";
  using Arguments = void();
};

/// True for an entry that makes an ElementwiseKernel; kernels of another kind of work may be registered beside them.
bool is_elementwise(const Entry& entry);
/// Names of the kernel's arguments, in their order.
std::vector<std::string> argument_names(const Entry& entry);

}  // namespace kindred
