"""The folds of a cross-validation as trials, and what each of them is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnopt.arrays import Rows
from cnnopt.config import Config
from cnnopt.data.dataset import Dataset
from cnnopt.splits import Place, Sides, Split
from cnnopt.trials.splitting import sides_of, split_of_sides


@dataclass(frozen=True, eq=False)
class Folds:
    """All folds of all repetitions.

    Attributes:
        places: where each stands.
        splits: its three parts, in the same order.
        sides: by repetition, the whole training part and the test part of each of its folds.
    """

    places: Sequence[Place]
    splits: Sequence[Split]
    sides: Sequence[Sequence[Sides]]

    @property
    def tested(self) -> list[list[Rows]]:
        """By repetition, the test rows of each of its folds."""
        return [[side.test for side in each] for each in self.sides]

    @property
    def ratio(self) -> float:
        """Rows of a test part over rows of the whole training part, on average.

        An inner validation part belongs to the training part; an official one, which every fold is
        watched on, does not: no fold trains on it.
        """
        shares = [len(side.test) / len(side.train) for each in self.sides for side in each]
        return float(np.mean(shares))

    def label(self, place: Place) -> str:
        """Return what a person calls a fold: `fold 3`, or `fold 2.3` of several repetitions."""
        if len(self.tested) == 1:
            return f"fold {place.index + 1}"
        return f"fold {place.repeat + 1}.{place.index + 1}"


def plan_folds(config: Config, data: Dataset) -> Folds:
    """Return the folds of a config whose `cv` is complete.

    Raises:
        ConfigError: they do not fit the rows.
    """
    sides: list[list[Sides]] = [sides_of(config, data, r) for r in range(config.cv.repeats)]
    places = [
        Place(repeat, index) for repeat, all_ in enumerate(sides) for index in range(len(all_))
    ]
    splits = [split_of_sides(config, place, data, sides[place.repeat]) for place in places]
    return Folds(places, splits, sides)


def facts_of(split: Split, data: Dataset) -> dict[str, Any]:
    """Return what a fold is made of: rows per part, classes, groups and moments of its test part.

    `fingerprint` is a digest of the row numbers of all three parts: equal ones are equal folds.
    """
    facts: dict[str, Any] = {
        "n_train": len(split.train),
        "n_validation": len(split.validation),
        "n_test": len(split.test),
        "fingerprint": _fingerprint(split.parts()),
    }
    if data.classes:
        counts = np.bincount(data.y[split.test], minlength=len(data.classes))
        facts["classes"] = dict(zip(data.classes, counts.tolist(), strict=True))
    if data.groups is not None:
        facts["groups"] = [data.group_names[g] for g in np.unique(data.groups[split.test])]
    if data.timeline is not None and data.timeline.times:
        facts["times"] = [data.timeline.times[row] for row in (split.test[0], split.test[-1])]
    return facts


def _fingerprint(parts: Mapping[str, Rows]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for name, rows in parts.items():
        digest.update(name.encode() + np.ascontiguousarray(rows, dtype="<i8").tobytes())
    return digest.hexdigest()
