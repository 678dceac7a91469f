#define SCALAR float
#include "fused_emulation.inc"
