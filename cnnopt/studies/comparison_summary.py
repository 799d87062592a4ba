"""What a comparison of optimizers says: a table, paired tests, a verdict, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cnnopt.data.dataset import Dataset
from cnnopt.metrics import higher_is_better
from cnnopt.statistics import compare_pairs, study_verdict, t_interval
from cnnopt.studies.inclusion import inclusion_notes
from cnnopt.studies.pairs import pair_entries
from cnnopt.studies.targets import common_target, last_value, mean_of, row_of_target

Row = Mapping[str, Any]
Histories = Mapping[str, Mapping[str, Sequence[float]]]
STAGES = ("defaults", "common", "tuned")


def comparison_summary(
    rows: Sequence[Row],
    histories: Histories,
    chosen: Mapping[str, Mapping[str, Any]],
    common_rate: float,
    options: Mapping[str, Any],
    data: Dataset,
    metric: str,
) -> dict[str, Any]:
    """Return the study's part of `summary.json`.

    Args:
        rows: of `results.csv`, with `seconds`.
        histories: columns of `metrics.csv` of the tuned runs, by trial.
        chosen: each optimizer's tuned settings, in the order in which they were asked for.
        common_rate: the rate of the column "one common rate".
        options: the command's options.
        data: the data set.
        metric: what optimizers are compared by.
    """
    higher = higher_is_better(metric)
    values = {
        stage: {name: _values(rows, name, stage, metric) for name in chosen} for stage in STAGES
    }
    pairs = compare_pairs(values["tuned"], higher_is_better=higher)
    finalists = {row["trial"] for row in rows if row["stage"] == "tuned"}
    lost = {row["trial"] for row in rows if row["status"] == "diverged"}
    reached = [histories[trial] for trial in finalists - lost if trial in histories]
    target = common_target(reached, metric)
    test_rows = int(next(row["n_test"] for row in rows if row["stage"] == "tuned"))
    optimizers = [
        _optimizer(name, rows, histories, values, chosen[name], target, metric) for name in chosen
    ]
    optimizers.sort(key=lambda entry: -entry["mean"] if higher else entry["mean"])
    return {
        "metric": metric,
        "options": dict(options),
        "common_rate": common_rate,
        "target": {"metric": f"validation_{metric}", "value": target},
        "optimizers": optimizers,
        "pairs": pair_entries(pairs, values["tuned"], metric),
        "verdict": study_verdict(pairs, metric, test_rows=test_rows),
        "notes": [
            *_notes(optimizers, values, higher),
            *inclusion_notes(pairs, chosen),
            *data.notes,
        ],
    }


def _of(rows: Sequence[Row], name: str, stage: str) -> list[Row]:
    return [row for row in rows if row["optimizer"] == name and row["stage"] == stage]


def _values(rows: Sequence[Row], name: str, stage: str, metric: str) -> list[float]:
    return [float(row[f"test_{metric}"]) for row in _of(rows, name, stage)]


def _optimizer(
    name: str,
    rows: Sequence[Row],
    histories: Histories,
    values: Mapping[str, Mapping[str, list[float]]],
    settings: Mapping[str, Any],
    target: float | None,
    metric: str,
) -> dict[str, Any]:
    rate = settings["learning_rate"]
    tuned = _of(rows, name, "tuned")
    mine = values["tuned"][name]
    tuning = _of(rows, name, "tuning")
    rates = sorted({row["learning_rate"] for row in tuning})
    completed = [row for row in tuned if row["status"] == "completed"]
    # A diverged run counts with the trivial predictor's value, as on the test part.
    last = [
        last_value(histories.get(row["trial"], {}), metric)
        if row["status"] == "completed"
        else float(row[f"validation_{metric}"])
        for row in tuned
    ]
    reached = [row_of_target(histories.get(row["trial"], {}), metric, target) for row in completed]
    return {
        "name": name,
        "settings": dict(settings),
        "learning_rate": rate,
        "edge": len(rates) > 1 and rate in (min(rates), max(rates)),
        "n": len(mine),
        "mean": float(np.mean(mine)),
        "sd": float(np.std(mine, ddof=1)),
        "median": float(np.median(mine)),
        "interval": list(t_interval(mine)),
        "best": max(mine) if higher_is_better(metric) else min(mine),
        "final_validation": mean_of(last),
        "epochs_to_target": mean_of([at["epoch"] for at in reached if at]),
        "steps_to_target": mean_of([at["step"] for at in reached if at]),
        "reached_target": sum(at is not None for at in reached),
        "diverged": sum(row["status"] == "diverged" for row in tuned),
        "defaults": _column(rows, name, "defaults", values),
        "common": _column(rows, name, "common", values),
        "tuned": _column(rows, name, "tuned", values),
        "sensitivity": [_tried(tuning, tried) for tried in rates],
        "seconds": float(np.mean([row["seconds"] for row in tuned])),
    }


def _tried(tuning: Sequence[Row], rate: float) -> dict[str, Any]:
    """Return what tuning saw at one rate, over its seeds."""
    mine = [row for row in tuning if row["learning_rate"] == rate]
    diverged = any(row["status"] == "diverged" for row in mine)
    return {
        "learning_rate": rate,
        "value": float(np.mean([row["selection"] for row in mine])),
        "status": "diverged" if diverged else "completed",
    }


def _column(
    rows: Sequence[Row], name: str, stage: str, values: Mapping[str, Mapping[str, list[float]]]
) -> dict[str, Any]:
    mine = values[stage][name]
    final = _of(rows, name, stage)
    return {
        "learning_rate": final[0]["learning_rate"],
        "mean": float(np.mean(mine)),
        "sd": float(np.std(mine, ddof=1)),
        "interval": list(t_interval(mine)),
        "diverged": sum(row["status"] == "diverged" for row in final),
    }


def _notes(
    optimizers: Sequence[Mapping[str, Any]],
    values: Mapping[str, Mapping[str, list[float]]],
    higher: bool,
) -> list[str]:
    notes = [
        f"{entry['name']}: the best rate, {entry['learning_rate']:g}, is on the edge of its "
        f"grid; a better one may lie beyond. `--extend` widens all grids alike."
        for entry in optimizers
        if entry["edge"]
    ]
    orders = {
        stage: sorted(
            columns, key=lambda n: -np.mean(columns[n]) if higher else np.mean(columns[n])
        )
        for stage, columns in values.items()
    }
    if len({tuple(order) for order in orders.values()}) > 1:
        said = "; ".join(f"{stage}: {' > '.join(order)}" for stage, order in orders.items())
        notes.append(f"The ranking depends on how the rate is chosen ({said}).")
    notes += [
        f"{entry['name']}, {stage}: {entry[stage]['diverged']} of {entry['n']} runs diverged and "
        f"are scored as the trivial predictor."
        for entry in optimizers
        for stage in STAGES
        if entry[stage]["diverged"]
    ]
    return notes
