"""How large a difference is beside the spread of the runs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import poch

from cnnopt.statistics.paired import checked_pairs


def hedges_g_av(a: Sequence[float], b: Sequence[float]) -> float:
    """Return Hedges' g of paired values over the average sd of the two treatments.

    g_av = J(n - 1) · mean(a - b) / ((sd(a) + sd(b))/2), each sd with ddof 1, and the exact
    J(m) = Γ(m/2) / (√(m/2) · Γ((m - 1)/2)), about 1 - 3/(4m - 1).

    Why not g_z, over the sd of the differences: d_z is t/√n, which the paired test says already,
    and it grows with whatever the pairing takes away, so that a tiny difference on shared seeds
    looks huge. g_av says by how many sds of a single treatment's runs the two lie apart, and can be
    set beside studies without pairing. To plan seeds, the sd of the differences is the right one:
    `seeds_needed` takes it.

    J takes n - 1 degrees of freedom, the safe end: an average of two sds has between n - 1 (runs
    that move together) and 2(n - 1) (independent ones), so g is rather too small than too large.

    Args:
        a: n values, one per seed.
        b: n values on the same seeds, in the same order.

    Returns:
        In sds, with the sign of mean(a - b). Where neither treatment has any spread: 0 for equal
        means, else ±inf. NaN below three pairs: there is no correction for two, J(1) = 0.

    Raises:
        ValueError: different lengths, no values, or values that are not finite.

    Example:
        >>> round(hedges_g_av([2.0, 4.0, 6.0, 8.0, 10.0], [1.0, 2.0, 3.0, 4.0, 5.0]), 4)
        1.0093

    Source: Lakens 2013, "Calculating and reporting effect sizes to facilitate cumulative science",
    on d_z, d_rm and d_av in within-subjects designs; J by Hedges 1981, "Distribution theory for
    Glass's estimator of effect size and related estimators".
    """
    first, second = checked_pairs(a, b)
    df = len(first) - 1
    if df < 2:
        return float("nan")
    difference = float((first - second).mean())
    spread = (_sd(first) + _sd(second)) / 2
    if spread == 0.0:
        return math.copysign(math.inf, difference) if difference else 0.0
    return difference / spread * float(poch((df - 1) / 2, 0.5)) / math.sqrt(df / 2)


def _sd(values: NDArray[np.float64]) -> float:
    """Return the sd, 0 for equal values: their mean may be rounded to another one."""
    return float(values.std(ddof=1)) if values.min() < values.max() else 0.0
