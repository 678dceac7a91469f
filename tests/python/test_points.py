"""`kindred points` beside SciPy: the unscrambled Sobol' sequence bit for bit, and the discrepancies of its quality report."""

import json
import subprocess
import warnings

import numpy as np
import pytest

from conftest import executable

qmc = pytest.importorskip("scipy.stats.qmc", reason="SciPy is not installed")

def points(tmp_path, *arguments):
    target = tmp_path / "points.npy"
    command = [executable(), "points", "-q", "--sequence", "sobol", "--scramble", "none", *map(str, arguments), "--force", "-o", str(target)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return np.load(target)


@pytest.mark.parametrize("dimension, count", [(1, 1 << 14), (8, 4096), (64, 1000), (1111, 64), (21201, 9)])
def test_sobol_is_scipys_bit_for_bit(tmp_path, dimension, count):
    ours = points(tmp_path, "--dimension", dimension, "--count", count, "--order", "gray")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # counts that are no power of two
        theirs = qmc.Sobol(dimension, scramble=False, bits=32).random(count)
    assert ours.dtype == np.float64 and ours.shape == (count, dimension)
    np.testing.assert_array_equal(ours, theirs)


def test_sobol_from_the_middle(tmp_path):
    ours = points(tmp_path, "--dimension", 5, "--count", 300, "--first", 777, "--order", "gray")
    engine = qmc.Sobol(5, scramble=False, bits=32)
    engine.fast_forward(777)
    np.testing.assert_array_equal(ours, engine.random(300))


def test_discrepancies_are_scipys():
    command = [executable(), "points", "-q", "--json", "--quality", "--sequence", "halton", "--seed", "3", "--dimension", "6", "--count", "500"]
    report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    squared = report["quality"]["squared_discrepancies"]
    listing = subprocess.run([word for word in command if word != "--quality"], check=True, capture_output=True, text=True).stdout
    sample = np.array(json.loads(listing)["points"])
    for name, method in (("star", "L2-star"), ("centred", "CD"), ("wraparound", "WD"), ("mixture", "MD")):
        theirs = qmc.discrepancy(sample, method=method)
        # Both round sums of terms of order (19/12)^6 = 16 at most.
        assert squared[name] == pytest.approx(theirs**2 if method == "L2-star" else theirs, abs=1e-12 * 16)
