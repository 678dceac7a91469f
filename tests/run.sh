#!/usr/bin/env bash
# run.sh [ctest arguments]: installs what is missing, builds, and runs every test. Quick the second time.
# KINDRED_PRESET chooses the CMake preset (default ci; asan and ubsan are the sanitizers').
set -euo pipefail
cd "$(dirname "$0")/.."

preset=${KINDRED_PRESET:-ci}
bash cmake/install-packages.sh build test
cmake --preset "$preset"
cmake --build --preset "$preset"
ctest --preset "$preset" -j "$(nproc)" "$@"
