#!/usr/bin/env bash
# Builds kernels/ alone with its CUDA twins and compares them with the CPU on this machine's GPU; with --bench, measures them too (--short:
# fewer sizes). Needs a compiler, CMake and nvcc, nothing else. Without nvcc or without a GPU it says so and exits 0. A short table of all
# tests comes last. Idempotent; the build is kept in build/gpu.
#   run.sh [--bench [--short]]
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
build="${KINDRED_GPU_BUILD:-$root/build/gpu}"
jobs="${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}"  # make's own choice, without a number, is all at once

nvcc="$(command -v nvcc || true)"
if [[ -z "$nvcc" && -x /usr/local/cuda/bin/nvcc ]]; then nvcc=/usr/local/cuda/bin/nvcc; fi
if [[ -z "$nvcc" ]]; then
  echo "GPU tests skipped: nvcc was not found (install the CUDA toolkit, or put nvcc on the path)."
  exit 0
fi

cmake -S "$root/tests/gpu" -B "$build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CUDA_COMPILER="$nvcc"
cmake --build "$build" --parallel "$jobs"
failed=0
ctest --test-dir "$build" --output-on-failure --parallel "$((jobs < 4 ? jobs : 4))" | tee "$build/ctest.log" || failed=1
skipped="$(grep -c "Skipped" "$build/ctest.log" || true)"

if [[ "${1:-}" == "--bench" && "$skipped" == 0 ]]; then
  for benchmark in "$build"/gpu_bench_*; do
    options=()
    if [[ "${2:-}" == "--short" && "$benchmark" == *_fftconv ]]; then options=(--short); fi
    "$benchmark" "${options[@]}" | tee "$benchmark.log"
  done
  if command -v python3 > /dev/null; then python3 "$root/tests/gpu/bench_pytorch.py" ${2:+"$2"} || true; fi
  sed -n '/milliseconds for/,$p' "$build/gpu_bench_fftconv.log"
fi

# "3/12 Test #4: gpu/test_qmc ..........   Passed   12.34 sec"
printf '\n%-32s %10s %9s\n' test result seconds
awk '/ Test +#[0-9]+: gpu\// {
  sub(/^.*Test +#[0-9]+: /, ""); name = $1; gsub(/\.+/, " "); result = "failed"
  if (/Passed/) result = "passed"; if (/Skipped/) result = "skipped"
  if (match($0, /[0-9]+ [0-9]+ sec/)) { seconds = substr($0, RSTART, RLENGTH); sub(/ /, ".", seconds); sub(/ sec/, "", seconds) }
  printf "%-32s %10s %9s\n", name, result, seconds
}' "$build/ctest.log"
if [[ "$skipped" != 0 ]]; then
  echo "GPU tests skipped: the CUDA sources compile, but this machine has no GPU to run them on."
elif command -v nvidia-smi > /dev/null; then
  nvidia-smi --query-gpu=name --format=csv,noheader | head -1
fi
exit "$failed"
