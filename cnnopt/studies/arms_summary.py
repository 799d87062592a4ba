"""What a comparison of any arms says: a table, paired tests, a verdict, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnopt.data.dataset import Dataset
from cnnopt.metrics import higher_is_better
from cnnopt.statistics import compare_pairs, study_verdict, t_interval
from cnnopt.studies.pairs import pair_entries
from cnnopt.studies.targets import History, common_target, last_value, mean_of, row_of_target

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Arm:
    """One of the variants that are compared.

    Attributes:
        name: what the study calls it.
        changes: of the config, as of `--set`.
        tuned: those that tuning chose.
    """

    name: str
    changes: Sequence[str]
    tuned: Sequence[str]


def arms_summary(
    arms: Sequence[Arm],
    rows: Sequence[Row],
    histories: Mapping[str, History],
    options: Mapping[str, Any],
    data: Dataset,
    metric: str,
) -> dict[str, Any]:
    """Return the study's part of `summary.json`.

    Args:
        arms: in the order in which they were given.
        rows: of `results.csv`, with `seconds`.
        histories: columns of `metrics.csv` of the final runs, by trial.
        options: the study's options.
        data: the data set.
        metric: what arms are compared by, on the test part, else validation, else training.
    """
    final = {arm.name: [r for r in rows if r["arm"] == arm.name and r["stage"] == "final"]
             for arm in arms}  # fmt: skip
    part = next(p for p in ("test", "validation", "train") if f"{p}_{metric}" in rows[-1])
    values = {
        name: [float(row[f"{part}_{metric}"]) for row in mine] for name, mine in final.items()
    }
    higher = higher_is_better(metric)
    pairs = compare_pairs(values, higher_is_better=higher)
    completed = [
        row["trial"] for mine in final.values() for row in mine if row["status"] == "completed"
    ]
    target = common_target((histories[trial] for trial in completed), metric)
    entries = [
        _entry(arm, final[arm.name], values[arm.name], histories, target, metric) for arm in arms
    ]
    entries.sort(key=lambda entry: -entry["mean"] if higher else entry["mean"])
    size = int(rows[-1][f"n_{part}"])
    name_of_part = {"train": "training"}.get(part, part)
    return {
        "metric": metric,
        "part": part,
        "options": dict(options),
        "target": {"metric": f"validation_{metric}", "value": target},
        "arms": entries,
        "effects": pair_entries(pairs, values, metric),
        "verdict": study_verdict(pairs, metric, test_rows=size, part=name_of_part),
        "notes": _notes(entries) + list(data.notes),
    }


def _entry(
    arm: Arm,
    rows: Sequence[Row],
    values: Sequence[float],
    histories: Mapping[str, History],
    target: float | None,
    metric: str,
) -> dict[str, Any]:
    done = [histories[row["trial"]] for row in rows if row["status"] == "completed"]
    reached = [row_of_target(history, metric, target) for history in done]
    return {
        "name": arm.name,
        "changes": list(arm.changes),
        "tuned": list(arm.tuned),
        "n": len(values),
        "mean": float(np.mean(values)),
        "sd": float(np.std(values, ddof=1)) if len(values) > 1 else float("nan"),
        "median": float(np.median(values)),
        "interval": list(t_interval(values)),
        "best": max(values) if higher_is_better(metric) else min(values),
        "train": mean_of([float(row[f"train_{metric}"]) for row in rows]),
        "final_validation": mean_of(last_value(history, metric) for history in done),
        "epochs_to_target": mean_of(at["epoch"] for at in reached if at),
        "steps_to_target": mean_of(at["step"] for at in reached if at),
        "reached_target": sum(at is not None for at in reached),
        "diverged": sum(row["status"] == "diverged" for row in rows),
        "seconds": float(np.mean([row["seconds"] for row in rows])),
    }


def _notes(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        f"{entry['name']}: {entry['diverged']} of {entry['n']} runs diverged and are scored as the "
        f"trivial predictor."
        for entry in entries
        if entry["diverged"]
    ]
