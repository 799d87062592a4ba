"""The bootstrap: rows drawn with replacement, and those that were never drawn."""

from __future__ import annotations

import numpy as np

from cnnopt.errors import ConfigError, Fault
from cnnopt.splits.draw import but
from cnnopt.splits.sides import Sides


def bootstrap(rows: int, generator: np.random.Generator) -> Sides:
    """Return n rows drawn with replacement, and the out-of-bag rows, (1 - 1/n)^n ≈ 37 % of them.

    A draw that leaves no row out of the bag (likely for tiny n only) is drawn again.

    Args:
        rows: number of examples n, at least 2.
        generator: where the draw comes from.

    Returns:
        `train`: shape (n,), ascending, with repeats; `test`: the rows not in it, ascending.

    Raises:
        ConfigError: fewer than 2 rows.

    Source:
        Efron 1979, "Bootstrap methods: another look at the jackknife"; out-of-bag: Breiman 1996.
    """
    if rows < 2:
        rule = "a bootstrap sample with rows out of its bag needs at least 2 rows"
        raise ConfigError(Fault("dataset", rule, str(rows), "Add data"))
    everything = np.arange(rows, dtype=np.int64)
    while True:
        drawn = np.sort(generator.integers(rows, size=rows))
        left = but(everything, drawn)
        if len(left):
            return Sides(drawn, left)
