#!/usr/bin/env bash
# quickstart.sh: on a fresh Debian 12, installs what is missing, builds Kindred, generates a small Darcy data set,
# verifies it, draws it, and says what to try next. Quick the second time.
set -euo pipefail
cd "$(dirname "$0")/.."

bash cmake/install-packages.sh build
mkdir -p out
if ! { cmake --preset release -DKINDRED_TESTS=OFF -DKINDRED_BENCHMARKS=OFF && cmake --build --preset release; } >out/build.log 2>&1; then
  tail -n 40 out/build.log
  echo "quickstart.sh: the build failed; the whole log is in out/build.log" >&2
  exit 1
fi

kindred=build/release/apps/kindred
data=out/darcy_small
$kindred generate apps/decks/darcy_small.toml output.dir=$data
$kindred verify $data
$kindred plot $data --output $data/samples.png
$kindred report $data --output $data/report.html

cat <<DONE

Made:  $data, a data set of Darcy flow solutions (HDF5 shards that xarray, The Well and PDEBench read).
Look:  $data/samples.png and $data/report.html
Same functions, finer grid:    $kindred generate apps/decks/darcy_small.toml grid.n=[128,128] output.dir=out/darcy_128
Your own deck:                 $kindred init darcy > my.toml && $kindred check my.toml && $kindred generate my.toml -j 2
Everything there is:           $kindred list; $kindred describe darcy; docs/README.md
DONE
