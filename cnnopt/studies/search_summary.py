"""What a search says: the best settings, who cannot be told from them, what mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnnopt.data.dataset import Dataset
from cnnopt.metrics import higher_is_better
from cnnopt.studies.search_importance import FEWEST, importance_entries
from cnnopt.studies.search_options import Options
from cnnopt.studies.search_plan import SearchPlan, selected_metric
from cnnopt.studies.search_space import Range, short_names
from cnnopt.studies.search_trials import Tried
from cnnopt.studies.values import plain_value

TOP = 10
EDGE = 0.05
"""Share of a range at either end in which a best value is said to be on the edge."""


def search_summary(
    plan: SearchPlan,
    options: Options,
    tried: Sequence[Tried],
    rows: Sequence[Mapping[str, Any]],
    data: Dataset,
) -> dict[str, Any]:
    """Return the study's part of `summary.json`.

    Args:
        plan: what was to be run.
        options: of the search.
        tried: what was tried, stage by stage.
        rows: of `results.csv`.
        data: the data set.
    """
    metric = selected_metric(plan.first.config)
    final = tried[-1].stage if tried else ""
    # Trials of a rung are judged by its own epochs: those of the last one alone can be the best.
    ranked = sorted(
        (each for each in tried if each.stage == final),
        key=lambda each: (each.score, each.point.number),
    )
    best = ranked[0] if ranked and ranked[0].completed else None
    near = [] if best is None else [each.point.number for each in ranked[1:] if _near(each, best)]
    importance = importance_entries(plan.axes, _first_stage(tried), plan.first.config.seed)
    count = len({each.point.number for each in tried})
    return {
        "metric": metric,
        "method": options.method,
        "options": options.to_json(),
        "space": dict(options.space),
        "names": short_names(plan.axes),
        "trials": count,
        "trainings": len(rows),
        "epochs": sum(int(row["epochs"]) for row in rows),
        "rungs": [_rung_entry(name, tried) for name in dict.fromkeys(t.stage for t in tried)],
        "best": None if best is None else _entry(plan, best),
        "top": [_entry(plan, each) for each in ranked[:TOP]],
        "ranked": len(ranked),
        "near": near,
        "importance": importance,
        "verdict": _verdict(plan, best, count, len(ranked) - 1, len(near), metric),
        "notes": [*_notes(plan, best, tried, importance), *data.notes],
    }


def _entry(plan: SearchPlan, tried: Tried) -> dict[str, Any]:
    values = zip(plan.axes, tried.point.values, strict=True)
    return {
        "trial": tried.point.number,
        "settings": {path: plain_value(text) for path, text in values},
        "value": tried.value,
        "error": tried.error,
        "epochs": tried.epochs,
        "status": "diverged" if tried.diverged else "completed",
    }


def _near(tried: Tried, best: Tried) -> bool:
    """Return whether a point is within one standard error of the best, the larger of the two.

    The one-standard-error rule of Breiman et al. 1984, "Classification and regression trees",
    has the best one's alone; but of two seeds that differ much no one knows the mean.
    """
    return tried.completed and tried.score - best.score <= max(best.error, tried.error)


def _first_stage(tried: Sequence[Tried]) -> list[Tried]:
    """Return what was tried first, where all points had the same budget."""
    return [each for each in tried if each.stage == tried[0].stage]


def _rung_entry(name: str, tried: Sequence[Tried]) -> dict[str, Any]:
    mine = [each for each in tried if each.stage == name]
    return {
        "stage": name,
        "trials": len(mine),
        "epochs": max(each.epochs for each in mine),
        "diverged": sum(each.diverged for each in mine),
    }


def _verdict(
    plan: SearchPlan, best: Tried | None, count: int, others: int, near: int, metric: str
) -> str:
    if best is None:
        return "No trial has a value that could be ranked: all diverged. Widen the space."
    names = short_names(plan.axes)
    pairs = zip(plan.axes, best.point.values, strict=True)
    settings = ", ".join(f"{names[path]} {value}" for path, value in pairs)
    over = "examples and seeds" if plan.seeds > 1 else "examples"
    said = (
        f"Best of {count} trials is number {best.point.number}: {settings}, validation {metric} "
        f"{best.value:.4g}, standard error {best.error:.2g} over {over}."
    )
    if others:
        whom = "others that trained in full" if len(plan.rungs) > 1 else "others"
        said += (
            f" {near or 'None'} of the {others} {whom} cannot be told from it (within one "
            f"standard error)."
        )
    better = "high" if higher_is_better(metric) else "low"
    return (
        f"{said} Being the best of {count}, the value is a little too {better}; the test part was "
        f"not looked at."
    )


def _notes(
    plan: SearchPlan,
    best: Tried | None,
    tried: Sequence[Tried],
    importance: Sequence[Mapping[str, Any]],
) -> list[str]:
    notes = []
    first = _first_stage(tried)
    if lost := sum(each.diverged for each in first):
        notes.append(f"{lost} of {len(first)} trials diverged; they count as the worst.")
    if plan.seeds == 1:
        notes.append(
            "Each setting was trained once: its error covers the validation examples, not how far "
            "another seed would move the value."
        )
    if plan.whole:
        notes.append(f"The space has no more than these {len(plan.points)} points.")
    if not importance:
        notes.append(f"Importance needs {FEWEST} trials; there are {len(first)}.")
    names = short_names(plan.axes)
    if best is not None:
        for (path, axis), text in zip(plan.axes.items(), best.point.values, strict=True):
            if isinstance(axis, Range) and (end := _edge(axis, text)):
                notes.append(
                    f"{names[path]}: the best value, {text}, is at the {end} end of its range; a "
                    f"better one may lie beyond."
                )
    return notes


def _edge(axis: Range, text: str) -> str:
    place = axis.place(text)
    return "lower" if place <= EDGE else "upper" if place >= 1 - EDGE else ""
