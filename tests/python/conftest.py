"""Small data sets, made once by the kindred executable named in KINDRED_EXECUTABLE."""

import os
import subprocess
from pathlib import Path

import pytest

DECK = """
version = 1

[problem]
type = "{problem}"
{problem_keys}

[grid]
n = {n}

[sweep]
seed = 11
count = 20
{sweep}

[output]
dir = "{directory}"
name = "{name}"
split = {{ train = 10, valid = 4, test = 6 }}
shard_size = "{shard_size}"
steady_frames = {frames}
"""


class Made:
    """A finished data set: its folder and the name of its solution."""

    def __init__(self, path: Path, cells):
        self.path = path
        self.cells = tuple(cells)
        self.samples = {"train": 10, "valid": 4, "test": 6}

    def files(self, split):
        return sorted((self.path / "data" / split).glob("*.hdf5"))


def executable() -> str:
    path = os.environ.get("KINDRED_EXECUTABLE", "")
    if not path or not os.access(path, os.X_OK):
        pytest.skip("KINDRED_EXECUTABLE does not name the kindred executable")
    return path


def generate(folder: Path, name: str, cells, frames: int = 1, shard_size: str = "1 GiB") -> Made:
    directory = folder / name
    deck = folder / f"{name}.toml"
    deck.write_text(
        DECK.format(
            problem="darcy",
            problem_keys='coefficient = { type = "lognormal" }',
            n=list(cells),
            sweep='"problem.coefficient.sigma" = { uniform = [0.2, 0.8] }',
            directory=directory,
            name=name,
            shard_size=shard_size,
            frames=frames,
        )
    )
    subprocess.run([executable(), "generate", str(deck), "-q"], check=True, timeout=300)
    return Made(directory, cells)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sets")


@pytest.fixture(scope="session")
def plane(folder):
    """2-D, several shards a split."""
    return generate(folder, "plane", [16, 12], shard_size="4 KiB")


@pytest.fixture(scope="session")
def two_frames(folder):
    return generate(folder, "two_frames", [16, 12], frames=2)


@pytest.fixture(scope="session")
def line(folder):
    return generate(folder, "line", [32])


@pytest.fixture(scope="session")
def volume(folder):
    return generate(folder, "volume", [8, 6, 4])
