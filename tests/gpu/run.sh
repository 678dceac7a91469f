#!/usr/bin/env bash
# Builds kernels/ alone with its CUDA twins and compares them with the CPU on this machine's GPU; with --bench, measures them too. Needs
# a compiler, CMake and nvcc, nothing else. Without nvcc or without a GPU it says so and exits 0. Idempotent; the build is kept in build/gpu.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
build="${KINDRED_GPU_BUILD:-$root/build/gpu}"

nvcc="$(command -v nvcc || true)"
if [[ -z "$nvcc" && -x /usr/local/cuda/bin/nvcc ]]; then nvcc=/usr/local/cuda/bin/nvcc; fi
if [[ -z "$nvcc" ]]; then
  echo "GPU tests skipped: nvcc was not found (install the CUDA toolkit, or put nvcc on the path)."
  exit 0
fi

cmake -S "$root/tests/gpu" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CUDA_COMPILER="$nvcc"
cmake --build "$build" --parallel
ctest --test-dir "$build" --output-on-failure --parallel 4 | tee "$build/ctest.log"
if grep -q "(Skipped)" "$build/ctest.log"; then
  echo "GPU tests skipped: the CUDA sources compile, but this machine has no GPU to run them on."
elif [[ "${1:-}" == "--bench" ]]; then
  for benchmark in "$build"/gpu_bench_*; do
    "$benchmark"
  done
fi
