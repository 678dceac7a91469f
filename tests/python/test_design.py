"""What a low-discrepancy design stores: values follow from the words of its points, and an extended data set reads as one."""

import subprocess

import pytest

from conftest import executable

h5py = pytest.importorskip("h5py")
numpy = pytest.importorskip("numpy")
kindred_data = pytest.importorskip("kindred_data")

DECK = """
version = 1
[problem]
type = "darcy"
coefficient = {{ type = "lognormal" }}
[grid]
n = [8, 8]
[sweep]
seed = 5
count = {count}
design = {{ type = "sobol", field_dimensions = 3, store_points = true }}
"problem.coefficient.sigma" = {{ uniform = [0.25, 0.75] }}
[output]
dir = "{directory}"
name = "set"
split = {{ train = 0.5, valid = 0.25, test = 0.25 }}
"""


def generate(folder, count):
    (folder / "deck.toml").write_text(DECK.format(count=count, directory=folder / "set"))
    subprocess.run([executable(), "-q", "generate", str(folder / "deck.toml")], check=True, capture_output=True)
    return sorted((folder / "set" / "data").glob("*/*.hdf5"))


def lines(group, name):
    return group[name][()].decode().splitlines()


def test_swept_values_follow_from_the_words(tmp_path):
    files = generate(tmp_path, 16)
    for path in files:
        with h5py.File(path) as file:
            design = file["design"]
            assert design.attrs["sequence"] == "sobol" and design.attrs["table"] == "joe_kuo_6_21201"
            assert design.attrs["seed"] == 5 and design.attrs["dimensions"] == 4
            assert lines(design, "assigned") == ["problem.coefficient.sigma"] + [f"problem.coefficient #{k}" for k in (1, 2, 3)]
            assert lines(design, "distributions") == ["{ uniform = [0.25, 0.75] }"]
            words = design["words"][:]
            u = ((words >> numpy.uint64(12)).astype(float) + 0.5) / 2.0**52
            numpy.testing.assert_allclose(file["scalars/sigma"][:], 0.25 + 0.5 * u[:, 0], rtol=1e-15)
            assert (design["point"][:] == file["samples/index"][:]).all()


def test_an_extended_data_set_is_one_net(tmp_path):
    before = {path: path.read_bytes() for path in generate(tmp_path, 16)}
    files = generate(tmp_path, 64)
    assert len(files) == 2 * len(before)
    assert all(path.read_bytes() == contents for path, contents in before.items())
    words = []
    for path in files:
        with h5py.File(path) as file:
            words.append(file["design/words"][:])
    cells = numpy.sort(numpy.concatenate(words) >> numpy.uint64(58), axis=0)  # six digits: 64 intervals
    assert (cells == numpy.arange(64)[:, None]).all()
    dataset = kindred_data.open_dataset(tmp_path / "set")
    assert sorted(dataset.column("/samples/index")) == list(range(64))
