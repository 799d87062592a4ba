"""Learning rates to try: one lattice for all optimizers, each a window around its own scale."""

from __future__ import annotations

from math import log

from cnnopt.optimizers import make_optimizer

LATTICE_DIGITS = (1, 3)
LESSON = (
    "sgd",
    "momentum",
    "nesterov",
    "adagrad",
    "adadelta",
    "rmsprop",
    "adam",
    "radam",
    "adamp",
)
"""The optimizers of the lesson: compared where no others are asked for."""

CENTRES = {
    "sgd": 1e-1,
    "momentum": 3e-2,
    "nesterov": 3e-2,
    "adagrad": 3e-2,
    "adadelta": 1.0,
    "rmsprop": 3e-3,
    "adam": 3e-3,
    "radam": 3e-3,
    "adamp": 3e-3,
    "adamw": 3e-3,
    "lion": 3e-4,
}
"""Where each optimizer's window is centred. Steps of sgd are the gradient itself, momentum adds up
to ten of them; adagrad's first step is one rate long and all others are shorter; adadelta's rate
is a factor on the step that it finds by itself; rmsprop's and adam's steps are about one rate long
whatever the gradient is, and all of lion's are, which the paper wants three to ten times smaller.
"""

COMMON = (1e-3, 1e-2, 1e-1)
"""The short list of rates that every optimizer also runs, for the column "one common rate"."""


def lattice_rate(place: int) -> float:
    """Return the lattice's number `place`: 1, 3, 10, 30 ... and 0.3, 0.1 ... below.

    Example:
        >>> [lattice_rate(place) for place in (-2, -1, 0, 1)]
        [0.1, 0.3, 1.0, 3.0]
    """
    exponent, digit = divmod(place, len(LATTICE_DIGITS))
    return float(f"{LATTICE_DIGITS[digit]}e{exponent}")


def window(optimizer: str, trials: int) -> list[float]:
    """Return `trials` neighbouring rates around the optimizer's centre, ascending.

    One of the user's own is centred at the rate of the lattice next to its default.

    Example:
        >>> window("adam", 5)
        [0.0003, 0.001, 0.003, 0.01, 0.03]
    """
    centre = CENTRES.get(optimizer) or make_optimizer(optimizer).learning_rate
    place = min(range(-40, 40), key=lambda p: abs(log(lattice_rate(p) / centre)))
    start = place - trials // 2
    return [lattice_rate(p) for p in range(start, start + trials)]
