"""`report.md`: a comparison of optimizers to hand on, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnopt.display.words import heading, interval, label, measure, number, short, spread
from cnnopt.files import write_atomic

REPORT = "report.md"

PICTURES = {
    "curves": "Training and validation over the epochs, tuned",
    "final_values": "Final values by seed",
    "sensitivity": "How much each optimizer depends on its learning rate",
    "fits": "The fitted functions",
    "fit_steps": "How the fits came to be",
}


def write_report(folder: Path, summary: Mapping[str, Any], name: str) -> None:
    """Write the report of a comparison into its folder.

    Args:
        folder: the study's.
        summary: content of its `summary.json`.
        name: of the config.
    """
    first, *rest = re.split(r"\.\s(?=[A-Za-z])", str(summary["verdict"]).rstrip("."))
    lines = [f"# {name}: optimizers compared", "", f"**{first}.**", ""]
    lines += [*(f"- {sentence}." for sentence in rest), ""]
    lines += _tuned(summary) + _columns(summary) + _pairs(summary)
    if summary.get("notes"):
        lines += ["## Notes", "", *(f"- {note}" for note in summary["notes"]), ""]
    lines += [
        line
        for picture, said in PICTURES.items()
        if (folder / "plots" / f"{picture}.png").is_file()
        for line in (f"## {said}", "", f"![{said}](plots/{picture}.png)", "")
    ]
    write_atomic(folder / REPORT, "\n".join(lines))


def _tuned(summary: Mapping[str, Any]) -> list[str]:
    metric = str(summary["metric"])
    rows = [
        [
            each["name"],
            short(each["learning_rate"]) + (" (edge)" if each["edge"] else ""),
            str(each["n"]),
            measure(metric, each["mean"]),
            interval(metric, each["interval"]),
            spread(metric, each["sd"]),
            measure(metric, each["median"]),
            str(each["diverged"]),
        ]
        for each in summary["optimizers"]
    ]
    heads = ["optimizer", "rate", "runs", "mean", "95 % interval", "spread", "median", "diverged"]
    return [f"## {heading(metric)} on the test part, tuned", "", *table(heads, rows), ""]


def _columns(summary: Mapping[str, Any]) -> list[str]:
    metric = str(summary["metric"])
    rows = [
        [each["name"], *(_column(metric, each[stage]) for stage in ("defaults", "common", "tuned"))]
        for each in summary["optimizers"]
    ]
    common = f"one common rate, {short(summary['common_rate'])}"
    heads = ["optimizer", "defaults", common, "tuned"]
    return ["## Three ways to choose the rate", "", *table(heads, rows), ""]


def _column(metric: str, column: Mapping[str, Any]) -> str:
    text = f"{measure(metric, column['mean'])} at {short(column['learning_rate'])}"
    return text + (f", {column['diverged']} diverged" if column["diverged"] else "")


def _pairs(summary: Mapping[str, Any]) -> list[str]:
    heads = ["pair", "p", "adjusted p", "Wilcoxon's p", "Hedges' g", "verdict"]
    rows = [
        [
            f"{pair['a']} and {pair['b']}",
            short(pair["p"], 2),
            short(pair["p_adjusted"], 2),
            short(pair["wilcoxon_p"], 2),
            number(pair["hedges_g"], 3),
            pair["verdict"],
        ]
        for pair in summary["pairs"]
    ]
    what = f"{label(str(summary['metric']))}, paired by seed, adjusted by Holm over all pairs"
    return ["## Pairs", "", f"By {what}.", "", *table(heads, rows), ""]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a Markdown table's lines; a bar in a cell is escaped."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (heads, *rows)]
    head, *rest = [f"| {' | '.join(row)} |" for row in cells]
    return [head, f"|{' :-- |' * len(heads)}", *rest]
