#define KINDRED_BESSEL_TARGET portable
#include "instruction_set.inc"

const kindred::kernels::bessel::InstructionSet kindred::kernels::bessel::portable_instructions{value, doubles, floats, solve_concentrations,
                                                                                               map_piecewise_exponential};
