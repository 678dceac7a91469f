"""The package kindred_data against h5py reading the same files."""

import json
import pickle
import subprocess
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import h5py
import numpy as np
import pytest

import kindred_data
from conftest import executable


def by_h5py(made, split, path):
    return np.concatenate([h5py.File(f, "r")[path][()] for f in made.files(split)])


def test_splits_fields_and_length(plane):
    data = kindred_data.open_dataset(plane.path)
    assert data.splits == plane.samples
    assert list(data.splits) == ["train", "valid", "test"]
    assert len(data) == 20
    assert len(data.shards) > 3
    assert data.fields["u"].role == "output"
    assert data.fields["u"].shape == plane.cells
    assert data.fields["coefficient"].role == "input"
    assert "sigma" in data.parameters
    assert "train 10" in repr(data)
    assert [len(c) for c in data.coordinates.values()] == list(plane.cells)


@pytest.mark.parametrize("kind", ["plane", "two_frames", "line", "volume"])
def test_arrays_equal_h5py(kind, request):
    made = request.getfixturevalue(kind)
    data = kindred_data.open_dataset(made.path)
    for split in made.samples:
        arrays = data.arrays(split)
        u = by_h5py(made, split, "t0_fields/u")[:, -1]
        assert np.any(u != 0.0)
        np.testing.assert_array_equal(arrays["u"], u)
        np.testing.assert_array_equal(arrays["coefficient"], by_h5py(made, split, "t0_fields/coefficient"))
        np.testing.assert_array_equal(data.column("/scalars/sigma", split), by_h5py(made, split, "scalars/sigma"))


def test_samples_are_views_into_the_file(plane):
    data = kindred_data.open_dataset(plane.path)
    sample = data.sample(3)
    base = sample.fields["u"]
    while getattr(base, "base", None) is not None and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    assert not sample.fields["u"].flags.writeable
    numbers = [data.sample(i).index for i in range(len(data))]
    assert sorted(numbers) == list(range(20))
    assert data[-1].split == "test"
    with pytest.raises(IndexError):
        data.sample(20)
    with pytest.raises(KeyError, match="train, valid, test"):
        data.rows("validation")


def test_one_shard_alone(plane):
    file = plane.files("valid")[0]
    data = kindred_data.open_dataset(file)
    assert list(data.splits) == ["valid"]
    np.testing.assert_array_equal(data.arrays()["u"], h5py.File(file, "r")["t0_fields/u"][:, -1])


def test_statistics_are_those_of_the_training_split(plane):
    data = kindred_data.open_dataset(plane.path)
    arrays = data.arrays("train")
    for name in ("u", "coefficient"):
        # Written with ten digits or fewer after rounding; sums in float64.
        assert data.stats["mean"][name] == pytest.approx(np.mean(arrays[name], dtype=np.float64), rel=1e-4)
        assert data.stats["std"][name] == pytest.approx(np.std(arrays[name], dtype=np.float64), rel=1e-3)


def test_statistics_parser(tmp_path):
    file = tmp_path / "stats.yaml"
    file.write_text("# comment\nmean:\n  'u': 1.5e+00\n  v: [1.0, -2e-3]\n  D:\n  - [1, 2]\n  - [3, 4]\nstd:\n  u: 2\n")
    stats = kindred_data.load_statistics(file)
    assert stats["mean"]["u"] == 1.5
    np.testing.assert_array_equal(stats["mean"]["v"], [1.0, -2e-3])
    np.testing.assert_array_equal(stats["mean"]["D"], [[1, 2], [3, 4]])
    assert stats["std"]["u"] == 2.0
    file.write_text("mean:\n  u: one\n")
    with pytest.raises(ValueError, match="stats.yaml:2"):
        kindred_data.load_statistics(file)


def test_xarray(plane):
    pytest.importorskip("xarray")
    data = kindred_data.open_dataset(plane.path)
    table = data.to_xarray("test")
    assert table["u"].dims == ("sample", "x", "y")
    assert table["sigma"].dims == ("sample",)
    assert table.sizes["sample"] == 6
    np.testing.assert_allclose(table["x"], (np.arange(16) + 0.5) / 16, rtol=1e-12)
    np.testing.assert_array_equal(table["u"], data.arrays("test")["u"])


def test_pairs_stack_channels(plane):
    data = kindred_data.open_dataset(plane.path)
    pairs = data.torch("train", inputs=["coefficient", "sigma"], outputs=["u"])
    assert len(pairs) == 10
    x, y = (np.asarray(a) for a in pairs[4])
    sample = data.sample(int(data.rows("train")[4]))
    assert x.shape == (2,) + plane.cells and y.shape == (1,) + plane.cells
    np.testing.assert_array_equal(x[0], sample.fields["coefficient"])
    np.testing.assert_allclose(x[1], sample.parameters["sigma"], rtol=1e-6)
    np.testing.assert_array_equal(y[0], sample.fields["u"])
    with pytest.raises(kindred_data.DatasetError, match="coefficient"):
        data.torch("train", inputs=["a"])


def test_normalised_pairs_have_mean_zero_and_deviation_one(plane):
    pairs = kindred_data.open_dataset(plane.path).torch("train", inputs=["coefficient", "sigma"], outputs=["u"], normalize=True)
    x = np.stack([np.asarray(pairs[i][0]) for i in range(len(pairs))]).astype(np.float64)
    y = np.stack([np.asarray(pairs[i][1]) for i in range(len(pairs))]).astype(np.float64)
    # stats.yaml has at least five significant digits; float32 rounding is smaller.
    np.testing.assert_allclose(x.mean(axis=(0, 2, 3)), 0.0, atol=1e-3)
    np.testing.assert_allclose(x.std(axis=(0, 2, 3)), 1.0, atol=1e-3)
    np.testing.assert_allclose(y.std(), 1.0, atol=1e-3)
    raw = kindred_data.open_dataset(plane.path).torch("train", outputs=["u"])
    np.testing.assert_allclose(pairs.denormalize(np.asarray(pairs[0][1], dtype=np.float64)), np.asarray(raw[0][1]), rtol=1e-4, atol=1e-7)


def checksum(task):
    pairs, i = task
    return float(np.asarray(pairs[i][0], dtype=np.float64).sum())


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_map_the_files_themselves(plane, method):
    pairs = kindred_data.open_dataset(plane.path).torch("train")
    expected = [checksum((pairs, i)) for i in range(len(pairs))]  # the parent's maps are open when the workers start
    with ProcessPoolExecutor(2, mp_context=get_context(method)) as pool:
        assert list(pool.map(checksum, [(pairs, i) for i in range(len(pairs))])) == expected


def test_pickling_leaves_the_maps_behind(plane):
    data = kindred_data.open_dataset(plane.path)
    untouched = len(pickle.dumps(data))
    data.sample(0)  # maps a file
    assert len(pickle.dumps(data)) == untouched
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(data)).sample(0).fields["u"], data.sample(0).fields["u"])


def test_torch_loader(plane):
    torch = pytest.importorskip("torch")
    pairs = kindred_data.open_dataset(plane.path).torch("train")
    loader = torch.utils.data.DataLoader(pairs, batch_size=5, num_workers=2)
    batches = list(loader)
    assert sum(len(x) for x, _ in batches) == 10
    np.testing.assert_array_equal(batches[0][0][0].numpy(), pairs[0][0].numpy())


def test_checksums(plane, tmp_path):
    assert kindred_data.open_dataset(plane.path).verify() == []
    file = plane.files("train")[0]
    damaged = tmp_path / file.name
    content = bytearray(file.read_bytes())
    with h5py.File(file, "r") as shard:
        offset = shard["t0_fields/u"].id.get_offset()
    content[offset + 5] ^= 1
    damaged.write_bytes(content)
    assert [(row, field) for _, row, field in kindred_data.open_dataset(damaged).verify()] == [(0, "u")]


def test_crc32c_of_rfc_3720():
    from kindred_data.checksum import _plain, crc32c

    # RFC 3720, appendix B.4: 32 zeros, 32 ones, and the usual check string.
    for implementation in (_plain, crc32c):
        assert implementation(bytes(32)) == 0x8A9136AA
        assert implementation(b"\xff" * 32) == 0x62A8AB43
        assert implementation(b"123456789") == 0xE3069283


def test_nothing_there(tmp_path):
    with pytest.raises(kindred_data.DatasetError, match="kindred generate"):
        kindred_data.open_dataset(tmp_path)
    other = tmp_path / "other.hdf5"
    h5py.File(other, "w").close()
    with pytest.raises(kindred_data.DatasetError, match="Kindred shard"):
        kindred_data.open_dataset(other)


def export(made, name, target):
    """Runs an exporter. @returns its files by name"""
    command = [executable(), "--json", "export", str(made.path), "--to", name, "--output", str(target)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {f.split("/")[-1]: f for f in json.loads(told)["files"]}


@pytest.mark.parametrize("kind", ["plane", "volume"])
def test_exports_read_back(kind, request, tmp_path):
    """The exporters against NumPy's, h5py's and netCDF's own readers."""
    made = request.getfixturevalue(kind)
    data = kindred_data.open_dataset(made.path)
    u = data.arrays("train")["u"]

    archive = np.load(export(made, "npz", tmp_path / "npz")[f"{kind}_train.npz"])
    np.testing.assert_array_equal(archive["u"], u)
    np.testing.assert_array_equal(archive["sigma"], data.column("/scalars/sigma", "train"))

    with h5py.File(export(made, "fno-mat", tmp_path / "mat")[f"{kind}_train.mat"], "r") as file:
        sol = file["sol"][()]
        np.testing.assert_array_equal(np.transpose(sol, range(sol.ndim)[::-1]), u)

    xarray = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4")
    with xarray.open_dataset(export(made, "netcdf", tmp_path / "nc")[f"{kind}_train.nc"], engine="netcdf4") as table:
        assert table["u"].dims == ("sample",) + tuple("xyz"[: len(made.cells)])
        np.testing.assert_array_equal(table["u"], u)
        np.testing.assert_array_equal(np.sort(table["sample"]), np.sort(data.column("/samples/index", "train")))
        assert table["x"].attrs["units"]


@pytest.mark.parametrize("kind", ["line", "plane", "two_frames", "volume"])
def test_xdmf_selects_the_samples(kind, request, tmp_path):
    """Follows the description as a reader does: file, dataset, hyperslab; start, stride and count in one list."""
    made = request.getfixturevalue(kind)
    rows = {shard.path.resolve(): shard for shard in kindred_data.open_dataset(made.path).shards}
    for name, description in export(made, "vtk", tmp_path).items():
        if not name.endswith(".xdmf"):
            continue
        grids = ElementTree.parse(description).getroot().findall("./Domain/Grid/Grid")
        assert grids
        for row, grid in enumerate(grids):
            mesh = [int(n) for n in grid.find("Topology").get("Dimensions").split()]
            assert mesh == [1] * (3 - len(made.cells)) + list(made.cells)
            for attribute in grid.findall("Attribute"):
                slab = attribute.find("DataItem")
                selection, source = slab.findall("DataItem")
                start, stride, count = np.array(selection.text.split(), dtype=int).reshape(3, -1)
                path, dataset = source.text.split(":")
                path = (tmp_path / path).resolve()
                with h5py.File(path, "r") as file:
                    assert list(file[dataset].shape) == [int(n) for n in source.get("Dimensions").split()]
                    assert file[dataset].dtype.itemsize == int(source.get("Precision"))
                    index = tuple(slice(a, a + s * n, s) for a, s, n in zip(start, stride, count))
                    values = file[dataset][index].reshape(mesh)
                shard = rows[path]
                field = {f.name: f for f in shard.fields}[attribute.get("Name")]
                np.testing.assert_array_equal(values.reshape(field.shape), shard.field(field)[row])
