"""Reads the data sets made by the_well.sh with the_well's WellDataset and compares the values with h5py's."""

import sys
from importlib.metadata import version
from pathlib import Path

import h5py
import numpy as np
import torch
from the_well.data import WellDataset
from the_well.data.normalization import ZScoreNormalization

CELLS = {"line": (64,), "plane": (32, 24), "volume": (12, 10, 8), "two_frames": (32, 24)}
SAMPLES = {"train": 10, "valid": 4, "test": 6}


def stored(folder, split, field):
    return np.concatenate([h5py.File(f, "r")["t0_fields"][field][()] for f in sorted((folder / "data" / split).glob("*.hdf5"))])


def read_one_frame(folder, cells):
    for split, count in SAMPLES.items():
        data = WellDataset(path=str(folder), well_split_name=split, n_steps_input=1, n_steps_output=0, use_normalization=False)
        assert len(data) == count, (len(data), count)
        u, a = stored(folder, split, "u"), stored(folder, split, "coefficient")
        names = list(data.metadata.constant_field_names[0])
        for i in range(count):
            item = data[i]
            assert tuple(item["input_fields"].shape) == (1,) + cells + (1,)
            np.testing.assert_array_equal(item["input_fields"][0, ..., 0].numpy(), u[i, -1])
            np.testing.assert_array_equal(item["constant_fields"][..., names.index("coefficient")].numpy(), a[i])
            assert torch.all(item["boundary_conditions"] == 0), "every side is a wall"
        print(f"  {folder.name}/{split}: {count} items")


def read_two_frames(folder, cells):
    for split, count in SAMPLES.items():
        data = WellDataset(path=str(folder), well_split_name=split, use_normalization=False)
        assert len(data) == count
        u = stored(folder, split, "u")
        for i in range(count):
            item = data[i]
            assert not torch.any(item["input_fields"]), "the first frame is zero"
            np.testing.assert_array_equal(item["output_fields"][0, ..., 0].numpy(), u[i, -1])
        print(f"  {folder.name}/{split}: {count} items, default arguments")
    normalized = WellDataset(
        path=str(folder), well_split_name="train", use_normalization=True, normalization_type=ZScoreNormalization
    )
    # stats.yaml describes the solution, not the empty first frame.
    u = torch.cat([normalized[i]["output_fields"] for i in range(len(normalized))])
    assert abs(float(u.mean())) < 1e-3 and abs(float(u.std(correction=0)) - 1.0) < 1e-3, (u.mean(), u.std())
    print("  normalised with our stats.yaml: mean 0, deviation 1")
    loader = torch.utils.data.DataLoader(normalized, batch_size=5, num_workers=2)
    assert sum(len(batch["output_fields"]) for batch in loader) == len(normalized)
    print("  DataLoader with two workers")


def main():
    root = Path(sys.argv[1])
    print(f"the_well {version('the_well')}, torch {torch.__version__}, h5py {h5py.__version__}")
    for name, cells in CELLS.items():
        (read_two_frames if name == "two_frames" else read_one_frame)(root / name, cells)
    try:
        import dask  # noqa: F401
        import xarray  # noqa: F401
    except ImportError:
        print("  to_xarray not tried: it needs xarray and dask")
    else:
        table = WellDataset(path=str(root / "plane"), well_split_name="train", n_steps_input=1, n_steps_output=0, use_normalization=False).to_xarray()
        print(f"  to_xarray: {dict(table.sizes)}")
    print("the_well reads all of them")


if __name__ == "__main__":
    main()
