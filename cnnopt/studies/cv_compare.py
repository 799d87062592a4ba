"""`cv --compare`: two models on identical folds, and a verdict on their difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from cnnopt.data.dataset import Dataset
from cnnopt.metrics import higher_is_better
from cnnopt.splits.names import CORRECTED
from cnnopt.statistics.intervals import Interval
from cnnopt.statistics.paired import corrected_paired_t
from cnnopt.statistics.wording import amount, measure_of
from cnnopt.studies.fold_interval import Bounds, example_interval, mean_interval
from cnnopt.studies.fold_plan import Folds
from cnnopt.studies.fold_runs import Measured
from cnnopt.studies.out_of_fold import Scores, scores_of

LEVEL = 0.05
"""Of the test: below it, a difference is called one."""


def compared(
    data: Dataset, folds: Folds, measured: Sequence[Measured], metric: str
) -> dict[str, Any]:
    """Return the difference of two models on the same folds, its interval, and a verdict.

    The k-fold kinds and `shuffle` have the corrected paired t-test; the others a bootstrap over
    the differences of examples or of groups, which says whether 0 is inside. No test where the
    metric is undefined on a fold, such as the AUC of rows of one class.

    Args:
        data: the data set.
        folds: all folds.
        measured: the two models on them.
        metric: what is compared.
    """
    first, second = (each.model for each in measured)
    a, b = (each.values(metric) for each in measured)
    scheme, seed = str(first.config.cv.scheme), first.config.dataset.split_seed
    mine, its = (scores_of(each.model.config, data, each.predictions, metric) for each in measured)
    both = None if mine is None or its is None else Scores(mine.rows, mine.values - its.values)
    over_examples = example_interval(both, data, seed)
    differences = np.subtract(a, b)
    bounds = mean_interval(scheme, differences.tolist(), folds.ratio, over_examples, seed)
    p = None
    if scheme in CORRECTED and np.isfinite(differences).all():
        p = corrected_paired_t(a, b, folds.ratio).p
        decided = p <= LEVEL
    else:
        ends = bounds.interval
        decided = ends is not None and (ends.low > 0 or ends.high < 0)
    difference = float(np.mean(a) - np.mean(b))
    return {
        "a": first.name,
        "b": second.name,
        "n": len(a),
        "difference": difference,
        "interval": None if bounds.interval is None else list(bounds.interval),
        "interval_kind": bounds.kind,
        "p": p,
        "verdict": verdict(first.name, second.name, difference, bounds, decided, metric, len(a)),
    }


def verdict(
    a: str, b: str, difference: float, bounds: Bounds, decided: bool, metric: str, folds: int
) -> str:
    """Return what the comparison says, the better one first, with a full stop.

    Args:
        a, b: names.
        difference: of a - b.
        bounds: its interval.
        decided: whether the test says that there is one.
        metric: what is compared.
        folds: how many.
    """
    ends = bounds.interval or Interval(float("nan"), float("nan"))
    if (difference < 0) == higher_is_better(metric) and difference:
        a, b = b, a
    if difference < 0:  # said as an advantage, also where lower is better
        difference, ends = -difference, Interval(-ends.high, -ends.low)
    said = amount(difference, ends, measure_of(metric))
    how = f"paired on the same {folds} fold{'s' * (folds > 1)}; {bounds.kind}"
    if math.isnan(difference):
        return f"{a} and {b} are not compared: {metric} is undefined on some of the {folds} folds."
    if math.isnan(ends.low):
        rule = f"{metric} is no mean over examples, and gives no interval"
        ahead = f"{a} is ahead by {said}" if difference else "they are level"
        return f"{a} and {b} are not tested: {ahead}, but {rule}."
    if not difference and ends.low == ends.high == 0:
        return f"{a} and {b} are identical on all {folds} folds."
    if decided:
        return f"{a} is better than {b} by {said}, {how}."
    return f"{a} and {b} are not distinguishable: {said}, {how}."
