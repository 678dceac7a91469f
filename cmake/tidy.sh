#!/usr/bin/env bash
# tidy.sh [FILE…]: clang-tidy with the project's configuration over all of our C++ sources (or the files given).
# Needs a configured build in build/ci (cmake --preset ci) and clang-tidy 15 or newer: 14, Debian's default, cannot read <source_location>.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ -f build/ci/compile_commands.json ]] || cmake --preset ci >/dev/null
tidy=$(command -v clang-tidy-16 || command -v clang-tidy-15 || command -v clang-tidy)
files=("$@")
if ((${#files[@]} == 0)); then
  mapfile -t files < <(git ls-files 'src/*.cpp' 'kernels/*.cpp' 'operators/*.cpp' 'solvers/*.cpp' 'data/*.cpp' 'apps/main.cpp' 'apps/generate/*.cpp' 'apps/verbs/*.cpp')
fi
printf '%s\n' "${files[@]}" | xargs -P "$(nproc)" -n 1 "$tidy" -p build/ci --quiet --extra-arg=-Wno-unknown-warning-option --extra-arg=-Wno-unknown-pragmas
