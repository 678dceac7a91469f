#include <kindred/kernels/qmc/fill.cuh>

namespace kindred::qmc::device {

KINDRED_INSTANTIATE(Interlaced<OwenNet>);
KINDRED_INSTANTIATE(Interlaced<NestedNet<std::uint32_t>>);
KINDRED_INSTANTIATE(Interlaced<NestedNet<std::uint64_t>>);

}  // namespace kindred::qmc::device
