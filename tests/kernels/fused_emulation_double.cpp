#define SCALAR double
#include "fused_emulation.inc"
