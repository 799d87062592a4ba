"""The result of a cross-validation: the fold table, the sentences, the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.words import PERCENT, heading, interval, label, measure, spread

PARTS = {"train": "training", "validation": "validation", "test": "test"}


def show_cross_validation(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the summary of `cnnopt cv`."""
    metric = str(summary.get("metric", "loss"))
    show_folds(console, summary, metric)
    console.print()
    for sentence in sentences(summary, metric):
        console.print(Text(sentence))
    show_audit(console, summary.get("audit") or ())


def show_folds(console: Console, summary: Mapping[str, Any], metric: str) -> None:
    """Print one row per fold: how many examples, the best epoch, the metric on each part."""
    folds: Sequence[Mapping[str, Any]] = summary["folds"]
    repeated = len({fold.get("repeat") for fold in folds}) > 1
    parts = [part for part in PARTS if any(fold["metrics"].get(part) for fold in folds)]
    baseline = summary.get("baseline") or {}
    beside = list(baseline.get("folds") or ())
    heads = [*(["repeat"] if repeated else []), "fold", "test rows", "best epoch"]
    heads += [PARTS[part] for part in parts] + (
        [str(baseline["name"]).replace("-", " ")] if beside else []
    )
    table = plain_table(*heads)
    for place, fold in enumerate(folds):
        # Counted from 0 in files and from 1 for people, as in the trials' labels.
        numbers = [fold["repeat"], fold["fold"]] if repeated else [fold["fold"]]
        cells = [str(number + 1) for number in numbers]
        completed = fold.get("status", "completed") == "completed"
        best = str(fold.get("best_epoch", "–")) if completed else str(fold["status"])
        cells += [f"{fold['n_test']:,}", best]
        cells += [measure(metric, (fold["metrics"].get(part) or {}).get(metric)) for part in parts]
        if place < len(beside):
            cells.append(measure(metric, beside[place]))
        table.add_row(*cells)
    titled(console, f"{heading(metric)} per fold", table)


def sentences(summary: Mapping[str, Any], metric: str) -> list[str]:
    """Return the result in words: mean, spread and interval, pooled, the baseline beside it."""
    unit = " points" if metric in PERCENT else ""
    lines = [
        f"Mean {label(metric)} on the test parts: {measure(metric, summary['mean'])}, "
        f"95 % interval {interval(metric, summary.get('interval'))} "
        f"(corrected: folds share training rows), "
        f"spread {spread(metric, summary.get('sd'))}{unit}."
    ]
    pooled = summary.get("pooled") or {}
    if pooled.get("value") is not None:
        line = f"All test parts pooled: {measure(metric, pooled['value'])}"
        if ends := pooled.get("interval"):
            line += f", interval {interval(metric, ends)}"
        lines.append(f"{line}.")
    baseline = summary.get("baseline") or {}
    if baseline.get("mean") is not None:
        lines.append(
            f"For comparison, {baseline['name']} on the same folds: "
            f"{measure(metric, baseline['mean'])}."
        )
    return lines


def show_audit(console: Console, audit: Sequence[Mapping[str, Any]]) -> None:
    """Print what was looked for that would make the result too good, and what was found."""
    for entry in audit:
        found = bool(entry.get("found"))
        detail = str(entry.get("detail") or ("found" if found else "nothing found"))
        line = f"Audit, {entry['check']}: {detail.rstrip('.')}."
        console.print(Text(line, style="yellow" if found else ""))
