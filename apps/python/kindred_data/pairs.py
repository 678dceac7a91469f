"""Input/output pairs for training, as a PyTorch Dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional, Sequence, Tuple

import numpy as np

from .shard import DatasetError, Field

if TYPE_CHECKING:
    from .dataset import Dataset

try:
    import torch
    from torch.utils.data import Dataset as _Base
except ImportError:
    torch = None
    _Base = object


class PairDataset(_Base):
    """Pairs (input, output) of float32 arrays, (channels, *grid).

    inputs, outputs: names of fields, or of parameters, which become constant channels. Default: all input fields, all
    output fields. Vectors and tensors give one channel per component; fields on one side are repeated across the grid.
    normalize: subtract the mean and divide by the deviation of stats.yaml (training split; for every split alike);
    parameters use their own mean and deviation over the training split.

    The files are mapped on first use in each process, so that DataLoader workers may be forked or spawned. Without
    PyTorch the items are NumPy arrays.
    """

    def __init__(self, data: "Dataset", split: Optional[str], inputs: Optional[Sequence[str]], outputs: Optional[Sequence[str]], normalize: bool):
        self.data = data
        self.grid = tuple(len(c) for c in data.coordinates.values())
        self._rows = data.rows(split)
        self.inputs = list(inputs) if inputs is not None else [f.name for f in data.fields.values() if f.role == "input"]
        self.outputs = list(outputs) if outputs is not None else [f.name for f in data.fields.values() if f.role == "output"]
        for name in self.inputs + self.outputs:
            if name not in data.fields and name not in data.parameters:
                known = ", ".join(list(data.fields) + list(data.parameters))
                raise DatasetError(f"the data set {data.name} has no field or parameter {name!r}: there are {known}")
        self._input_scale = self._scale(self.inputs) if normalize else None
        self._output_scale = self._scale(self.outputs) if normalize else None

    def _scale(self, names: Sequence[str]) -> Tuple[np.ndarray, np.ndarray]:
        """Mean and deviation of each channel, shaped for broadcasting over the grid."""
        means: List[float] = []
        deviations: List[float] = []
        stats = self.data.stats
        for name in names:
            if name in self.data.fields:
                means.extend(np.ravel(stats["mean"][name]))
                deviations.extend(np.ravel(stats["std"][name]))
            else:
                values = self.data.column("/scalars/" + name, "train" if "train" in self.data.splits else None)
                means.append(float(values.mean()))
                deviations.append(float(values.std()))
        shape = (len(means),) + (1,) * len(self.grid)
        # A constant channel has no deviation: it becomes zero.
        spread = np.array([d if d > 0.0 else 1.0 for d in deviations])
        return np.array(means).reshape(shape), spread.reshape(shape)

    def _channels(self, field: Field, values: np.ndarray) -> np.ndarray:
        """(components, *grid)"""
        components = int(np.prod(field.shape[len(field.axes) :], dtype=int))
        axes = tuple(len(self.data.coordinates[a]) if a in field.axes else 1 for a in self.data.coordinates)
        channels = np.moveaxis(np.asarray(values).reshape(axes + (components,)), -1, 0)
        return np.broadcast_to(channels, (components,) + self.grid)

    def _stack(self, sample, names: Sequence[str], scale) -> "np.ndarray | torch.Tensor":
        parts = []
        for name in names:
            if name in self.data.fields:
                parts.append(self._channels(self.data.fields[name], sample.fields[name]))
            else:
                parts.append(np.full((1,) + self.grid, sample.parameters[name]))
        stacked = np.concatenate(parts) if parts else np.zeros((0,) + self.grid)
        if scale is not None:
            stacked = (stacked - scale[0]) / scale[1]
        stacked = np.ascontiguousarray(stacked, dtype=np.float32)
        return torch.from_numpy(stacked) if torch is not None else stacked

    def denormalize(self, output):
        """Undoes the normalisation of an output, (..., channels, *grid)."""
        if self._output_scale is None:
            return output
        mean, deviation = self._output_scale
        if torch is not None and isinstance(output, torch.Tensor):
            mean, deviation = (torch.as_tensor(a, dtype=output.dtype, device=output.device) for a in (mean, deviation))
        return output * deviation + mean

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, i: int):
        if not -len(self) <= i < len(self):
            raise IndexError(i)
        sample = self.data.sample(int(self._rows[i]))
        return self._stack(sample, self.inputs, self._input_scale), self._stack(sample, self.outputs, self._output_scale)
