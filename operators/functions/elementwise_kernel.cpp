#include <kindred/operators/functions/elementwise_kernel.hpp>

namespace kindred {

bool is_elementwise(const Entry& entry) { return std::any_cast<Factory<ElementwiseKernel>>(&entry.factory) != nullptr; }

std::vector<std::string> argument_names(const Entry& entry) {
  std::vector<std::string> names;
  for (const ParameterInfo& parameter : entry.parameters) {
    if (parameter.type == ParameterType::real_list) {
      names.push_back(parameter.name);
    }
  }
  return names;
}

}  // namespace kindred
