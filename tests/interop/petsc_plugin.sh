#!/usr/bin/env bash
# petsc_plugin.sh [PLUGIN]: programs that know nothing of Kindred use its PETSc plugin: petsc4py, and tutorials of PETSc that are
# compiled from Debian's source package. PLUGIN: default build/release/solvers/libkindred_petsc.so. See README.md.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
root=$(realpath "$here/../..")
plugin=$(realpath -m "${1:-$root/build/release/solvers/libkindred_petsc.so}")
work=$root/out/interop/petsc
counts=$work/counts

if [[ ! -f $plugin ]]; then
  echo "petsc_plugin.sh: there is no $plugin: build it, or give the path of libkindred_petsc.so" >&2
  exit 2
fi
mkdir -p "$work/bin" "$counts"
rm -f "$counts"/* "$work"/*.h5

source "$here/petsc_setup.sh"
prepare_petsc "$work"

say() { printf '%s\n' "$*"; }
fail() {
  echo "petsc_plugin.sh: $1" >&2
  [[ -n ${2:-} ]] && { grep -v 'Configure options' "$2" | head -n 40 >&2 || true; }
  exit 1
}

# sequence RANKS NAME CASE [option]...: the petsc4py script; its counts go to NAME.RANKS.
sequence() {
  local ranks=$1 name=$2 case=$3
  shift 3
  on_ranks "$ranks" /usr/bin/python3 "$here/petsc4py_sequence.py" "$case" "$counts/$name.$ranks" \
    -dll_append "$plugin" -ksp_norm_type unpreconditioned "$@" >"$work/log" 2>&1 || fail "petsc4py, $name on $ranks ranks:" "$work/log"
}

# same_on_all_ranks NAME: the counts on 1, 2 and 3 ranks differ by 2 at most.
same_on_all_ranks() {
  paste -d' ' "$counts/$1".{1,2,3} | awk '{ n = NF / 3; if (n == 0 || n != int(n)) exit 1; for (i = 1; i <= n; ++i) for (p = 1; p < 3; ++p) {
    d = $(i + p * n) - $i; if (d > 2 || d < -2) exit 1 } }' ||
    fail "$1: the counts depend on the number of ranks" <(paste "$counts/$1".*)
}

# fewer_later NAME: the last system of the sequence takes at most three quarters of the first one's iterations.
fewer_later() {
  awk '{ exit !($NF <= 0.75 * $1) }' "$counts/$1.1" || fail "$1: nothing was gained from system to system" "$counts/$1.1"
}

# refused RANKS TEXT CASE [option]...: the script ends with an error message that contains TEXT.
refused() {
  local ranks=$1 text=$2 case=$3
  shift 3
  if on_ranks "$ranks" /usr/bin/python3 "$here/petsc4py_sequence.py" "$case" "$counts/refused" "$@" >"$work/log" 2>&1; then
    fail "this was to be refused: $*"
  fi
  grep -q -- "$text" "$work/log" || fail "the refusal of $* does not say '$text':" "$work/log"
}

krylov_methods() {
  local kind method ranks
  local -A methods=([definite]="gcrodr gmresdr defcg rminres" [insulated]="gcrodr defcg rminres"
                    [nonsymmetric]="gcrodr gmresdr" [indefinite]="gcrodr gmresdr rminres")
  for kind in definite insulated nonsymmetric indefinite; do
    for method in ${methods[$kind]}; do
      for ranks in 1 2 3; do
        sequence "$ranks" "$kind-$method" "$kind" -ksp_type "$method" -pc_type jacobi
      done
      same_on_all_ranks "$kind-$method"
      [[ $method == gmresdr ]] || fewer_later "$kind-$method"
      say "petsc4py: $kind, $method: iterations $(<"$counts/$kind-$method.1"); on 2 and 3 ranks within 2 of these"
    done
  done
}

preconditioners() {
  local pc ranks
  for pc in dst scaled_dst cluster_cholesky amg_reuse; do
    sequence 1 "$pc" definite -ksp_type defcg -pc_type "$pc"
    sequence 1 "$pc-insulated" insulated -ksp_type gcrodr -pc_type "$pc"
    say "petsc4py: -pc_type $pc: iterations $(<"$counts/$pc.1"), insulated $(<"$counts/$pc-insulated.1")"
  done
  # One process holds the whole matrix: the same preconditioner whatever the number of ranks.
  for pc in dst scaled_dst cluster_cholesky; do
    for ranks in 1 2 3; do
      sequence "$ranks" "telescope-$pc" definite -ksp_type gcrodr -pc_type telescope -pc_telescope_reduction_factor "$ranks" \
        -telescope_pc_type "$pc"
    done
    same_on_all_ranks "telescope-$pc"
    say "petsc4py: -pc_type telescope -telescope_pc_type $pc: iterations $(<"$counts/telescope-$pc.1"); on 2 and 3 ranks within 2 of these"
  done
  for ranks in 2 3; do
    sequence "$ranks" amg_reuse definite -ksp_type gcrodr -pc_type amg_reuse
    sequence "$ranks" blocks definite -ksp_type defcg -pc_type bjacobi -sub_pc_type cluster_cholesky
    sequence "$ranks" overlapping definite -ksp_type gcrodr -pc_type asm -sub_pc_type cluster_cholesky
    say "petsc4py: on $ranks ranks: amg_reuse $(<"$counts/amg_reuse.$ranks"); cluster_cholesky as a block of bjacobi" \
      "$(<"$counts/blocks.$ranks"), of asm $(<"$counts/overlapping.$ranks")"
  done
}

# first_system NAME.RANKS: the iterations of the first system.
first_system() { cut -d' ' -f1 "$counts/$1"; }

recycle_spaces() {
  local method pair from to file fresh loaded options
  for method in gcrodr defcg rminres; do
    for pair in "1 3" "3 2"; do
      read -r from to <<<"$pair"
      file=$work/$method-$from.h5
      # The file numbers the unknowns as the matrix does. With one process along x that is the same for any number of processes.
      options=(definite -ksp_type "$method" -pc_type jacobi -da_processors_x 1)
      sequence "$from" "$method-saved" "${options[@]}" "-ksp_${method}_save" "$file"
      sequence "$to" "$method-loaded" "${options[@]}" "-ksp_${method}_load" "$file"
      fresh=$(first_system "$method-saved.$from")
      loaded=$(first_system "$method-loaded.$to")
      ((loaded * 4 <= fresh * 3)) || fail "$method: a recycle space loaded from $file does not help: $fresh iterations, then $loaded"
      say "petsc4py: $method: space saved on $from ranks, loaded on $to: first system $loaded iterations instead of $fresh"
    done
  done
}

refusals() {
  refused 1 "Unable to find requested KSP type gcrodr" definite -ksp_type gcrodr  # without the plugin PETSc does not know the name
  refused 2 "-pc_telescope_reduction_factor 2 -telescope_pc_type dst" definite -dll_append "$plugin" -pc_type dst
  refused 2 "one process" definite -dll_append "$plugin" -pc_type cluster_cholesky
  refused 2 "must be at least 1" definite -dll_append "$plugin" -ksp_type gcrodr -ksp_gcrodr_restart 0
  refused 2 "no_such_file" definite -dll_append "$plugin" -ksp_type gcrodr -ksp_gcrodr_load "$work/no_such_file.h5"
  say "petsc4py: five mistakes are refused with a message that names them"
}

# tutorial RANKS NAME [option]...: its output goes to $work/log; a solve that does not converge is an error.
tutorial() {
  local ranks=$1 name=$2
  shift 2
  on_ranks "$ranks" "$work/bin/$name" -dll_append "$plugin" -ksp_error_if_not_converged -ksp_norm_type unpreconditioned "$@" \
    >"$work/log" 2>&1 || fail "$name on $ranks ranks:" "$work/log"
}

# tutorial_counts RANKS NAME LABEL [option]...: the numbers of iterations that the tutorial prints.
tutorial_counts() {
  local ranks=$1 name=$2 label=$3
  shift 3
  tutorial "$ranks" "$name" "$@"
  grep -oE 'iterations [0-9]+' "$work/log" | awk '{ printf "%s ", $2 }' >"$counts/$name-$label.$ranks"
  [[ -s $counts/$name-$label.$ranks ]] || fail "$name on $ranks ranks printed no number of iterations:" "$work/log"
}

# Several right-hand sides; the error against the known solution is printed.
tutorial_right_hand_sides() {
  local method ranks
  for method in gcrodr defcg rminres; do
    for ranks in 1 2 3; do
      tutorial_counts "$ranks" ex16 "$method" -m 40 -n 40 -ksp_rtol 1e-8 -ksp_type "$method" -pc_type jacobi
      awk '/Norm of error/ && !($4 <= 1e-5) { exit 1 }' "$work/log" || fail "ex16 with $method: the error is too large" "$work/log"
    done
    same_on_all_ranks "ex16-$method"
    fewer_later "ex16-$method"
    say "tutorial ex16: $method: iterations $(<"$counts/ex16-$method.1"); on 2 and 3 ranks within 2 of these"
  done
}

# A DMDA with insulated sides: one application of dst solves the system of constant coefficients.
tutorial_grid() {
  local ranks
  for ranks in 1 2 3; do
    # Without the last option the tutorial makes a null space on all processes from the one that telescope has gathered the matrix on.
    tutorial_counts "$ranks" ex50 dst -da_grid_x 40 -da_grid_y 30 -ksp_rtol 1e-8 -ksp_type defcg -ksp_converged_reason \
      -pc_type telescope -pc_telescope_reduction_factor "$ranks" -telescope_pc_type dst -pc_telescope_ignore_kspcomputeoperators
    tutorial_counts "$ranks" ex50 gcrodr -da_grid_x 40 -da_grid_y 30 -ksp_rtol 1e-8 -ksp_type gcrodr -ksp_converged_reason -pc_type jacobi
  done
  same_on_all_ranks ex50-gcrodr
  [[ $(cat "$counts"/ex50-dst.* | tr -d '\n') == "1 1 1 " ]] || fail "ex50 with dst: more than one iteration" <(cat "$counts"/ex50-dst.*)
  tutorial_counts 1 ex50 cholesky -da_grid_x 40 -da_grid_y 30 -ksp_rtol 1e-8 -ksp_type defcg -ksp_converged_reason -pc_type cluster_cholesky
  [[ $(<"$counts/ex50-cholesky.1") == "1 " ]] || fail "ex50 with cluster_cholesky: more than one iteration" "$counts/ex50-cholesky.1"
  say "tutorial ex50: insulated sides: dst and cluster_cholesky 1 iteration, gcrodr with jacobi $(<"$counts/ex50-gcrodr.1")"
}

# Two sequences side by side, the second with a prefix of its own for its options; -unsym false makes both symmetric.
tutorial_two_sequences() {
  local ranks
  for ranks in 1 2 3; do
    tutorial "$ranks" ex9 -m 40 -t 5 -unsym false -ksp_type gcrodr -pc_type jacobi -s2_ksp_type defcg -s2_pc_type jacobi -ksp_rtol 1e-10 \
      -s2_ksp_rtol 1e-10 -s2_ksp_error_if_not_converged
    # It prints an error of the solution only where it exceeds its own bound.
    ! grep -q 'Norm of error' "$work/log" || fail "ex9 on $ranks ranks: the solution is wrong:" "$work/log"
  done
  say "tutorial ex9: two sequences with gcrodr and defcg: the errors are below its own bounds on 1, 2 and 3 ranks"
}

krylov_methods
preconditioners
recycle_spaces
refusals
build_tutorials "$work" ex16 ex50 ex9
tutorial_right_hand_sides
tutorial_grid
tutorial_two_sequences
say "the plugin works in petsc4py and in three PETSc tutorials"
