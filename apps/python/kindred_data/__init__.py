"""Reads Kindred data sets: memory-mapped samples, PyTorch data sets, xarray.

    >>> import kindred_data
    >>> data = kindred_data.open_dataset("out/darcy")
    >>> data.sample(0).fields["u"].shape
    (64, 64)
"""

from .dataset import Dataset, Sample, open_dataset
from .shard import DatasetError, Field, Parameter, Shard
from .statistics import load_statistics

__all__ = ["Dataset", "DatasetError", "Field", "Parameter", "Sample", "Shard", "load_statistics", "open_dataset"]
__version__ = "0.1.0"
