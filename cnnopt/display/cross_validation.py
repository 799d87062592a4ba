"""The result of a cross-validation: the fold table, the sentences, the audit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.words import PERCENT, count, heading, interval, label, measure, spread

PARTS = {"train": "training", "validation": "validation", "test": "test"}


MOST_FOLDS = 25
"""Rows of the fold table; the others are in `results.csv`."""


def show_cross_validation(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the summary of `cnnopt cv`."""
    metric = str(summary.get("metric", "loss"))
    show_folds(console, summary, metric)
    console.print()
    compare, tuning = summary.get("compare"), summary.get("tuning")
    lines = sentences(summary, metric) + fits(summary["folds"])
    if compare:
        lines += [f"{compare['b']}, on the same folds: {mean_sentence(compare['other'], metric)}"]
    if tuning:
        lines += tuning_sentences(tuning, metric)
    for sentence in lines:
        console.print(Text(sentence))
    show_audit(console, summary.get("audit") or ())


def show_folds(console: Console, summary: Mapping[str, Any], metric: str) -> None:
    """Print one row per fold: how many examples, the best epoch, the metric on each part."""
    folds: Sequence[Mapping[str, Any]] = summary["folds"]
    repeated = len({fold.get("repeat") for fold in folds}) > 1
    parts = [part for part in PARTS if any(fold["metrics"].get(part) for fold in folds)]
    beside = [entry for entry in baselines_of(summary) if entry.get("folds")]
    compare = summary.get("compare")
    others = compare["other"]["folds"] if compare else ()
    chosen = (summary.get("tuning") or {}).get("chosen") or ()
    heads = [*(["repeat"] if repeated else []), "fold", "test rows", "best epoch"]
    heads += [PARTS[part] for part in parts]
    heads += [f"{compare['b']}, test"] if compare else []
    heads += [str(entry["name"]).replace("-", " ") for entry in beside]
    heads += ["chosen inside"] if chosen else []
    table = plain_table(*heads)
    for place, fold in enumerate(folds[:MOST_FOLDS]):
        # Counted from 0 in files and from 1 for people, as in the trials' labels.
        numbers = [fold["repeat"], fold["fold"]] if repeated else [fold["fold"]]
        cells = [str(number + 1) for number in numbers]
        completed = fold.get("status", "completed") == "completed"
        best = str(fold.get("best_epoch", "–")) if completed else str(fold["status"])
        cells += [f"{fold['n_test']:,}", best]
        cells += [measure(metric, (fold["metrics"].get(part) or {}).get(metric)) for part in parts]
        if others:
            cells.append(measure(metric, others[place]["metrics"]["test"][metric]))
        cells += [measure(metric, entry["folds"][place]) for entry in beside]
        if chosen:
            cells.append(", ".join(map(_short, chosen[place]["settings"])))
        table.add_row(*cells)
    titled(console, f"{heading(metric)} per fold", table)
    if len(folds) > MOST_FOLDS:
        left = len(folds) - MOST_FOLDS
        console.print(Text(f"{left:,} more folds are in results.csv.", style="dim"))


def baselines_of(summary: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return what stands beside the model, the most usual first."""
    one = summary.get("baseline")
    return list(summary.get("baselines") or ([one] if one else []))


def mean_sentence(summary: Mapping[str, Any], metric: str) -> str:
    """Return mean, interval and spread over the folds."""
    unit = " points" if metric in PERCENT else ""
    kind = str(summary.get("interval_kind") or "corrected: folds share training rows")
    line = f"Mean {label(metric)} on the test parts: {measure(metric, summary['mean'])}"
    if ends := summary.get("interval"):
        line += f", 95 % interval {interval(metric, ends)} ({kind})"
    if summary.get("sd") is not None:
        line += f", spread {spread(metric, summary['sd'])}{unit}"
    return f"{line}."


def sentences(summary: Mapping[str, Any], metric: str) -> list[str]:
    """Return the result in words: mean, spread and interval, pooled, the baselines beside it."""
    lines = [mean_sentence(summary, metric)]
    pooled = summary.get("pooled") or {}
    if pooled.get("value") is not None:
        line = f"All test parts pooled: {measure(metric, pooled['value'])}"
        if ends := pooled.get("interval"):
            line += f", interval {interval(metric, ends)}"
        lines.append(f"{line}.")
    beside = [
        f"{entry['name']} {measure(metric, entry['mean'])}"
        for entry in baselines_of(summary)
        if entry.get("mean") is not None
    ]
    if beside:
        lines.append(f"For comparison, on the same folds: {', '.join(beside)}.")
    return lines


def fits(folds: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return how the folds fit, in words: `Fits: 4 folds fitting, 1 fold over-fitting.`"""
    words = Counter(fold["fit"]["word"] for fold in folds if fold.get("fit"))
    told = ", ".join(f"{count(n, 'fold')} {word}" for word, n in words.most_common())
    return [f"Training against inner validation: {told}."] if told else []


def tuning_sentences(tuning: Mapping[str, Any], metric: str) -> list[str]:
    """Return how stable the choice was, and how much too good the values it was made by."""
    unit = " points" if metric in PERCENT else ""
    chosen = [f"{_short(changes)} ({times} x)" for changes, times in tuning["times_chosen"].items()]
    line = (
        f"The values that chose (inner folds) promised {measure(metric, tuning['inner_mean'])}: "
        f"too good by {spread(metric, tuning['optimism'])}{unit}"
    )
    if ends := tuning.get("optimism_interval"):
        low, high = (spread(metric, end) for end in ends)
        line += f" ({low} to {high})"
    return [f"Chosen inside the folds: {', '.join(chosen)}.", f"{line}."]


def _short(changes: str) -> str:
    """Return changes without the way to each setting: `learning_rate=1e-2`."""
    return " ".join(
        change.split("=")[0].split(".")[-1] + "=" + change.split("=", 1)[1]
        for change in changes.split()
    )


def show_audit(console: Console, audit: Sequence[Mapping[str, Any]]) -> None:
    """Print what was looked for that would make the result too good, and what was found."""
    for entry in audit:
        found = bool(entry.get("found"))
        detail = str(entry.get("detail") or ("found" if found else "nothing found"))
        end = "" if detail.endswith(".") else "."  # as of a list that is cut off: `1, 2, 3, ...`
        many = f"{entry['found']:,} found, " if found else ""
        line = f"Audit, {entry['check']}: {many}{detail}{end}"
        console.print(Text(line, style="yellow" if found else ""))
