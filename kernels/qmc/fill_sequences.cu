#include <kindred/kernels/qmc/fill.cuh>

namespace kindred::qmc::device {

KINDRED_INSTANTIATE(Additive<true>);
KINDRED_INSTANTIATE(Additive<false>);
KINDRED_INSTANTIATE(Halton);
KINDRED_INSTANTIATE(NestedHalton);
KINDRED_INSTANTIATE(Independent);

}  // namespace kindred::qmc::device
