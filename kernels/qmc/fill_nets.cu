#include <kindred/kernels/qmc/fill.cuh>

namespace kindred::qmc::device {

KINDRED_INSTANTIATE(LinearNet);
KINDRED_INSTANTIATE(OwenNet);
KINDRED_INSTANTIATE(NestedNet<std::uint32_t>);
KINDRED_INSTANTIATE(NestedNet<std::uint64_t>);

}  // namespace kindred::qmc::device
