"""Normalisation constants: the file `stats.yaml` beside the data."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Dict

import numpy as np

Statistics = Dict[str, Dict[str, np.ndarray]]


def load_statistics(path: os.PathLike) -> Statistics:
    """Reads `stats.yaml`: {"mean": {"u": array(...)}, "std": ..., "rms": ..., "mean_delta": ..., ...}.

    The file is two levels of YAML, keys and numbers or lists of numbers; no YAML library is needed.
    A list may stand in brackets or as `- item` lines.
    """
    statistics: Statistics = {}
    section: Dict[str, np.ndarray] = {}
    name = ""
    items: Dict[str, list] = {}
    for number, line in enumerate(Path(path).read_text(encoding="utf-8").splitlines(), start=1):
        text = line.split("#", 1)[0].rstrip()
        if not text.strip():
            continue
        key, colon, value = text.partition(":")
        try:
            if text.lstrip().startswith("-"):
                items.setdefault(name, []).append(json.loads(text.lstrip()[1:]))
                section[name] = np.array(items[name], dtype=np.float64)
            elif not text[0].isspace():
                section = statistics.setdefault(key, {})
                items = {}
            elif value.strip():
                section[key.strip().strip("'\"")] = np.array(json.loads(value), dtype=np.float64)
            else:
                name = key.strip().strip("'\"")
            if not colon and not text.lstrip().startswith("-"):
                raise ValueError("no key")
        except ValueError as error:
            raise ValueError(f"{path}:{number}: cannot read {line!r}: {error}") from error
    return statistics
