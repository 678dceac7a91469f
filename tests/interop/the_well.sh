#!/usr/bin/env bash
# the_well.sh KINDRED [CLONE]: reads Kindred's files with the real the_well package, and with the format checker of a clone
# of its repository. See README.md. KINDRED_INTEROP_VENV names an existing virtual environment to use instead of a new one.
set -euo pipefail

if (($# < 1)); then
  sed -n 's/^# //p' "$0" | head -n 2 >&2
  exit 2
fi
kindred=$(realpath "$1")
clone=${2:-}
here=$(dirname "$(realpath "$0")")
work=$(realpath -m "$here/../../out/interop")
venv=${KINDRED_INTEROP_VENV:-$work/venv}

mkdir -p "$work"
if [[ ! -x $venv/bin/python ]]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet the_well xarray dask
fi

# make NAME CELLS FRAMES
make() {
  cat >"$work/$1.toml" <<DECK
version = 1
[problem]
type = "darcy"
coefficient = { type = "lognormal" }
[grid]
n = $2
[sweep]
seed = 3
count = 20
"problem.coefficient.sigma" = { uniform = [0.2, 0.8] }
[output]
dir = "$work/$1"
name = "$1"
split = { train = 10, valid = 4, test = 6 }
shard_size = "64 KiB"
steady_frames = $3
DECK
  rm -rf "${work:?}/$1"
  "$kindred" generate "$work/$1.toml" -q
}
make line "[64]" 1
make plane "[32, 24]" 1
make volume "[12, 10, 8]" 1
make two_frames "[32, 24]" 2

if [[ -n $clone ]]; then
  # The checker reports a failure as a traceback and exits with 0 all the same.
  files=("$work"/{line,plane,volume,two_frames}/data/*/*.hdf5)
  "$venv/bin/python" "$clone/scripts/check_thewell_formatting.py" "${files[@]}" >"$work/checker.log" 2>&1 || true
  if grep -q Traceback "$work/checker.log"; then
    cat "$work/checker.log"
    echo "the_well.sh: the format checker refused a file" >&2
    exit 1
  fi
  echo "the format checker accepts ${#files[@]} files"
fi
"$venv/bin/python" "$here/read_the_well.py" "$work"
