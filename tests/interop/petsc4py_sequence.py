"""Solves a sequence of related systems on a 2-D grid with petsc4py alone; which solver is used is left to PETSc's options.

petsc4py_sequence.py CASE COUNTS [PETSc options]

CASE     definite, insulated, nonsymmetric or indefinite: what the matrices of the sequence are
COUNTS   file for the iteration counts, one per system

The matrix changes in place from system to system, as in a time loop. Ends with an error if a solve does not converge, if the
true residual of a converged one exceeds the tolerance, or if a solution with insulated sides has a component in the null space.
"""

import math
import sys

import petsc4py

petsc4py.init([sys.argv[0]] + sys.argv[3:])
from petsc4py import PETSc  # noqa: E402 (the options come first)

CELLS = (48, 40)
SYSTEMS = 5
TOLERANCE = 1e-8
ROUNDING = 1e-10  # relative to the right-hand side; the residual here is summed in another order than the solver's own
CONVECTION = {"nonsymmetric": 0.02}
# Eigenvalues of the coefficient-free operator start at about (π/48)² + (π/40)² = 0.0105: this one makes several of them negative.
SHIFT = {"indefinite": -0.035}


def coefficient(x, y, system):
    return math.exp(0.5 * math.sin(3.0 * x + 0.1 * system) * math.cos(4.0 * y))


def neighbours(i, j):
    return ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1))


def fill(matrix, da, case, system):
    """Finite volumes of -∇·(a∇u), plus a convection along the first axis or a shift."""
    matrix.zeroEntries()
    row, column = PETSc.Mat.Stencil(), PETSc.Mat.Stencil()
    (first_i, last_i), (first_j, last_j) = da.getRanges()
    for j in range(first_j, last_j):
        for i in range(first_i, last_i):
            row.index = (i, j)
            diagonal = SHIFT.get(case, 0.0)
            for m, n in neighbours(i, j):
                a = coefficient((i + m + 1) / 2 / CELLS[0], (j + n + 1) / 2 / CELLS[1], system)
                if 0 <= m < CELLS[0] and 0 <= n < CELLS[1]:
                    column.index = (m, n)
                    matrix.setValueStencil(row, column, CONVECTION.get(case, 0.0) * (m - i) - a)
                    diagonal += a
                elif case != "insulated":
                    diagonal += 2.0 * a
            matrix.setValueStencil(row, row, diagonal)
    matrix.assemble()


def fill_right_hand_side(vector, da, system):
    values = da.getVecArray(vector)
    (first_i, last_i), (first_j, last_j) = da.getRanges()
    for j in range(first_j, last_j):
        for i in range(first_i, last_i):
            number = i + CELLS[0] * j
            values[i, j] = math.sin(1.0 + (0.7 + 0.1 * system) * number) + 0.3 * math.cos(0.01 * number**2)


def check(ksp, matrix, solution, right_hand_side, constants):
    if ksp.getConvergedReason() <= 0:
        raise SystemExit(f"{ksp.getType()} did not converge: reason {ksp.getConvergedReason()}")
    residual = right_hand_side.duplicate()
    matrix.mult(solution, residual)
    residual.aypx(-1.0, right_hand_side)
    relative = residual.norm() / right_hand_side.norm()
    if not relative <= TOLERANCE + ROUNDING:
        raise SystemExit(f"{ksp.getType()} claims convergence to {TOLERANCE}, but the true residual is {relative}")
    if constants and not abs(solution.sum()) <= 1e-10 * solution.norm() * math.sqrt(solution.getSize()):
        raise SystemExit(f"the solution has the mean {solution.sum() / solution.getSize()}, which lies in the null space")


def solve_sequence(case):
    da = PETSc.DMDA().create(sizes=CELLS, stencil_width=1, setup=False)
    da.setFromOptions()
    da.setUp()
    matrix = da.createMatrix()
    solution, right_hand_side = matrix.createVecs()
    constants = PETSc.NullSpace().create(constant=True) if case == "insulated" else None
    if constants:
        matrix.setNullSpace(constants)
    ksp = PETSc.KSP().create()
    ksp.setDM(da)
    ksp.setDMActive(False)
    ksp.setOperators(matrix)
    ksp.setTolerances(rtol=TOLERANCE, max_it=1000)
    ksp.setFromOptions()
    counts = []
    for system in range(SYSTEMS):
        fill(matrix, da, case, system)
        fill_right_hand_side(right_hand_side, da, system)
        if constants:
            constants.remove(right_hand_side)
        ksp.solve(right_hand_side, solution)
        check(ksp, matrix, solution, right_hand_side, constants)
        counts.append(ksp.getIterationNumber())
    ksp.destroy()  # some solvers write files then
    return counts


def main():
    if len(sys.argv) < 3 or sys.argv[1] not in ("definite", "insulated", "nonsymmetric", "indefinite"):
        raise SystemExit(__doc__)
    counts = solve_sequence(sys.argv[1])
    if PETSc.COMM_WORLD.getRank() == 0:
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            print(*counts, file=file)


main()
