"""Reading contracts of other projects, restated: The Well, PDEBench, xarray over netCDF-4, ncdump.

Each function below does what the named reader does with a file, no more: where it fails, that reader would fail.
"""

import shutil
import subprocess

import h5py
import numpy as np
import pytest


def is_bool(value):
    return isinstance(value, np.bool_)


def texts(values):
    values = list(values)
    assert all(isinstance(v, str) for v in values), "fixed-length strings come back as bytes"
    return values


# --- The Well -----------------------------------------------------------------------------------


def expected_shape(attributes, rows, steps, sizes):
    shape = ()
    if attributes["sample_varying"]:
        shape += (rows,)
    if attributes["time_varying"]:
        shape += (steps,)
    return shape + tuple(n for n, varies in zip(sizes, attributes.get("dim_varying", [])) if varies)


def check_well_file(path, name):
    """Groups, attributes, types and shapes that The Well's format asks for."""
    with h5py.File(path, "r") as file:
        assert file.attrs["dataset_name"] == name
        assert file.attrs["grid_type"] == "cartesian"
        dims = int(file.attrs["n_spatial_dims"])
        rows = int(file.attrs["n_trajectories"])
        for parameter in texts(file.attrs["simulation_parameters"]):
            assert parameter in file.attrs and parameter in file["scalars"]

        axes = texts(file["dimensions"].attrs["spatial_dims"])
        assert len(axes) == dims
        time = file["dimensions/time"]
        assert is_bool(time.attrs["sample_varying"]) and is_bool(time.attrs["time_varying"])
        assert time.attrs["time_varying"], "the checker computes the shape of time from its flags"
        steps = time.shape[-1]
        assert time.shape == expected_shape(time.attrs, rows, steps, ())
        sizes = []
        for axis in axes:
            d = file["dimensions"][axis]
            assert is_bool(d.attrs["sample_varying"]) and not d.attrs["sample_varying"]
            assert is_bool(d.attrs["time_varying"]) and not d.attrs["time_varying"]
            sizes.append(d.shape[-1])

        scalars = texts(file["scalars"].attrs["field_names"])
        assert set(scalars) == set(file["scalars"])
        for scalar in scalars:
            d = file["scalars"][scalar]
            assert is_bool(d.attrs["sample_varying"]) and is_bool(d.attrs["time_varying"])
            assert d.shape == expected_shape(d.attrs, rows, steps, ())

        for rank in range(3):
            group = file[f"t{rank}_fields"]
            names = texts(group.attrs["field_names"])
            assert set(names) == set(group)
            for field in names:
                d = group[field]
                assert is_bool(d.attrs["sample_varying"]) and is_bool(d.attrs["time_varying"])
                assert d.attrs["dim_varying"].dtype == np.bool_ and len(d.attrs["dim_varying"]) == dims
                assert d.shape == expected_shape(d.attrs, rows, steps, sizes) + (dims,) * rank
                if rank == 2:
                    assert is_bool(d.attrs["symmetric"]) and is_bool(d.attrs["antisymmetric"])

        for condition in file["boundary_conditions"].values():
            assert condition.attrs["bc_type"].upper() in {"WALL", "OPEN", "PERIODIC"}
            dims_of_it = texts(condition.attrs["associated_dims"])
            texts(condition.attrs["associated_fields"])
            assert is_bool(condition.attrs["sample_varying"]) and is_bool(condition.attrs["time_varying"])
            mask = condition["mask"]
            assert mask.dtype == np.bool_
            assert mask.shape == tuple(file["dimensions"][d].shape[-1] for d in dims_of_it)
            assert mask[0] or mask[-1]
        return rows, steps, sizes


def well_windows(files, inputs, outputs, stride=1):
    """(file, row, first step) of every window that the loader serves."""
    windows = []
    for path in files:
        with h5py.File(path, "r") as file:
            steps = file["dimensions/time"].shape[-1]
            count = max(0, steps - stride * (inputs + outputs - 1))
            assert count > 0, "the loader refuses files without a single window"
            windows += [(path, row, first) for row in range(int(file.attrs["n_trajectories"])) for first in range(count)]
    return windows


def well_item(window, inputs, outputs):
    """Varying fields (steps, x..., channels) split into input and output; constant fields (x..., channels); boundary."""
    path, row, first = window
    with h5py.File(path, "r") as file:
        sizes = [file["dimensions"][d].shape[-1] for d in file["dimensions"].attrs["spatial_dims"]]
        varying, constant = [], []
        for rank in range(3):
            for name in file[f"t{rank}_fields"].attrs["field_names"]:
                d = file[f"t{rank}_fields"][name]
                index = (row,) if d.attrs["sample_varying"] else ()
                if d.attrs["time_varying"]:
                    index += (slice(first, first + inputs + outputs),)
                values = d[index]
                kept = list(d.attrs["dim_varying"])
                lead = 1 if d.attrs["time_varying"] else 0
                shape = values.shape[:lead] + tuple(n if k else 1 for n, k in zip(sizes, kept)) + (-1,)
                tiled = values.shape[:lead] + tuple(sizes)
                values = values.reshape(shape)
                values = np.broadcast_to(values, tiled + (values.shape[-1],))
                (varying if d.attrs["time_varying"] else constant).append(values)
        codes = {"WALL": 0, "OPEN": 1, "PERIODIC": 2}
        boundary = np.full((len(sizes), 2), codes["OPEN"])
        for condition in file["boundary_conditions"].values():
            axis = list(file["dimensions"].attrs["spatial_dims"]).index(condition.attrs["associated_dims"][0])
            code = codes[condition.attrs["bc_type"].upper()]
            if condition["mask"][0]:
                boundary[axis, 0] = code
            if condition["mask"][-1]:
                boundary[axis, 1] = code
    stacked = np.concatenate(varying, axis=-1)
    return stacked[:inputs], stacked[inputs:], np.concatenate(constant, axis=-1), boundary


@pytest.mark.parametrize("kind", ["plane", "two_frames", "line", "volume"])
def test_the_well_format(kind, request):
    made = request.getfixturevalue(kind)
    for split, count in made.samples.items():
        checked = [check_well_file(path, kind) for path in made.files(split)]
        assert sum(rows for rows, _, _ in checked) == count
        assert all(tuple(sizes) == made.cells for _, _, sizes in checked)


def test_the_well_loader_of_one_frame(plane):
    windows = well_windows(plane.files("train"), 1, 0)
    assert len(windows) == 10
    u, nothing, constant, boundary = well_item(windows[7], 1, 0)
    assert u.shape == (1,) + plane.cells + (1,) and nothing.shape[0] == 0
    assert constant.shape[:2] == plane.cells and constant.shape[-1] >= 1
    np.testing.assert_array_equal(boundary, [[0, 0], [0, 0]])
    with pytest.raises(AssertionError):
        well_windows(plane.files("train"), 1, 1)


def test_the_well_loader_of_two_frames(two_frames):
    windows = well_windows(two_frames.files("test"), 1, 1)
    assert len(windows) == 6
    before, after, constant, _ = well_item(windows[0], 1, 1)
    assert not before.any() and after.any() and constant.any()


def test_the_well_statistics(plane):
    yaml = pytest.importorskip("yaml")
    stats = yaml.safe_load((plane.path / "stats.yaml").read_text())
    for key in ("mean", "std", "rms", "mean_delta", "std_delta", "rms_delta"):
        assert isinstance(stats[key]["u"], float)
        if not key.endswith("delta"):
            assert isinstance(stats[key]["coefficient"], float)
    assert stats["std"]["u"] > 0.0 and stats["std_delta"]["u"] > 1e-4
    metadata = yaml.safe_load((plane.path / "plane.yaml").read_text())
    assert metadata["dataset_name"] == "plane" and metadata["n_spatial_dims"] == 2
    assert list(metadata["spatial_resolution"]) == list(plane.cells)


def test_the_well_names_few_root_attributes(plane):
    with h5py.File(plane.files("train")[0], "r") as file:
        # to_xarray() repeats every one of them for every sample.
        assert set(file.attrs) == {"dataset_name", "grid_type", "n_spatial_dims", "n_trajectories", "simulation_parameters"}


# --- PDEBench -----------------------------------------------------------------------------------


def pdebench_single(path):
    """The single-file loader: layout by the name's ending and the rank of `tensor`. @returns items and grid"""
    assert str(path)[-2:] != "h5", "such names mean one group per sample"
    with h5py.File(path, "r") as file:
        keys = sorted(file.keys())
        assert "tensor" in keys, "without it the file is taken for compressible flow"
        data = np.array(file["tensor"], dtype=np.float32)
        if data.ndim == 3:
            items = np.transpose(data, (0, 2, 1))[..., None]
            return items, np.array(file["x-coordinate"], dtype=np.float32)
        assert data.ndim == 4, "only 1-D data and 2-D Darcy flow have this layout"
        solution = np.transpose(data, (0, 2, 3, 1))
        nu = np.transpose(np.array(file["nu"], dtype=np.float32)[:, None], (0, 2, 3, 1))
        items = np.concatenate([nu, solution], axis=-1)[..., None]
        x = np.array(file["x-coordinate"], dtype=np.float32)
        y = np.array(file["y-coordinate"], dtype=np.float32)
        return items, np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)


@pytest.mark.parametrize("kind", ["plane", "two_frames"])
def test_pdebench_darcy(kind, request):
    made = request.getfixturevalue(kind)
    for path in made.files("train"):
        items, grid = pdebench_single(path)
        with h5py.File(path, "r") as file:
            assert items.shape == file["t0_fields/u"].shape[:1] + made.cells + (2, 1)
            np.testing.assert_array_equal(items[..., 0, 0], file["t0_fields/coefficient"][()])
            np.testing.assert_array_equal(items[..., 1, 0], file["t0_fields/u"][:, -1])
        assert grid.shape == made.cells + (2,)


def test_pdebench_line(line):
    items, x = pdebench_single(line.files("train")[0])
    assert items.shape == (10, 32, 1, 1) and x.shape == (32,)


def test_pdebench_names_are_hard_links(plane):
    with h5py.File(plane.files("train")[0], "r") as file:
        assert file["tensor"] == file["t0_fields/u"]  # the same object, not a copy
        assert file["nu"] == file["t0_fields/coefficient"]
        assert file["x-coordinate"] == file["dimensions/x"]


def test_pdebench_first_tenth_is_like_the_rest(folder):
    """Its loaders take the first (or last) 10 % for testing: rows must be exchangeable.

    A parameter swept in order, 0.2 to 0.8 over 400 samples, must not be sorted in the file. Two-sample
    Kolmogorov-Smirnov test between the first tenth and the rest at level 1e-4 (a fixed seed: passes or fails for ever):
    critical distance sqrt(-ln(alpha / 2) / 2 * (1/n + 1/m)).
    """
    from conftest import executable

    deck = folder / "sorted.toml"
    deck.write_text(
        """
version = 1
[problem]
type = "darcy"
coefficient = { type = "constant" }
[grid]
n = [4]
[sweep]
seed = 5
design = "grid"
"problem.coefficient.value" = { linspace = [0.2, 0.8, 400] }
[output]
dir = "%s"
split = { train = 400 }
"""
        % (folder / "sorted")
    )
    subprocess.run([executable(), "generate", str(deck), "-q"], check=True, timeout=300)
    path = next((folder / "sorted" / "data" / "train").glob("*.hdf5"))
    with h5py.File(path, "r") as file:
        values = file["scalars"][file["scalars"].attrs["field_names"][0]][()]
    assert not np.all(np.diff(values) >= 0.0)
    first, rest = np.sort(values[:40]), np.sort(values[40:])
    everything = np.sort(values)
    distance = np.max(np.abs(np.searchsorted(first, everything, side="right") / 40 - np.searchsorted(rest, everything, side="right") / 360))
    assert distance < np.sqrt(-np.log(1e-4 / 2) / 2 * (1 / 40 + 1 / 360))


# --- xarray and netCDF --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["plane", "line", "volume"])
def test_xarray_opens_root_and_group(kind, request):
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4")
    made = request.getfixturevalue(kind)
    axes = tuple("xyz"[: len(made.cells)])
    path = made.files("train")[0]
    with xarray.open_dataset(path, engine="netcdf4") as root:
        assert root["u"].dims == ("sample", "time") + axes
        assert root["coefficient"].dims == ("sample",) + axes
        for axis, n in zip(axes, made.cells):
            np.testing.assert_allclose(root[axis], (np.arange(n) + 0.5) / n, rtol=1e-6)
            assert "units" in root[axis].attrs
        with h5py.File(path, "r") as file:
            np.testing.assert_array_equal(root["u"], file["t0_fields/u"][()])
    with xarray.open_dataset(path, engine="netcdf4", group="t0_fields") as group:
        assert group["u"].dims == ("sample", "time") + axes


def test_xarray_opens_many_shards(plane):
    xarray = pytest.importorskip("xarray")
    pytest.importorskip("netCDF4")
    tables = [xarray.open_dataset(path, engine="netcdf4") for path in plane.files("train")]
    joined = xarray.concat([t[["u", "coefficient"]] for t in tables], dim="sample")
    assert joined.sizes["sample"] == 10
    assert len(np.unique(joined["sample"])) == 10


def test_ncdump_reads_the_header(plane):
    if shutil.which("ncdump") is None:
        pytest.skip("ncdump (package netcdf-bin) is not installed")
    told = subprocess.run(["ncdump", "-h", str(plane.files("train")[0])], check=True, capture_output=True, text=True).stdout
    assert "float u(sample, time, x, y)" in told
