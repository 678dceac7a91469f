"""GCRO-DR as in the appendix of Parks, de Sturler, Mackey, Johnson and Maiti, SIAM J. Sci. Comput. 28 (2006) 1651-1674, in NumPy.

Written for comparison: no attention to speed or memory. Two things the paper leaves open: a cycle ends with the step that reaches the
tolerance, and a complex pair is taken as its real and imaginary part, or left out where only one place is left.
"""

import numpy as np
import scipy.linalg as dense


def smallest(values, vectors, count):
    """A real basis of the `count` eigenvectors of smallest |value|."""
    columns = []
    for i in np.argsort(np.abs(values), kind="stable"):
        real = values[i].imag == 0.0
        if not np.isfinite(values[i]) or values[i].imag < 0.0 or len(columns) + (1 if real else 2) > count:
            continue
        columns += [vectors[:, i].real] if real else [vectors[:, i].real, vectors[:, i].imag]
    return np.array(columns).T


class RecyclingSolver:
    """Solves A M⁻¹ y = b, x = M⁻¹ y for one system after another; `space` is what is kept, in the variable y."""

    def __init__(self, restart, recycle, tolerance, most=10000):
        self.restart, self.recycle, self.tolerance, self.most = restart, recycle, tolerance, most
        self.space = None

    def solve(self, apply, b):
        """y and the number of Arnoldi steps; those that A M⁻¹ times the kept vectors takes are not counted."""
        y, r, steps = np.zeros_like(b), b.copy(), 0
        goal = self.tolerance * np.linalg.norm(b)
        images = np.zeros((b.size, 0))
        if self.space is not None:
            images, triangle = np.linalg.qr(np.column_stack([apply(u) for u in self.space.T]))
            self.space = dense.solve_triangular(triangle, self.space.T, trans="T").T
            y += self.space @ (images.T @ r)
            r -= images @ (images.T @ r)
        while np.linalg.norm(r) > goal and steps < self.most:
            basis, couplings, hessenberg = arnoldi(apply, images, r, self.restart - images.shape[1], goal)
            p = hessenberg.shape[1]
            steps += p
            right = np.zeros(p + 1)
            right[0] = np.linalg.norm(r)
            z = np.linalg.lstsq(hessenberg, right, rcond=None)[0]
            y += basis[:, :p] @ z
            if images.shape[1] > 0:
                y -= self.space @ (couplings @ z)
            r = b - apply(y)
            images = self.refresh(images, basis, couplings, hessenberg)
        return y, steps

    def refresh(self, images, basis, couplings, hessenberg):
        """The harmonic Ritz vectors over [U V] become the space; returns its image."""
        p, kept = hessenberg.shape[1], images.shape[1]
        if kept == 0:
            h = hessenberg[:p]
            last = np.eye(p)[:, -1:]
            pencil = h + hessenberg[p, p - 1] ** 2 * np.linalg.solve(h.T, last) @ last.T
            chosen = smallest(*np.linalg.eig(pencil), min(self.recycle, p - 1))
            relation, search, range_basis = hessenberg, basis[:, :p], basis
        else:
            scale = 1.0 / np.linalg.norm(self.space, axis=0)
            relation = np.block([[np.diag(scale), couplings], [np.zeros((p + 1, kept)), hessenberg]])
            search = np.hstack([self.space * scale, basis[:, :p]])
            range_basis = np.hstack([images, basis])
            values, vectors = dense.eig(relation.T @ relation, relation.T @ (range_basis.T @ search))
            chosen = smallest(values, vectors, self.recycle)
        if chosen.size == 0:
            return images
        q, triangle = np.linalg.qr(relation @ chosen)
        self.space = dense.solve_triangular(triangle, (search @ chosen).T, trans="T").T
        return range_basis @ q


def arnoldi(apply, images, r, most, goal):
    """(A M⁻¹) V = C B + V H̄, C = `images`, until the least-squares residual reaches the goal."""
    norm = np.linalg.norm(r)
    kept = images.shape[1]
    columns = np.hstack([images, r[:, None] / norm, np.empty((r.size, most))]).T.copy()  # C and V, a vector a row
    relation = np.zeros((kept + most + 1, most))  # B above H̄
    normal = np.zeros(most + 1)  # normal to the columns of H̄, so that the least-squares residual is ‖r‖ / ‖normal‖
    normal[0] = 1.0
    for j in range(most):
        known = columns[: kept + j + 1]
        w = apply(known[-1])
        for _ in range(2):
            products = known @ w
            w = w - products @ known
            relation[: kept + j + 1, j] += products
        relation[kept + j + 1, j] = np.linalg.norm(w)
        columns[kept + j + 1] = w / relation[kept + j + 1, j]
        part = relation[kept : kept + j + 2, : j + 1]
        normal[j + 1] = -(normal[: j + 1] @ part[:-1, j]) / part[-1, j]
        if norm <= goal * np.linalg.norm(normal[: j + 2]):
            break
    return columns[kept : kept + j + 2].T, relation[:kept, : j + 1], part
