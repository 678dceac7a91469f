#!/usr/bin/env bash
# Compiles a CUDA file for the supported GPUs and fails if a kernel spills registers or uses local memory.
#   spills.sh NVCC INCLUDE_FOLDER SOURCE OPTIONS...
set -euo pipefail
nvcc="$1" include="$2" source="$3"
shift 3
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT

for arch in 80 90; do
  "$nvcc" -arch="sm_$arch" -std=c++20 -I "$include" "$@" -Xptxas -v -cubin -o "$folder/$arch.cubin" "$source" 2> "$folder/$arch.log" &
done
for job in $(jobs -p); do
  wait "$job" || { cat "$folder"/*.log; exit 1; }
done

bad=0
for arch in 80 90; do
  # One line a kernel: registers, stack, spill stores, spill loads (bytes). Functions that are called have lines of the first kind alone.
  awk -v arch="$arch" '
    /bytes stack frame/ { stack += $1; stores += $5; loads += $9 }
    /Used [0-9]+ registers/ {
      ++kernels
      for (i = 1; i < NF; ++i) if ($i == "Used" && $(i + 1) > most) most = $(i + 1)
    }
    END {
      printf "sm_%s: %d kernels, at most %d registers, %d bytes of stack, %d + %d bytes spilled\n", arch, kernels, most, stack, stores, loads
      exit kernels == 0 || stack + stores + loads > 0
    }' "$folder/$arch.log" || bad=1
done
exit "$bad"
