"""Rows of a study's `results.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cnnopt.studies.study import Planned, TrialRunner
from cnnopt.trials.result import PER_CLASS

SECONDS = "seconds"
"""The time of a trial: in the rows that a summary is made of, and in no `results.csv`."""


def result_row(identity: str, planned: Planned, result: Mapping[str, Any]) -> dict[str, Any]:
    """Return a trial's row of `results.csv`: id, label, the study's columns, metrics; no times."""
    row = {"trial": identity, "label": planned.label, **planned.row, "status": result["status"]}
    row |= {f"n_{part}": count for part, count in result["rows"].items()}
    row |= {"epochs": result["epochs"], "best_epoch": result["best_epoch"]}
    row["selection"] = result["selection"]["value"]
    for part, values in result["metrics"].items():
        row |= {f"{part}_{name}": value for name, value in values.items() if name != PER_CLASS}
    return row


def timed_rows(
    runner: TrialRunner, planned: Sequence[Planned], results: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return the rows of finished trials, each with its `seconds`."""
    return [
        result_row(runner.identity(p), p, result) | {SECONDS: result[SECONDS]}
        for p, result in zip(planned, results, strict=True)
    ]


def without_times(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows as `results.csv` has them: the same bytes, however fast the machine was."""
    return [{name: value for name, value in row.items() if name != SECONDS} for row in rows]
