"""Which transforms change the classes of a data set: a 6 that is turned round becomes a 9.

Only what is known is declared: nothing for the user's own data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UPRIGHT = 45.0
"""Degrees: a sign that is turned by less is nearer to itself than to one that lies on its side."""

FORECASTS = ("sunspots", "co2", "series")


@dataclass(frozen=True)
class ClassChange:
    """What a transform would do to the labels.

    Attributes:
        what: in words, with the names of classes.
        remedy: what to do instead.
    """

    what: str
    remedy: str


@dataclass(frozen=True)
class _Declared:
    """What a data set says of itself; what it says nothing of, its classes survive.

    Attributes:
        flips: by axis, what a mirror does.
        turned: what a rotation beyond `UPRIGHT` does.
        others: by kind of transform, what it does.
    """

    flips: Mapping[str, str] = field(default_factory=dict)
    turned: str = ""
    others: Mapping[str, str] = field(default_factory=dict)


_DIGITS = _Declared(
    flips={
        "horizontal": "mirrored, 2 looks like 5 and 5 like 2; 3, 4, 6, 7 and 9 become no digit",
        "vertical": "upside down, 2 looks like 5, 5 like 2 and 6 like 9; 4 and 7 become no digit",
    },
    turned="turned round, 6 becomes 9 and 9 becomes 6",
)
_LETTERS = _Declared(
    flips={
        "horizontal": "mirrored, b looks like d, p like q, and most letters like none",
        "vertical": "upside down, b looks like p, d like q, M like W, and most letters like none",
    },
    turned="turned on its side N becomes Z; turned round M becomes W, u n, d p and b q",
)
_SIGNS = _Declared(
    flips={
        axis: f"{_DIGITS.flips[axis]}; {_LETTERS.flips[axis]}"
        for axis in ("horizontal", "vertical")
    },
    turned=f"{_DIGITS.turned}; {_LETTERS.turned}",
)
_KANA = _Declared(
    flips={
        "horizontal": "no kana is another's mirror image, and none of o, ki, su ... is its own",
        "vertical": "no kana is another's mirror image, and none of o, ki, su ... is its own",
    },
    turned="a kana that lies on its side (tsu, re, ya ...) is none that is ever written",
)
_MNIST1D = _Declared(
    flips={"horizontal": "backwards, 1 looks like 4 and 4 like 1, 2 like 5 and 5 like 2"}
)
_WATCH = _Declared(
    flips={"horizontal": "backwards, an internal rotation (IR) looks like an external one (ER)"}
)
_SERIES = _Declared(
    flips={"horizontal": "the target is a later sample, and backwards it is an earlier one"},
    others={
        kind: f"the target is a later sample of the series, and {rest}"
        for kind, rest in {
            "shift": "moved, the input ends at another moment",
            "crop": "moved, the input ends at another moment",
            "zoom": "stretched, the input runs at another speed than its future",
            "time_warp": "warped, the input runs at another speed than its future",
            "scale": "it is not multiplied with the input",
        }.items()
    },
)

DECLARED: Mapping[str, _Declared] = {
    **dict.fromkeys(("digits", "digits3d", "mnist", "emnist-digits", "emnist-mnist"), _DIGITS),
    **dict.fromkeys(("emnist-byclass", "emnist-bymerge", "emnist-balanced"), _SIGNS),
    "emnist-letters": _LETTERS,
    "kmnist": _KANA,
    "mnist1d": _MNIST1D,
    "watch": _WATCH,
    **dict.fromkeys(FORECASTS, _SERIES),
}
"""By name of the data set."""


def change_of(data_set: str, kind: str, axis: str, strength: float) -> ClassChange | None:
    """Return what a transform would do to the labels of a data set, or None where they survive.

    Args:
        data_set: its name in the config.
        kind: the transform's name.
        axis: of a flip: horizontal, vertical or depth.
        strength: how far it may go: of a rotation degrees, of a flip its probability; 0 is off.
    """
    declared = DECLARED.get(data_set)
    if declared is None or strength == 0:
        return None
    allow = "or say labels_may_change: true beside the transforms"
    if kind == "flip" and (what := declared.flips.get(axis)):
        return ClassChange(what, f"Remove it, {allow}")
    if kind == "rotate" and declared.turned and strength > UPRIGHT:
        return ClassChange(declared.turned, f"Use at most {UPRIGHT:g} degrees, {allow}")
    if what := declared.others.get(kind):
        return ClassChange(what, f"Remove it, {allow}")
    return None
