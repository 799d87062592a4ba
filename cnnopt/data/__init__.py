"""Data sets: formats, named sets, scaling, parts. Everything is in memory, channels last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnopt.data.catalogue import Entry, data_sets
    from cnnopt.data.dataset import Dataset, Part
    from cnnopt.data.duplicates import exact_duplicates
    from cnnopt.data.inputs import read_inputs
    from cnnopt.data.loading import load
    from cnnopt.data.nearest import one_nearest_neighbour
    from cnnopt.data.parts import make_part, prepare
    from cnnopt.data.scaling import Scaler, fit_scaler

__all__ = [
    "Dataset",
    "Entry",
    "Part",
    "Scaler",
    "data_sets",
    "exact_duplicates",
    "fit_scaler",
    "load",
    "make_part",
    "one_nearest_neighbour",
    "prepare",
    "read_inputs",
]

_HOMES = {
    "Dataset": "dataset",
    "Entry": "catalogue",
    "Part": "dataset",
    "Scaler": "scaling",
    "data_sets": "catalogue",
    "exact_duplicates": "duplicates",
    "fit_scaler": "scaling",
    "load": "loading",
    "make_part": "parts",
    "one_nearest_neighbour": "nearest",
    "prepare": "parts",
    "read_inputs": "inputs",
}


def __getattr__(name: str) -> Any:
    """Load a name's module when it is first asked for: all of them import numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
