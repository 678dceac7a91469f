"""Writes sequences of linear systems as PETSc binary files: system_0.petsc, system_1.petsc …, each a matrix and its right-hand side.

PETSc reads them with MatLoad() and VecLoad(), Kindred as `matrices = ["system_*.petsc"]` of the problem `matrix_sequence`, and
read_system() without either. All problems have homogeneous Dirichlet sides on the unit square, the source 1 and `nodes` × `nodes`
unknowns, and are multiplied by h².

    export_sequence.py PROBLEM FOLDER [--systems N] [--nodes N] [--seed N]
"""

import argparse
from pathlib import Path

import numpy as np
import scipy.sparse as sparse

MATRIX_CLASS = 1211216
VECTOR_CLASS = 1211214


def spectrum(side, alpha, tau):
    """Amplitudes √2 τ^(α-1) (4π²|k|² + τ²)^(-α/2) of the waves k of a periodic field, zero for the mean."""
    wave = np.fft.fftfreq(side, 1.0 / side)
    square = wave[:, None] ** 2 + wave[None, :] ** 2
    amplitudes = np.sqrt(2.0) * tau ** (alpha - 1.0) * (4.0 * np.pi**2 * square + tau**2) ** (-alpha / 2.0)
    amplitudes[0, 0] = 0.0
    return amplitudes


def gaussian_field(side, alpha, tau, generator):
    """A periodic Gaussian field of mean zero at side × side points, and its standard deviation."""
    amplitudes = spectrum(side, alpha, tau)
    modes = (generator.normal(size=(side, side)) + 1j * generator.normal(size=(side, side))) * np.sqrt(0.5)
    field = np.fft.ifft2(amplitudes * modes).real * side**2
    return field, np.sqrt(0.5 * np.sum(amplitudes**2))


def five_point(west, east, south, north, center):
    """The matrix with these coefficients at every unknown; those that reach across a side are left out."""
    nodes = center.shape[0]
    number = np.arange(nodes * nodes).reshape(nodes, nodes)
    rows, columns, values = [number.ravel()], [number.ravel()], [center.ravel()]
    for coefficient, inside, neighbour in (
        (west, np.s_[1:, :], np.s_[:-1, :]),
        (east, np.s_[:-1, :], np.s_[1:, :]),
        (south, np.s_[:, 1:], np.s_[:, :-1]),
        (north, np.s_[:, :-1], np.s_[:, 1:]),
    ):
        rows.append(number[inside].ravel())
        columns.append(number[neighbour].ravel())
        values.append(coefficient[inside].ravel())
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_matrix(entries, shape=(number.size, number.size))


def darcy(nodes, generator):
    """-∇·(a∇u) = 1, log a a Gaussian field with α = 2.5, τ = 7, given at all nodes; at a face, the mean of its two nodes."""
    field, _ = gaussian_field(nodes + 2, 2.5, 7.0, generator)
    a = np.exp(field)
    across = 0.5 * (a[:-1, 1:-1] + a[1:, 1:-1])
    along = 0.5 * (a[1:-1, :-1] + a[1:-1, 1:])
    west, east, south, north = across[:-1], across[1:], along[:, :-1], along[:, 1:]
    return five_point(-west, -east, -south, -north, west + east + south + north)


def helmholtz(nodes, generator, wavenumber):
    """-Δu - k²c²u = 1, log c a smooth Gaussian field of deviation 0.1."""
    field, deviation = gaussian_field(nodes + 2, 3.0, 5.0, generator)
    c = np.exp(0.1 * field / deviation)[1:-1, 1:-1]
    ones = np.ones((nodes, nodes))
    return five_point(-ones, -ones, -ones, -ones, 4.0 - (wavenumber * c / (nodes + 1)) ** 2)


def convection_diffusion(nodes, generator, peclet):
    """-Δu/Pe + v·∇u = 1, v the curl of a random stream function at the corners of the nodes' cells, with root mean square 1."""
    stream, _ = gaussian_field(nodes + 1, 4.0, 6.0, generator)
    across = np.diff(stream, axis=1)  # velocity through the faces i ± ½, times a common factor
    along = -np.diff(stream, axis=0)
    scale = 1.0 / np.sqrt(np.mean(across**2) + np.mean(along**2))
    flow = 0.5 * scale / (nodes + 1)
    west, east = flow * across[:-1, :], flow * across[1:, :]
    south, north = flow * along[:, :-1], flow * along[:, 1:]
    diffusion = 1.0 / peclet
    center = 4.0 * diffusion + east - west + north - south
    return five_point(-diffusion - west, -diffusion + east, -diffusion - south, -diffusion + north, center)


PROBLEMS = {
    "darcy": darcy,
    "helmholtz_5": lambda nodes, generator: helmholtz(nodes, generator, 5.0),
    "convection_diffusion_10": lambda nodes, generator: convection_diffusion(nodes, generator, 10.0),
    "convection_diffusion_100": lambda nodes, generator: convection_diffusion(nodes, generator, 100.0),
}


def write_system(path, matrix, rhs):
    matrix = sparse.csr_matrix(matrix)
    matrix.sort_indices()
    with open(path, "wb") as file:
        for block in (
            np.array([MATRIX_CLASS, *matrix.shape, matrix.nnz], ">i4"),
            np.diff(matrix.indptr).astype(">i4"),
            matrix.indices.astype(">i4"),
            matrix.data.astype(">f8"),
            np.array([VECTOR_CLASS, rhs.size], ">i4"),
            rhs.astype(">f8"),
        ):
            file.write(block.tobytes())


def read_system(path):
    """The matrix and the vector that write_system(), or MatView() and VecView(), wrote."""
    with open(path, "rb") as file:
        kind, rows, columns, entries = np.fromfile(file, ">i4", 4)
        if kind != MATRIX_CLASS:
            raise ValueError(f"{path}: not a sparse matrix in PETSc's binary format")
        lengths = np.fromfile(file, ">i4", rows)
        indices = np.fromfile(file, ">i4", entries)
        values = np.fromfile(file, ">f8", entries).astype(float)
        kind, size = np.fromfile(file, ">i4", 2)
        if kind != VECTOR_CLASS or size != rows:
            raise ValueError(f"{path}: no right-hand side of {rows} entries behind the matrix")
        rhs = np.fromfile(file, ">f8", size).astype(float)
    start = np.concatenate(([0], np.cumsum(lengths)))
    return sparse.csr_matrix((values, indices.astype(np.int32), start.astype(np.int32)), shape=(rows, columns)), rhs


def files_of(folder):
    """The systems of a folder in the order of their numbers."""
    return sorted(Path(folder).glob("system_*.petsc"), key=lambda path: int(path.stem.split("_")[1]))


def export(problem, folder, systems=20, nodes=50, seed=1):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for old in files_of(folder):
        old.unlink()
    rhs = np.full(nodes * nodes, 1.0 / (nodes + 1) ** 2)
    for sample in range(systems):
        generator = np.random.default_rng([seed, sample])
        write_system(folder / f"system_{sample}.petsc", PROBLEMS[problem](nodes, generator), rhs)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("problem", choices=sorted(PROBLEMS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--systems", type=int, default=20)
    parser.add_argument("--nodes", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    export(arguments.problem, arguments.folder, arguments.systems, arguments.nodes, arguments.seed)


if __name__ == "__main__":
    main()
