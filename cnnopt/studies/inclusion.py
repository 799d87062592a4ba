"""A general method that loses to its special case: it was tuned too little, or not enough of it.

Source: Choi et al. 2019, "On empirical comparisons of optimizers for deep learning".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnnopt.statistics import Pair

SPECIAL: dict[tuple[str, str], dict[str, Any] | None] = {
    ("momentum", "sgd"): {"momentum": 0.0},
    ("nesterov", "sgd"): {"momentum": 0.0},
    ("rmsprop", "sgd"): None,
    ("rmsprop", "momentum"): None,
    ("adam", "sgd"): None,
    ("adam", "momentum"): None,
    ("radam", "momentum"): {"threshold": float("inf"), "beta1": 0.9},
    ("adamw", "adam"): {"weight_decay": 0.0},
    ("adamw", "momentum"): None,
    ("adamp", "adam"): {"delta": 0.0},
    ("adamp", "momentum"): None,
}
"""By (general, special): the settings at which the two are the same; None where that takes an
epsilon so large that it stands for the root beside it, at a rate as much larger."""


def inclusion_notes(pairs: Sequence[Pair], settings: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a note for each general method that is worse than its special case.

    Args:
        pairs: of the tuned runs.
        settings: of each optimizer; only the rate was tuned.
    """
    notes = []
    for pair in pairs:
        if not pair.significant or (pair.b, pair.a) not in SPECIAL:
            continue
        same = SPECIAL[pair.b, pair.a]
        mine = settings[pair.b]
        contained = same is not None and all(mine.get(key) == v for key, v in same.items())
        why = (
            f"so {pair.b} is under-tuned"
            if contained
            else f"but the space that was tuned does not contain it: {_how(same)}"
        )
        notes.append(f"{pair.b} contains {pair.a}, {why}.")
    return notes


def _how(same: Mapping[str, Any] | None) -> str:
    if same is None:
        return "epsilon was not tuned"
    return f"{' and '.join(same)} stood as set"
