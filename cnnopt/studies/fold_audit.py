"""What would make a cross-validation too good: twins across folds, scaling fitted outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnnopt.config import Config
from cnnopt.data import exact_duplicates, fit_scaler
from cnnopt.data.dataset import Dataset
from cnnopt.studies.fold_plan import Folds


def audit_folds(
    config: Config, data: Dataset, folds: Folds, results: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return what was looked for and found: twins across folds, scaling fitted outside a fold."""
    twins = sorted({pair for tests in folds.tested for pair in exact_duplicates(data.x, tests)})
    rows = sum(map(len, folds.tested[0]))
    shown = ", ".join(f"{a} = {b}" for a, b in twins[:3])
    wrong = []
    for place, result, split in zip(folds.places, results, folds.splits, strict=True):
        expected = fit_scaler(config.dataset.scale, data.x[split.train], data.value_range)
        if expected.to_json() != result["scaler"]:
            wrong.append(folds.label(place))
    return [
        {
            "check": "exact duplicates across folds",
            "found": len(twins),
            "detail": f"rows {shown}" if twins else f"none among {rows:,} rows",
        },
        {
            "check": "scaling fitted outside the fold's training part",
            "found": len(wrong),
            "detail": ", ".join(wrong) if wrong else f"none of {len(folds.splits)} folds",
        },
    ]
