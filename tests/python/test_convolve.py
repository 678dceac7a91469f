"""`kindred convolve` beside SciPy, from files that h5py wrote and read by h5py."""

import subprocess

import h5py
import numpy as np
import pytest

from conftest import executable

signal = pytest.importorskip("scipy.signal", reason="SciPy is not installed")


def convolved(tmp_path, data, kernel, *arguments):
    source = tmp_path / "in.h5"
    target = tmp_path / "out.h5"
    with h5py.File(source, "w") as file:
        file["data"] = data
        file["kernel"] = kernel
    subprocess.run([executable(), "convolve", "-q", "--force", source, source, target, *arguments], check=True, stdout=subprocess.DEVNULL)
    with h5py.File(target) as file:
        return file["data"][()]


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("data_shape, kernel_shape", [((1021,), (64,)), ((60, 70), (9, 5)), ((20, 21, 22), (4, 3, 22))])
@pytest.mark.parametrize("dtype", [np.float64, np.complex128, np.float32])
def test_modes_are_scipys(tmp_path, mode, data_shape, kernel_shape, dtype):
    random = np.random.default_rng(5)
    draw = lambda shape: (random.standard_normal(shape) + 1j * random.standard_normal(shape)).astype(dtype) if np.issubdtype(dtype, np.complexfloating) else random.standard_normal(shape).astype(dtype)
    data, kernel = draw(data_shape), draw(kernel_shape)
    ours = convolved(tmp_path, data, kernel, "--mode", mode)
    theirs = signal.convolve(data, kernel, mode, method="direct")
    assert ours.dtype == dtype and ours.shape == theirs.shape
    # Twice the bound of one of them.
    eps = np.finfo(np.float64 if dtype != np.float32 else np.float32).eps
    assert np.abs(ours - theirs).max() <= 2 * eps * np.log2(2 * data.size) * np.linalg.norm(data) * np.linalg.norm(kernel)


def test_periodic_is_the_circular_theorem(tmp_path):
    random = np.random.default_rng(6)
    data, kernel = random.standard_normal((7, 1021)), random.standard_normal(1021)
    ours = convolved(tmp_path, data, kernel, "--mode", "periodic")
    theirs = np.fft.irfft(np.fft.rfft(data) * np.fft.rfft(kernel), 1021)
    assert np.abs(ours - theirs).max() <= 2e-16 * 20 * np.linalg.norm(data[0]) * np.linalg.norm(kernel)
