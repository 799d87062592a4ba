"""What is known of the rows of a data set, as code numbers with colours and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.dataset import Dataset
from cnnopt.plots.strips import MUTED, shades

_SHADES = 64  # of a continuous target
_LONGEST = 22


@dataclass(frozen=True, eq=False)
class Trait:
    """Something that each row has: a class, a target, a group.

    Attributes:
        name: what it is.
        codes: of each row, shape (N,).
        colours: by code.
        key: the legend: colour and word.
    """

    name: str
    codes: NDArray[Any]
    colours: Sequence[str]
    key: Sequence[tuple[str, str]]


def traits_of(data: Dataset) -> list[Trait]:
    """Return what colours the rows: class or target, and group where groups are known.

    The targets of a series are no trait: its curve is drawn.
    """
    traits = []
    if data.classes:
        traits.append(_named("class", data.y, data.classes))
    elif not data.ordered:
        traits.append(_continuous("target", data.y[:, 0]))
    if data.groups is not None:
        traits.append(_named("group", data.groups, data.group_names))
    return traits


def _named(name: str, codes: NDArray[Any], words: Sequence[str]) -> Trait:
    """Return a trait of names: up to ten have a colour each, more a continuous map."""
    short = [w if len(w) <= _LONGEST else w[: _LONGEST - 1] + "…" for w in words]
    if len(words) <= len(MUTED):
        return Trait(name, codes, MUTED, list(zip(MUTED, short, strict=False)))
    colours = shades(len(words))
    some = np.linspace(0, len(words) - 1, 5).round().astype(int)
    key = [(colours[i], f"{short[i]} ({i + 1} of {len(words)})") for i in some]
    return Trait(name, codes, colours, key)


def _continuous(name: str, values: NDArray[Any]) -> Trait:
    low, high = float(values.min()), float(values.max())
    reach = (high - low) or 1.0
    codes = ((values - low) / reach * (_SHADES - 1)).round().astype(np.int64)
    colours = shades(_SHADES)
    some = np.linspace(0, _SHADES - 1, 5).round().astype(int)
    key = [(colours[i], f"{low + reach * i / (_SHADES - 1):.3g}") for i in some]
    return Trait(name, codes, colours, key)
