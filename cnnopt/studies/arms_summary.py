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
    final = final_rows(arms, rows)
    part = part_of(rows, metric)
    values = {name: numbers_of(mine, f"{part}_{metric}") for name, mine in final.items()}
    higher = higher_is_better(metric)
    pairs = compare_pairs(values, higher_is_better=higher)
    target, entries = arm_entries(arms, rows, histories, metric)
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
        "notes": divergence_notes(entries) + list(data.notes),
    }


def part_of(rows: Sequence[Row], metric: str) -> str:
    """Return the part that arms are compared on: test, else validation, else training."""
    return next(p for p in ("test", "validation", "train") if f"{p}_{metric}" in rows[-1])


def final_rows(arms: Sequence[Arm], rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows of `results.csv` of each arm's final runs, one per seed."""
    return {
        arm.name: [row for row in rows if row["arm"] == arm.name and row["stage"] == "final"]
        for arm in arms
    }


def numbers_of(rows: Sequence[Row], name: str) -> list[float]:
    """Return a column of rows as numbers."""
    return [float(row[name]) for row in rows]


def arm_entries(
    arms: Sequence[Arm], rows: Sequence[Row], histories: Mapping[str, History], metric: str
) -> tuple[float | None, list[dict[str, Any]]]:
    """Return the common target, and each arm's entry of `summary.json` in the order of the arms.

    Args:
        arms, rows, histories, metric: as of `arms_summary`.
    """
    final, name = final_rows(arms, rows), f"{part_of(rows, metric)}_{metric}"
    completed = [
        row["trial"] for mine in final.values() for row in mine if row["status"] == "completed"
    ]
    target = common_target((histories[trial] for trial in completed), metric)
    return target, [
        _entry(arm, final[arm.name], numbers_of(final[arm.name], name), histories, target, metric)
        for arm in arms
    ]


def divergence_notes(entries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a note for each arm with diverged runs."""
    return [
        f"{entry['name']}: {entry['diverged']} of {entry['n']} runs diverged and are scored as the "
        f"trivial predictor."
        for entry in entries
        if entry["diverged"]
    ]


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
