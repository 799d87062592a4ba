"""Where the validation part turned: from there on, training made it worse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnnopt.arrays import Array
from cnnopt.metrics import higher_is_better

PART = "validation_"


def turned(history: Mapping[str, Sequence[float] | Array]) -> dict[str, int | None]:
    """Return the epoch of the best validation loss and of each best validation metric.

    They can disagree: cross entropy grows with the sureness of what is wrong, long before more
    is wrong.

    Args:
        history: columns of `metrics.csv`.

    Returns:
        By `loss` and metrics, the number of the best row of metrics, the earlier on a tie; None
        where no later one is worse: it has not turned. Empty without a validation part.

    Example:
        >>> turned({"epoch": [1, 2, 3], "validation_loss": [3.0, 2.0, 4.0],
        ...         "validation_accuracy": [0.1, 0.2, 0.3]})
        {'loss': 2, 'accuracy': None}
    """
    found: dict[str, int | None] = {}
    for column in history:
        if not column.startswith(PART):
            continue
        name = column.removeprefix(PART)
        row = turning_row(np.asarray(history[column], np.float64), higher_is_better(name))
        found[name] = None if row is None else int(history["epoch"][row])
    return found


def turning_row(values: Array, higher_is_better: bool) -> int | None:
    """Return the index of the best value, the first on a tie; None where no later one is worse."""
    falling = -values if higher_is_better else values
    if np.isnan(falling).all():
        return None
    best = int(np.nanargmin(falling))
    return best if (falling[best:] > falling[best]).any() else None
