#!/usr/bin/env bash
# memory.sh: the core tests under valgrind; leaks of third-party start-up code are not counted.
set -euo pipefail
cd "$(dirname "$0")/.."
for program in base core; do
  valgrind --quiet --error-exitcode=1 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite --num-callers=40 --suppressions=cmake/valgrind.supp \
    --trace-children=no "build/ci/tests/test_$program" --run_test='!test_plugins,test_schema' --log_level=error
done
