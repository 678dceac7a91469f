#!/usr/bin/env bash
# Compiles a CUDA file for the supported GPUs, prints the registers of its kernels and fails if one spills registers or uses local memory.
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
  c++filt < "$folder/$arch.log" | awk -v arch="$arch" '
    /Compiling entry function/ { split($0, quoted, "\047"); name = quoted[2]; gsub(/^void |\(anonymous namespace\)::/, "", name); sub(/>\(.*/, ">", name) }
    /bytes stack frame/ { stack += $1; stores += $5; loads += $9 }
    /Used [0-9]+ registers/ {
      ++kernels
      for (i = 1; i < NF; ++i) if ($i == "Used") used = $(i + 1)
      if (used > most) most = used
      printf "sm_%s: %3d registers  %s\n", arch, used, name
    }
    END {
      printf "sm_%s: %d kernels, at most %d registers, %d bytes of stack, %d + %d bytes spilled\n", arch, kernels, most, stack, stores, loads
      exit kernels == 0 || stack + stores + loads > 0
    }' || bad=1
done
exit "$bad"
