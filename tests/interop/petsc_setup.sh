# shellcheck shell=bash
# petsc_setup.sh, to be sourced: Debian's PETSc 3.18 with petsc4py, and tutorials from its source package.

# prepare_petsc WORK: installs what is missing; defines on_ranks and the environment of PETSc programs.
prepare_petsc() {
  local package missing=() as_root=()
  for package in python3-petsc4py-real libpetsc-real-dev libopenmpi-dev openmpi-bin pkg-config gcc xz-utils python3; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  if ((${#missing[@]} > 0)); then
    echo "Installing ${missing[*]}" >&2
    ((EUID == 0)) || as_root=(sudo)
    "${as_root[@]}" apt-get update -q >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
  fi
  petsc_directory=$(echo /usr/lib/petscdir/petsc3.18/*-real)
  export PYTHONPATH=$petsc_directory/lib/python3/dist-packages
  export OMP_NUM_THREADS=1 OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
  export OMPI_MCA_mpi_yield_when_idle=1
  if ((EUID == 0)); then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  fi
}

# on_ranks RANKS COMMAND...: two minutes at most.
on_ranks() { timeout -s KILL 120 mpiexec -n "$1" "${@:2}"; }

# fetch_tutorials WORK: the KSP tutorials of Debian's source package go to WORK/tutorials. The package lists of the system, which may
# have no source entries, are left alone.
fetch_tutorials() {
  local directory=$1/source
  [[ -d $1/tutorials ]] && return
  mkdir -p "$directory/lists/partial"
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main" \
    >"$directory/sources.list"
  local options=(-q -o "Dir::Etc::SourceList=$directory/sources.list" -o Dir::Etc::SourceParts=/dev/null
                 -o "Dir::State::Lists=$directory/lists" -o Dir::Cache::srcpkgcache= -o Dir::Cache::pkgcache= -o APT::Sandbox::User=)
  (cd "$directory" && apt-get "${options[@]}" update && apt-get "${options[@]}" source --download-only petsc) >"$directory/log" 2>&1 || {
    tail -n 5 "$directory/log" >&2
    echo "petsc_setup.sh: Debian's source package petsc could not be downloaded" >&2
    return 1
  }
  tar -C "$directory" -xJf "$(echo "$directory"/petsc_3.18*.orig.tar.xz)" --wildcards 'petsc-*/src/ksp/ksp/tutorials/*.c'
  mv "$(echo "$directory"/petsc-3.18*/src/ksp/ksp/tutorials)" "$1/tutorials"
  rm -rf "$directory"
}

# build_tutorials WORK NAME...: compiles them, unchanged, to WORK/bin.
build_tutorials() {
  local name flags
  fetch_tutorials "$1"
  read -ra flags <<<"$(PKG_CONFIG_PATH=$petsc_directory/lib/pkgconfig pkg-config --cflags --libs PETSc)"
  for name in "${@:2}"; do
    mpicc -O2 -w "$1/tutorials/$name.c" -o "$1/bin/$name" "${flags[@]}" -Wl,-rpath,"$petsc_directory/lib" -lm
  done
}
