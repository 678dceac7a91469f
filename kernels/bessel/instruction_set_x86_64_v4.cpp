#define KINDRED_BESSEL_TARGET x86_64_v4
#include <kindred/kernels/bessel/instruction_set.hpp>

#if defined(KINDRED_BESSEL_X86_64)
#include "instruction_set.inc"

const kindred::kernels::bessel::InstructionSet kindred::kernels::bessel::x86_64_v4_instructions{
    value, doubles, floats, solve_concentrations, map_piecewise_exponential};
#endif
