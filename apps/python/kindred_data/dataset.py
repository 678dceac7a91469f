"""A data set: the shards of its splits seen as one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Dict, List, Optional, Sequence, Tuple

import numpy as np

from .shard import DatasetError, Field, Parameter, Shard
from .statistics import Statistics, load_statistics

if TYPE_CHECKING:
    import xarray

_SPLITS = ("train", "valid", "test")


@dataclass(frozen=True)
class Sample:
    """One sample. `fields` are read-only views into the files: copy what you change."""

    index: int
    split: str
    fields: Dict[str, np.ndarray]
    parameters: Dict[str, float]


def open_dataset(path: os.PathLike, unfinished: bool = False) -> "Dataset":
    """Opens a data set's folder, or one shard.

    unfinished: also take shards that are still being written (`.hdf5.part`), and of those the samples done so far.
    Raises DatasetError if nothing is there.
    """
    root = Path(path)
    if root.is_file():
        return Dataset(root.parent, [Shard(root)])
    found: List[Path] = []
    for split in sorted({p.name for p in (root / "data").glob("*") if p.is_dir()}, key=_split_order):
        folder = root / "data" / split
        files = list(folder.glob("*.hdf5")) + (list(folder.glob("*.hdf5.part")) if unfinished else [])
        found.extend(sorted(files, key=lambda p: p.name.replace(".part", "")))
    if not found:
        parts = list(root.glob("data/*/*.part"))
        hint = "it is still being generated: pass unfinished=True to see what is done" if parts else "is this the folder that `kindred generate` wrote?"
        raise DatasetError(f"no finished shard (data/<split>/*.hdf5) under {root}: {hint}")
    return Dataset(root, [Shard(file) for file in found])


def _split_order(name: str) -> Tuple[int, str]:
    return (_SPLITS.index(name) if name in _SPLITS else len(_SPLITS), name)


def _without_count(identity: str) -> str:
    """What identifies a data set, apart from the number of its samples: shards keep theirs when it is extended."""
    kept, table = [], ""
    for line in identity.splitlines():
        table = line if line.startswith("[") else table
        if not (table == "[sweep]" and line.startswith("count =")) and table != "[output.split]":
            kept.append(line)
    return "\n".join(kept)


class Dataset:
    """Samples of all splits, in stored order (train, valid, test).

    Cheap to make and to pickle; safe to hand to forked or spawned processes.
    """

    def __init__(self, root: Path, shards: Sequence[Shard]):
        self.root = Path(root)
        self.shards = list(shards)
        first = self.shards[0]
        for shard in self.shards[1:]:
            if _without_count(shard.provenance.get("identity", "")) != _without_count(first.provenance.get("identity", "")):
                raise DatasetError(f"{shard.path} belongs to another data set than {first.path}")
        self._rows: List[np.ndarray] = [np.arange(s.rows) if s.sealed else s.done() for s in self.shards]
        self._starts = np.concatenate([[0], np.cumsum([len(r) for r in self._rows])])

    @property
    def name(self) -> str:
        return self.shards[0].name

    @property
    def fields(self) -> Dict[str, Field]:
        """By name; inputs before outputs, as stored."""
        return {field.name: field for field in self.shards[0].fields}

    @property
    def parameters(self) -> Dict[str, Parameter]:
        return {parameter.name: parameter for parameter in self.shards[0].parameters}

    @property
    def coordinates(self) -> Dict[str, np.ndarray]:
        """Cell centres of each axis."""
        return self.shards[0].coordinates

    @property
    def boundary(self) -> List[Dict]:
        return self.shards[0].boundary

    @property
    def provenance(self) -> Dict[str, str]:
        return self.shards[0].provenance

    @property
    def splits(self) -> Dict[str, int]:
        """Number of samples of each split."""
        counts: Dict[str, int] = {}
        for shard, rows in zip(self.shards, self._rows):
            counts[shard.split] = counts.get(shard.split, 0) + len(rows)
        return counts

    @property
    def stats(self) -> Statistics:
        """Mean, std and rms of each field over the training split, from stats.yaml."""
        path = self.root / "stats.yaml"
        if not path.is_file():
            raise DatasetError(f"{path} is missing: it is written when the data set is complete (or by `kindred stats --write`)")
        return load_statistics(path)

    def __len__(self) -> int:
        return int(self._starts[-1])

    def __repr__(self) -> str:
        lines = [f"<kindred_data.Dataset {self.name}: {len(self)} samples, " + " × ".join(str(len(c)) for c in self.coordinates.values()) + " cells>"]
        lines.append("  splits      " + ", ".join(f"{name} {count}" for name, count in self.splits.items()))
        for field in self.fields.values():
            unit = "" if field.units in ("", "1") else f" [{field.units}]"
            lines.append(f"  {field.role:<11} {field.name}: {field.shape} {field.dtype} {field.long_name}{unit}")
        if self.parameters:
            lines.append("  parameters  " + ", ".join(self.parameters))
        return "\n".join(lines)

    def _locate(self, row: int) -> Tuple[Shard, int]:
        if not -len(self) <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        row %= len(self)
        at = int(np.searchsorted(self._starts, row, side="right")) - 1
        return self.shards[at], int(self._rows[at][row - self._starts[at]])

    def sample(self, row: int) -> Sample:
        """The sample at `row`, counted over all splits in stored order."""
        shard, r = self._locate(row)
        return Sample(
            index=int(shard.array("/samples/index")[r]),
            split=shard.split,
            fields={field.name: shard.field(field)[r] for field in shard.fields},
            parameters={p.name: float(shard.array("/scalars/" + p.name)[r]) for p in shard.parameters},
        )

    def __getitem__(self, row: int) -> Sample:
        return self.sample(row)

    def rows(self, split: Optional[str] = None) -> np.ndarray:
        """Row numbers of a split, for `sample`; of all splits for None."""
        chosen = [np.arange(a, b) for s, a, b in zip(self.shards, self._starts, self._starts[1:]) if split in (None, s.split)]
        if not chosen:
            raise KeyError(f"no split {split!r}: there are {', '.join(self.splits)}")
        return np.concatenate(chosen)

    def column(self, path: str, split: Optional[str] = None) -> np.ndarray:
        """A per-sample dataset such as "/scalars/beta" or "/samples/iterations", over the samples of a split."""
        self.rows(split)
        parts = [s.array(path)[rows] for s, rows in zip(self.shards, self._rows) if split in (None, s.split)]
        return np.concatenate(parts)

    def arrays(self, split: Optional[str] = None) -> Dict[str, np.ndarray]:
        """All samples of a split by field name, (samples, ...). One shard: a view; several: a copy in memory."""
        self.rows(split)
        result: Dict[str, np.ndarray] = {}
        for field in self.fields.values():
            parts = [
                s.field(field) if len(rows) == s.rows else s.field(field)[rows]
                for s, rows in zip(self.shards, self._rows)
                if split in (None, s.split)
            ]
            result[field.name] = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return result

    def to_xarray(self, split: Optional[str] = None) -> "xarray.Dataset":
        """Fields and parameters with dimensions `sample`, x, y, z (and `component`), coordinates and units."""
        import xarray

        variables = {}
        for name, array in self.arrays(split).items():
            field = self.fields[name]
            dimensions = ("sample",) + field.axes + (("component",), ("row", "column"))[field.rank - 1] if field.rank else ("sample",) + field.axes
            attributes = {"long_name": field.long_name, "units": field.units, "role": field.role}
            variables[name] = xarray.Variable(dimensions, array, attributes)
        for name, parameter in self.parameters.items():
            values = self.column("/scalars/" + name, split)
            key = name if name not in variables and name not in self.coordinates else "parameter_" + name
            variables[key] = xarray.Variable(("sample",), values, {"long_name": parameter.long_name, "units": parameter.units})
        coordinates = {"sample": xarray.Variable(("sample",), self.column("/samples/index", split).astype(np.int64), {"long_name": "global sample number"})}
        for axis, centers in self.coordinates.items():
            coordinates[axis] = xarray.Variable((axis,), centers, {"units": self.shards[0].axis_units[axis]})
        return xarray.Dataset(variables, coordinates, {"title": self.name, "dataset_id": self.provenance.get("dataset_id", "")})

    def torch(
        self,
        split: Optional[str] = "train",
        inputs: Optional[Sequence[str]] = None,
        outputs: Optional[Sequence[str]] = None,
        normalize: bool = False,
    ):
        """A torch Dataset of (input, output) pairs, each (channels, *grid). See `kindred_data.pairs.PairDataset`."""
        from .pairs import PairDataset

        return PairDataset(self, split, inputs, outputs, normalize)

    def verify(self) -> List[Tuple[Path, int, str]]:
        """Re-reads every finished row; (file, row, field) of each whose checksum differs. Empty: all is well."""
        return [(shard.path, row, field) for shard in self.shards for row, field in shard.checksum_errors()]
