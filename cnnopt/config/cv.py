"""Settings of cross-validation, and which of them a scheme takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cnnopt.config.breach import Breach
from cnnopt.config.settings import Settings
from cnnopt.config.values import Count, Flag, Folds, PartSize, Positive
from cnnopt.splits.names import K_FOLD_KINDS, SchemeName

USUAL_FOLDS = 5


class Cv(Settings):
    """Which folds `cnnopt cv` makes.

    `scheme` is by default the one that fits the data: forward_chaining in order of time, group or
    stratified_group with groups, stratified with classes, else k_fold. `folds` is 5 by default.

    `test` is the test part of holdout and shuffle (0.2 by default), or the rows of a test block of
    forward_chaining, whose training part grows (`window: expanding`) or slides, with `train` rows,
    and ends `gap` rows before the test block. `shuffle: false` makes folds of neighbouring rows.

    `keep_test` leaves the part of `dataset.test` out of all folds. `allow_leakage` lets a scheme
    mix past and future.
    """

    scheme: SchemeName | None = None
    folds: Folds | None = None
    repeats: Positive = 1
    test: PartSize | None = None
    window: Literal["expanding", "sliding"] = "expanding"
    train: Positive | None = None
    gap: Count = 0
    shuffle: Flag = True
    keep_test: Flag = False
    allow_leakage: Flag = False


_USED_BY: dict[str, tuple[str, ...]] = {
    "folds": (*K_FOLD_KINDS, "shuffle", "forward_chaining"),
    "repeats": K_FOLD_KINDS,
    "test": ("holdout", "shuffle", "forward_chaining"),
    "window": ("forward_chaining",),
    "train": ("forward_chaining",),
    "gap": ("forward_chaining",),
    "shuffle": K_FOLD_KINDS,
}


def unused_by(scheme: str) -> list[str]:
    """Return the settings that a scheme has no use for."""
    return [name for name, schemes in _USED_BY.items() if scheme not in schemes]


def breaches_of_cv(cv: Cv) -> Iterator[Breach]:
    """Yield a breach for each setting that the scheme has no use for."""
    if cv.scheme is not None:
        for name, schemes in _USED_BY.items():
            if getattr(cv, name) != Cv.model_fields[name].default and cv.scheme not in schemes:
                rule = f"has no effect with {cv.scheme}"
                yield Breach(f"cv.{name}", rule, f"Remove it, or use {' or '.join(schemes)}")
    if cv.train is not None and cv.window == "expanding":
        rule = "has no effect while the window expands"
        yield Breach("cv.train", rule, "Add window: sliding")
    if cv.repeats > 1 and not cv.shuffle:
        rule = "needs shuffled folds: else all repetitions are the same"
        yield Breach("cv.repeats", rule, "Remove shuffle: false")


def with_scheme(cv: Cv, scheme: SchemeName) -> Cv:
    """Return the settings with the scheme, and with its number of folds where none is given."""
    named = cv.model_copy(update={"scheme": scheme})
    if named.folds is None and scheme in _USED_BY["folds"]:
        return named.model_copy(update={"folds": USUAL_FOLDS})
    return named
