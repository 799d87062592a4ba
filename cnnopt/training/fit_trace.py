"""The fitted function of a regression with one input, as it was after each row of metrics."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cnnopt.arrays import Array
from cnnopt.data.dataset import Part
from cnnopt.training.events import FitPoint

POINTS = 250
"""Examples of the training part on which the fit is kept, evenly spaced in the order of x."""


class FitTrace:
    """Takes the fit on the same examples again and again.

    Args:
        part: the training part, (n, 1) or (n,).
    """

    def __init__(self, part: Part) -> None:
        order = np.argsort(part.x.reshape(len(part)), kind="stable")
        chosen = order[np.linspace(0, len(order) - 1, min(POINTS, len(order))).astype(int)]
        self._x, self._rows = part.x[chosen], part.rows[chosen]

    def points(self, outputs: Callable[[Array], Array]) -> tuple[FitPoint, ...]:
        """Return the fit as it stands; `outputs` gives those of the network, (n, 1)."""
        given = outputs(self._x)[:, 0]
        return tuple(FitPoint(int(row), float(y)) for row, y in zip(self._rows, given, strict=True))
