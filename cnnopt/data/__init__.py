"""Data sets: formats, named sets, scaling, parts. Everything is in memory, channels last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.data.catalogue import Entry, data_sets
    from cnnopt.data.dataset import Dataset, Part
    from cnnopt.data.duplicates import exact_duplicates
    from cnnopt.data.inputs import read_inputs
    from cnnopt.data.loading import load
    from cnnopt.data.nearest import one_nearest_neighbour
    from cnnopt.data.parts import make_part, prepare
    from cnnopt.data.scaling import Scaler, fit_scaler
    from cnnopt.data.timeline import Timeline
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "catalogue": ("Entry", "data_sets"),
            "dataset": ("Dataset", "Part"),
            "duplicates": ("exact_duplicates",),
            "inputs": ("read_inputs",),
            "loading": ("load",),
            "nearest": ("one_nearest_neighbour",),
            "parts": ("make_part", "prepare"),
            "scaling": ("Scaler", "fit_scaler"),
            "timeline": ("Timeline",),
        },
    )

__all__ = [
    "Dataset",
    "Entry",
    "Part",
    "Scaler",
    "Timeline",
    "data_sets",
    "exact_duplicates",
    "fit_scaler",
    "load",
    "make_part",
    "one_nearest_neighbour",
    "prepare",
    "read_inputs",
]
