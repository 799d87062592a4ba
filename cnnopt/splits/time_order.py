"""Order in time: the last rows are the ones to predict, and nothing later may train."""

from __future__ import annotations

from cnnopt.arrays import Rows
from cnnopt.splits.examples import Order


def before(rows: Rows, tested: Rows, order: Order | None) -> Rows:
    """Return those of `rows` that are known when the first of `tested` is predicted.

    A row is known when its target lies no later than the last sample that the earliest tested
    row sees. With a horizon of h samples, h - 1 rows before a test block are left out.

    Args:
        rows: rows to train on or to validate with.
        tested: rows of the part that they lead to; none leaves `rows` as they are.
        order: their place in time; None leaves `rows` as they are.

    Example:
        >>> import numpy as np
        >>> order = Order(origin=np.arange(5), last=np.arange(5) + 2)
        >>> before(np.array([0, 1, 2]), np.array([3, 4]), order).tolist()
        [0, 1]
    """
    if order is None or not len(tested):
        return rows
    known: Rows = rows[order.last[rows] <= order.origin[tested].min()]
    return known
