"""How near each scheme's estimate comes to the truth: bias, spread, seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from cnnopt.metrics import higher_is_better
from cnnopt.statistics import Interval, t_interval
from cnnopt.statistics.wording import amount, measure_of
from cnnopt.studies.rows import SECONDS

TRUTH = "truth"
"""What the rows of the model are called that is trained on all rows at hand."""

Row = Mapping[str, Any]


def schemes_summary(
    schemes: Mapping[str, Sequence[str]], rows: Iterable[Row], metric: str
) -> dict[str, Any]:
    """Return for each scheme its estimates beside the truth.

    `optimism` is the mean over draws of estimate minus truth, counted as an advantage: positive
    where the scheme promises more than comes true. Its interval is Student's, paired by draw.
    `sd` is the spread of the estimate over draws, `rmse` the root mean square of its distance
    from the truth.

    Args:
        schemes: by name, their changes.
        rows: of all trials, timed.
        metric: what is estimated, of the test parts.
    """
    by_scheme: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_scheme[row["scheme"]][row["draw"]].append(row)
    truth = [float(values[0][f"test_{metric}"]) for values in by_scheme[TRUTH].values()]
    entries = [
        _entry(name, changes, list(by_scheme[name].values()), truth, metric)
        for name, changes in schemes.items()
    ]
    return {
        "metric": metric,
        "truth": {
            "values": truth,
            "mean": float(np.mean(truth)),
            "sd": float(np.std(truth, ddof=1)),
            "n_test": by_scheme[TRUTH][0][0]["n_test"],
        },
        "scheme_estimates": entries,
        "verdict": " ".join(sentence(entry, metric, len(truth)) for entry in entries),
    }


def sentence(entry: Mapping[str, Any], metric: str, draws: int) -> str:
    """Return what a scheme's estimates are worth."""
    low, high = entry["optimism_interval"]
    optimism = float(entry["optimism"])
    word = "too good" if optimism > 0 else "too bad"
    ends = Interval(low, high) if optimism > 0 else Interval(-high, -low)
    said = amount(abs(optimism), ends, measure_of(metric))
    if low <= 0 <= high:
        return f"{entry['name']}: no bias seen in {draws} draws ({word} by {said})."
    return f"{entry['name']}: {word} by {said}."


def _entry(
    name: str,
    changes: Sequence[str],
    draws: Sequence[Sequence[Row]],
    truth: Sequence[float],
    metric: str,
) -> dict[str, Any]:
    values = [float(np.mean([row[f"test_{metric}"] for row in rows])) for rows in draws]
    sign = 1.0 if higher_is_better(metric) else -1.0
    ahead = [sign * (value - true) for value, true in zip(values, truth, strict=True)]
    return {
        "name": name,
        "settings": list(changes),
        "folds": len(draws[0]),
        "n_train": float(np.mean([row["n_train"] for rows in draws for row in rows])),
        "values": values,
        "mean": float(np.mean(values)),
        "sd": float(np.std(values, ddof=1)),
        "optimism": float(np.mean(ahead)),
        "optimism_interval": list(t_interval(ahead)),
        "rmse": float(np.sqrt(np.mean(np.square(ahead)))),
        "diverged": sum(row["status"] == "diverged" for rows in draws for row in rows),
        SECONDS: float(np.mean([sum(row[SECONDS] for row in rows) for rows in draws])),
    }
