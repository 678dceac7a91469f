"""One HDF5 file of a data set: what it holds, and its rows as memory maps."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, Tuple

import h5py
import numpy as np

DONE = 2


class DatasetError(Exception):
    """A data set is missing, damaged, or of another kind. The message says what to do."""


@dataclass(frozen=True)
class Field:
    """A function on the grid, or on one of its sides.

    shape: of one sample: the axes it varies along, then components (rank 1: one axis of them, rank 2: two).
    role: "input" or "output".
    """

    name: str
    long_name: str
    units: str
    role: str
    rank: int
    axes: Tuple[str, ...]
    shape: Tuple[int, ...]
    dtype: np.dtype
    has_time: bool

    @property
    def path(self) -> str:
        return f"/t{self.rank}_fields/{self.name}"


@dataclass(frozen=True)
class Parameter:
    """One number per sample."""

    name: str
    long_name: str
    units: str


@dataclass(frozen=True)
class _Extent:
    """Where a contiguous array lies in its file."""

    offset: int
    dtype: np.dtype
    shape: Tuple[int, ...]


def _extent(dataset: h5py.Dataset) -> _Extent:
    offset = dataset.id.get_offset()
    if offset is None:
        raise DatasetError(
            f"{dataset.file.filename}: {dataset.name} is chunked or compressed and cannot be mapped: read it with h5py"
        )
    return _Extent(int(offset), dataset.dtype, dataset.shape)


def _text(dataset: h5py.Dataset) -> str:
    value = dataset[()]
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


class Shard:
    """One file, sealed (`.hdf5`) or still growing (`.hdf5.part`).

    HDF5 is used once, for the metadata; the rows are read through `numpy.memmap`, opened on first use in each process.
    """

    def __init__(self, path: os.PathLike):
        self.path = Path(path)
        self._maps: Dict[str, np.memmap] = {}
        self._maps_pid = -1
        try:
            with h5py.File(self.path, "r") as file:
                self._read_metadata(file)
        except (OSError, KeyError) as error:
            raise DatasetError(f"{self.path} is no readable Kindred shard: {error}") from error

    def _read_metadata(self, file: h5py.File) -> None:
        provenance = file["provenance"]
        layout = json.loads(_text(provenance["layout"]))
        self.plan: Dict = json.loads(_text(provenance["plan"]))
        self.provenance: Dict[str, str] = {
            key: _text(item).rstrip("\0") for key, item in provenance.items() if item.shape == () and h5py.check_string_dtype(item.dtype)
        }
        self.name: str = layout["name"]
        self.seed: int = layout["seed"]
        self.split: str = self.plan["split"]
        self.coordinates: Dict[str, np.ndarray] = {axis["name"]: np.array(axis["coordinates"]) for axis in layout["axes"]}
        self.axis_units: Dict[str, str] = {axis["name"]: axis["unit"] for axis in layout["axes"]}
        self.boundary: List[Dict] = layout["boundary"]
        self.parameters = [Parameter(s["name"], s["long_name"], s["unit"]) for s in layout["scalars"]]
        self._extents: Dict[str, _Extent] = {}
        self.fields: List[Field] = []
        for entry in layout["fields"]:
            self.fields.append(self._read_field(file, entry))
        for parameter in self.parameters:
            self._extents["/scalars/" + parameter.name] = _extent(file["scalars"][parameter.name])
        for key, item in file["samples"].items():
            self._extents["/samples/" + key] = _extent(item)
        self.rows: int = file["samples"]["status"].shape[0]

    def _read_field(self, file: h5py.File, entry: Dict) -> Field:
        axes = tuple(name for name, varies in zip(self.coordinates, entry["varies_along"]) if varies)
        path = f"/t{entry['rank']}_fields/{entry['name']}"
        extent = _extent(file[path])
        self._extents[path] = extent
        has_time = bool(entry["time_varying"])
        return Field(
            name=entry["name"],
            long_name=entry["long_name"],
            units=entry["unit"],
            role="output" if entry["output"] else "input",
            rank=entry["rank"],
            axes=axes,
            shape=extent.shape[2 if has_time else 1 :],
            dtype=extent.dtype,
            has_time=has_time,
        )

    @property
    def sealed(self) -> bool:
        return self.path.suffix != ".part"

    def array(self, path: str) -> np.ndarray:
        """A read-only map of the dataset `path`, as it is on disk: (rows, ...)."""
        if self._maps_pid != os.getpid():
            self._maps = {}
            self._maps_pid = os.getpid()
        if path not in self._maps:
            extent = self._extents[path]
            self._maps[path] = np.memmap(self.path, dtype=extent.dtype, mode="r", offset=extent.offset, shape=extent.shape)
        return self._maps[path]

    def field(self, field: Field) -> np.ndarray:
        """All rows of a field, without the step axis: (rows, *field.shape). Of several frames, the last."""
        array = self.array(field.path)
        return array[:, -1] if field.has_time else array

    def done(self) -> np.ndarray:
        """Row numbers of the finished samples."""
        return np.flatnonzero(np.asarray(self.array("/samples/status")) == DONE)

    def checksum_errors(self) -> Iterator[Tuple[int, str]]:
        """(row, field) of each finished row whose bytes do not match the stored CRC-32C."""
        from .checksum import crc32c

        for field in self.fields:
            values = self.field(field)
            stored = self.array("/samples/crc32c_" + field.name)
            for row in self.done():
                if crc32c(np.ascontiguousarray(values[row]).tobytes()) != int(stored[row]):
                    yield int(row), field.name

    def __getstate__(self) -> Dict:
        state = dict(self.__dict__)
        state["_maps"] = {}
        state["_maps_pid"] = -1
        return state
