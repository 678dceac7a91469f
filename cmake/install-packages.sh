#!/usr/bin/env bash
# install-packages.sh [build] [test]: installs the Debian packages that are missing; sudo only if not root.
# Asks the package manager nothing when all are there, so a second run is instant.
set -euo pipefail

build=(g++ cmake ninja-build pkg-config ccache git
       libpetsc-real-dev libhdf5-openmpi-dev libfftw3-dev libeigen3-dev libtomlplusplus-dev libcli11-dev libspdlog-dev libfmt-dev
       nlohmann-json3-dev libmuparser-dev libudunits2-dev libisal-dev libminizip-dev libssl-dev gnuplot-nox openmpi-bin)
test=(libboost-test-dev libbenchmark-dev hdf5-tools python3 python3-h5py python3-numpy python3-xarray python3-netcdf4 python3-yaml
      python3-jsonschema python3-mpmath python3-pytest)

wanted=()
for set in "${@:-build}"; do
  case $set in
    build) wanted+=("${build[@]}") ;;
    test) wanted+=("${test[@]}") ;;
    *) echo "install-packages.sh: unknown set '$set' (build, test)" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then exit 0; fi

echo "Installing ${#missing[@]} missing packages: ${missing[*]}" >&2
as_root=()
if ((EUID != 0)); then as_root=(sudo); fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q >&2
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
