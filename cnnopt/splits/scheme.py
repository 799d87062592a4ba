"""The schemes of cross-validation by name, their settings, and what data each is right for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cnnopt.errors import ConfigError, Fault
from cnnopt.splits.examples import Examples
from cnnopt.splits.names import IN_TIME, OF_GROUPS, SchemeName


@dataclass(frozen=True)
class Scheme:
    """How folds are made.

    Attributes:
        kind: the scheme's name.
        folds: how many; of `holdout` 1; of the leave-one kinds as many as rows or groups.
        test: the test part of `holdout` and `shuffle`, a share or a count of rows; the rows of a
            block of `forward_chaining`, None: rows over folds + 1.
        window: of `forward_chaining`: whether the training part grows or slides.
        train: rows of a sliding training part; None: as many as the first fold has.
        gap: rows left out before each test block.
        shuffle: of the k-fold kinds: whether folds are drawn, or neighbours in order of rows.
    """

    kind: SchemeName
    folds: int = 5
    test: float | None = None
    window: Literal["expanding", "sliding"] = "expanding"
    train: int | None = None
    gap: int = 0
    shuffle: bool = True


def fitting_scheme(examples: Examples) -> SchemeName:
    """Return the scheme that is right for the rows where none is named."""
    if examples.order is not None:
        return "forward_chaining"
    if examples.groups is not None:
        return "group" if examples.labels is None else "stratified_group"
    return "k_fold" if examples.labels is None else "stratified"


def inner_scheme(scheme: Scheme, examples: Examples, folds: int) -> Scheme:
    """Return the scheme that splits a training part again, for tuning inside a fold.

    The same kind where it is a k-fold kind or forward chaining, else the one that fits the rows:
    groups stay whole, neighbours stay together and time runs forward inside as outside. Rows of a
    sliding window are as many as it may have, so inside it all that lie before are trained on.
    """
    kind: SchemeName = scheme.kind
    if scheme.kind == "leave_one_group_out":
        kind = "group" if examples.labels is None else "stratified_group"
    elif scheme.kind in ("leave_one_out", "shuffle"):
        kind = "k_fold" if examples.labels is None else "stratified"
    elif scheme.kind == "holdout":
        kind = fitting_scheme(examples)
    return Scheme(kind, folds, gap=scheme.gap, shuffle=scheme.shuffle)


def check_scheme(scheme: Scheme, examples: Examples, name: str, *, allow_leakage: bool) -> None:
    """Raise where a scheme is not for such data.

    Args:
        scheme: the one asked for.
        examples: all rows.
        name: of the data set, for messages.
        allow_leakage: let a scheme train on the future of what it tests.

    Raises:
        ConfigError: it needs labels, groups or an order that there are not; or rows in order of
            time would be shuffled.
    """
    kind = scheme.kind
    fits = f"Use {fitting_scheme(examples)}"
    if kind in ("stratified", "stratified_group") and examples.labels is None:
        rule = f"{kind} needs classes, and {name} has targets"
    elif kind in OF_GROUPS and examples.groups is None:
        rule = f"{kind} needs groups, and {name} has none"
    elif kind == "forward_chaining" and examples.order is None:
        rule = f"{kind} needs rows in order of time, and {name} has none"
    elif examples.order is not None and kind not in IN_TIME and not allow_leakage:
        rule = (
            f"the rows of {name} are in order of time: with {kind} the future would train the past"
        )
        fits = "Use forward_chaining, or cv.allow_leakage: true to see the harm"
    else:
        return
    raise ConfigError(Fault("cv.scheme", rule, kind, fits))
