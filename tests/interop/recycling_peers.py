"""Iterations of gcrodr beside other recycling methods, on the same sequences of systems.

kindred    the PETSc method gcrodr, loaded into petsc4py as a plugin
reference  reference_gcrodr.py, the published algorithm in NumPy
belos      GCRODRSolMgr of Trilinos, by the program belos_gcrodr
scipy      gcrotmk, which is not GCRO-DR but GCROT(m,k); the smaller counts of its two truncations

All are preconditioned from the right, start from zero and stop at ‖b - A x‖ ≤ rtol ‖b‖. An iteration is one product of the matrix with
a new direction; the products with the kept vectors at the start of a system, as many as there are vectors, are counted for none. The
first system, for which nothing is kept yet, is left out of the means. m is the number of kept and new directions together, k that of the
kept ones; Belos refuses k ≥ m - k.

With a preconditioner that changes from system to system gcrodr has an advantage: it keeps its vectors in the variable x. Belos and the
reference keep them in the preconditioned variable y = M x, and multiply them by the next system's M⁻¹.

Exit status 1 if a system of gcrodr's is not solved, or its mean exceeds 1.05 times that of Belos.

    recycling_peers.py PLUGIN BELOS_PROGRAM FOLDER [--systems N] [--counts] [--options="-ksp_gcrodr_refresh once"]
"""

import argparse
import subprocess
import sys
from pathlib import Path

import numpy as np
import petsc4py
from scipy.sparse.linalg import LinearOperator, gcrotmk

from export_sequence import export, files_of, read_system
from reference_gcrodr import RecyclingSolver

CASES = (
    ("darcy", "none"),
    ("darcy", "jacobi"),
    ("helmholtz_5", "none"),
    ("convection_diffusion_10", "none"),
    ("convection_diffusion_100", "none"),
)
SIZES = ((40, 19), (40, 20), (60, 20))  # restart, recycle
PEERS = ("reference", "belos", "scipy")
TOLERANCE = 1e-8
ALLOWED = 1.05


def inverse_diagonal(matrix, preconditioner):
    return 1.0 / matrix.diagonal() if preconditioner == "jacobi" else np.ones(matrix.shape[0])


def check_solution(name, number, matrix, x, b):
    check_residual(name, number, np.linalg.norm(b - matrix @ x) / np.linalg.norm(b))


def check_residual(name, number, residual):
    if not residual <= TOLERANCE * (1.0 + 1e-6):
        sys.exit(f"{name}: system {number} ended with the relative residual {residual:.2e}")


def kindred(PETSc, systems, preconditioner, restart, recycle):
    options = PETSc.Options()
    options["ksp_gcrodr_restart"], options["ksp_gcrodr_recycle"] = restart, recycle
    ksp = PETSc.KSP().create(PETSc.COMM_SELF)
    ksp.setType("gcrodr")
    ksp.getPC().setType(preconditioner)
    ksp.setTolerances(rtol=TOLERANCE, atol=0.0, max_it=10000)
    ksp.setFromOptions()
    counts = []
    for number, (matrix, b) in enumerate(systems):
        operator = PETSc.Mat().createAIJ(matrix.shape, csr=(matrix.indptr, matrix.indices, matrix.data), comm=PETSc.COMM_SELF)
        x, rhs = operator.createVecs()
        rhs.setArray(b)
        ksp.setOperators(operator)
        ksp.solve(rhs, x)
        check_solution("kindred", number, matrix, x.getArray(), b)
        counts.append(ksp.getIterationNumber())
    return counts


def reference(systems, preconditioner, restart, recycle):
    solver = RecyclingSolver(restart, recycle, TOLERANCE)
    counts = []
    for number, (matrix, b) in enumerate(systems):
        scale = inverse_diagonal(matrix, preconditioner)
        y, steps = solver.solve(lambda v: matrix @ (scale * v), b)
        check_solution("reference", number, matrix, scale * y, b)
        counts.append(steps)
    return counts


def belos(program, files, preconditioner, restart, recycle):
    if recycle >= restart - recycle:
        return None
    command = [program, str(TOLERANCE), str(restart - recycle), str(recycle), preconditioner, *map(str, files)]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{program} ended with exit status {result.returncode}\n{result.stderr}{result.stdout}")
    counts = []
    for number, line in enumerate(result.stdout.splitlines()):
        _, iterations, residual = line.split()
        check_residual("belos", number, float(residual))
        counts.append(int(iterations))
    return counts


def scipy(systems, preconditioner, restart, recycle):
    runs = [gcrot(systems, preconditioner, restart, recycle, truncation) for truncation in ("oldest", "smallest")]
    return min(runs, key=mean_after_first)


def gcrot(systems, preconditioner, restart, recycle, truncation):
    kept, counts = [], []
    for number, (matrix, b) in enumerate(systems):
        scale = inverse_diagonal(matrix, preconditioner)
        directions = []

        def precondition(v):
            directions.append(None)
            return scale * v

        x, _ = gcrotmk(matrix, b, M=LinearOperator(matrix.shape, precondition, dtype=float), tol=TOLERANCE, atol=0.0, maxiter=1000,
                       m=restart - recycle, k=recycle, CU=kept, discard_C=True, truncate=truncation)
        check_solution("scipy", number, matrix, x, b)
        counts.append(len(directions))
    return counts


def mean_after_first(counts):
    return float(np.mean(counts[1:]))


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plugin", help="libkindred_petsc.so")
    parser.add_argument("program", help="belos_gcrodr")
    parser.add_argument("folder", type=Path, help="where the systems are written")
    parser.add_argument("--systems", type=int, default=20)
    parser.add_argument("--options", default="", help="further PETSc options")
    parser.add_argument("--counts", action="store_true", help="also print the iterations of every system")
    arguments = parser.parse_args()
    if arguments.systems < 2:
        parser.error("--systems must be at least 2: the first one is left out of the means")
    return arguments


def print_row(problem, preconditioner, size, counts, verdict):
    own = mean_after_first(counts["kindred"])
    columns = [f"{problem:24} {preconditioner:6} {size[0]:3}/{size[1]:2} {own:8.1f}"]
    for name in PEERS:
        mean = None if counts[name] is None else mean_after_first(counts[name])
        columns.append(f"{'-':>15}" if mean is None else f"{mean:7.1f} ({mean / own:5.3f})")
    print("  ".join([*columns, verdict]).rstrip(), flush=True)


def main():
    arguments = parse()
    petsc4py.init(["recycling_peers", "-dll_append", arguments.plugin, *arguments.options.split()])
    from petsc4py import PETSc

    print("Mean iterations after the first system, and their ratio to gcrodr's")
    print(f"{'problem':24} {'pc':6} {'m/k':>6} {'kindred':>8}" + "".join(f"{name:>17}" for name in PEERS))
    failed = False
    for problem, preconditioner in CASES:
        folder = arguments.folder / problem
        export(problem, folder, arguments.systems)
        files = files_of(folder)
        systems = [read_system(path) for path in files]
        for size in SIZES:
            counts = {
                "kindred": kindred(PETSc, systems, preconditioner, *size),
                "reference": reference(systems, preconditioner, *size),
                "belos": belos(arguments.program, files, preconditioner, *size),
                "scipy": scipy(systems, preconditioner, *size),
            }
            limit = np.inf if counts["belos"] is None else ALLOWED * mean_after_first(counts["belos"])
            too_many = mean_after_first(counts["kindred"]) > limit
            failed |= too_many
            print_row(problem, preconditioner, size, counts, "TOO MANY" if too_many else "")
            if arguments.counts:
                for name, values in counts.items():
                    print(f"    {name:10} {values}")
    verdict = ("more than", "somewhere") if failed else ("at most", "everywhere")
    print(f"gcrodr needs {verdict[0]} {ALLOWED} times the iterations of Belos {verdict[1]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
