#!/usr/bin/env bash
# run.sh BUILD: installs the build tree BUILD, moves the installed tree elsewhere, and builds and runs a mock project against it:
# by find_package, by pkg-config, and a plugin from the template; the moved executable must run too.
set -euo pipefail
build=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/installed" >/dev/null
mv "$work/installed" "$work/moved"
prefix=$work/moved
lib=$(dirname "$(dirname "$(find "$prefix" -name kindred.pc)")")

grep -rlE "$(cd "$build" && pwd)|$(cd "$here/../.." && pwd)" "$prefix" --include='*.cmake' --include='*.pc' && { echo "the installed tree names build paths" >&2; exit 1; }

"$prefix/bin/kindred" list problem | grep darcy >/dev/null
echo "moved executable: ok"

cmake -G Ninja -S "$here" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/cmake" >/dev/null
"$work/cmake/downstream"
echo "find_package: ok"

read -ra flags <<<"$(PKG_CONFIG_PATH=$lib/pkgconfig pkg-config --cflags --libs kindred)"
g++ -std=c++20 "$here/main.cpp" -o "$work/downstream" "${flags[@]}" -Wl,-rpath,"$lib"
"$work/downstream"
echo "pkg-config: ok"

cmake -G Ninja -S "$here/../../apps/template" -B "$work/template" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/template" >/dev/null
plugin=$(find "$work/template" -name '*.so' | head -n 1)
"$prefix/bin/kindred" --plugin "$plugin" list | grep "$(basename "$plugin")" >/dev/null
echo "template plugin: ok"
