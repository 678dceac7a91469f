#!/usr/bin/env bash
# recycling_peers.sh PLUGIN [arguments of recycling_peers.py]: iterations of gcrodr, taken from PLUGIN = libkindred_petsc.so, beside
# those of Belos, SciPy and a NumPy reference on the same sequences. Installs the Debian packages that are missing (sudo only if not root)
# and builds belos_gcrodr in out/interop/. Exit status 0 if gcrodr's mean counts are at most 1.05 times those of Belos. See README.md.
set -euo pipefail

if (($# < 1)); then
  sed -n 's/^# //p' "$0" | head -n 3 >&2
  exit 2
fi
plugin=$(realpath "$1")
shift
here=$(dirname "$(realpath "$0")")
work=$(realpath -m "$here/../../out/interop/recycling_peers")
program=$work/belos_gcrodr
mkdir -p "$work"

missing=()
for package in g++ pkg-config libopenmpi-dev liblapack-dev libtrilinos-{belos,epetra,teuchos,kokkos}-dev \
  python3-{numpy,scipy,petsc4py,petsc4py-real}; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
if ((${#missing[@]} > 0)); then
  echo "Installing ${#missing[@]} missing packages: ${missing[*]}" >&2
  as_root=()
  if ((EUID != 0)); then as_root=(sudo); fi
  "${as_root[@]}" apt-get update -q >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
fi

if [[ ! $program -nt $here/belos_gcrodr.cpp ]]; then
  mpi=$(pkg-config --cflags-only-I ompi-c | sed 's/-I/-isystem /g')
  # shellcheck disable=SC2086  # several words
  g++ -std=c++20 -O1 -Wall -Wextra -Werror -DOMPI_SKIP_MPICXX -isystem /usr/include/trilinos $mpi "$here/belos_gcrodr.cpp" -o "$program" \
    -ltrilinos_belosepetra -ltrilinos_belos -ltrilinos_epetra -ltrilinos_teuchosnumerics -ltrilinos_teuchoscomm \
    -ltrilinos_teuchosparameterlist -ltrilinos_teuchosparser -ltrilinos_teuchoscore -llapack -lblas -lmpi
fi

# Debian keeps petsc4py for several builds of PETSc; the plugin is for the real one.
export PETSC_DIR=${PETSC_DIR:-/usr/lib/petscdir/petsc-real}
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE=1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
exec /usr/bin/python3 "$here/recycling_peers.py" "$plugin" "$program" "$work" "$@"
