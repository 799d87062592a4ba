"""What each setting of a search mattered, alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from math import isnan
from typing import Any

import numpy as np

from cnnopt.randomness import stream
from cnnopt.statistics import binned, holm, importance_of
from cnnopt.studies.search_space import Axis, Choices, short_names
from cnnopt.studies.search_trials import Tried
from cnnopt.studies.values import plain_value

FEWEST = 9
"""Trials from which a third of a range has three."""
BIN = 7
"""Trials in a bin of a range, from 3 bins (a best in the middle shows) up to 5."""
FEW_VALUES = 5
"""Of a range: so many different ones are groups of their own, as on a grid."""


def importance_entries(
    axes: Mapping[str, Axis], tried: Sequence[Tried], seed: int
) -> list[dict[str, Any]]:
    """Return the importance of each setting, the most important first; none of too few trials.

    Args:
        axes: the space.
        tried: points with the same budget.
        seed: of the permutations.
    """
    if len(tried) < FEWEST:
        return []
    names = short_names(axes)
    scores = [each.score for each in tried]
    entries: list[dict[str, Any]] = []
    for place, (path, axis) in enumerate(axes.items()):
        texts = [each.point.values[place] for each in tried]
        levels = _levels(axis, texts)
        found = importance_of(levels, scores, stream(seed, "search", "importance", path))
        entries.append(
            {
                "path": path,
                "name": names[path],
                "share": found.share,
                "p": found.p,
                "levels": _level_entries(axis, levels, texts, tried),
            }
        )
    for entry, adjusted in zip(entries, holm([each["p"] for each in entries]), strict=True):
        entry["p_adjusted"] = adjusted
    return sorted(entries, key=lambda each: (isnan(each["share"]), -each["share"]))


def _levels(axis: Axis, texts: Sequence[str]) -> Sequence[Hashable]:
    if isinstance(axis, Choices) or len(set(texts)) <= FEW_VALUES:
        return texts
    return binned([float(text) for text in texts], min(max(len(texts) // BIN, 3), 5))


def _level_entries(
    axis: Axis, levels: Sequence[Hashable], texts: Sequence[str], tried: Sequence[Tried]
) -> list[dict[str, Any]]:
    """Return, for each group, which values it has and the median of theirs that completed."""
    entries = []
    # Of a range, the levels are its values or bins in rising order.
    known = axis.values if isinstance(axis, Choices) else sorted(set(levels), key=_number)
    for level in (each for each in known if each in levels):
        mine = [n for n, other in enumerate(levels) if other == level]
        values = [tried[n].value for n in mine if tried[n].completed]
        own = [texts[n] for n in mine]
        numbers = [own[0], own[0]] if isinstance(axis, Choices) else sorted(own, key=float)
        entries.append(
            {
                "low": plain_value(numbers[0]),
                "high": plain_value(numbers[-1]),
                "n": len(mine),
                "median": float(np.median(values)) if values else float("nan"),
            }
        )
    return entries


def _number(level: Hashable) -> float:
    return float(str(level))
