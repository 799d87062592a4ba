"""What a command ends with: the summary as tables and sentences."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.ablation import show_ablation
from cnnopt.display.comparison import show_arms, show_comparison, show_problems
from cnnopt.display.cross_validation import show_cross_validation
from cnnopt.display.explain import show_explanation
from cnnopt.display.gap import fit_sentence
from cnnopt.display.momentum_why import show_why
from cnnopt.display.normalization import show_normalization
from cnnopt.display.range_test import show_range_test
from cnnopt.display.schemes import show_schemes
from cnnopt.display.search import show_search
from cnnopt.display.tables import plain_table
from cnnopt.display.words import count, duration, label, measure, numbers_of
from cnnopt.records import load_run

PARTS = {"train": "training", "validation": "validation", "test": "test"}


def show_result(
    console: Console, summary: Mapping[str, Any], folder: Path, told: Collection[str] = ()
) -> None:
    """Print the summary of a run, then where everything is.

    Args:
        console: where to.
        summary: content of `summary.json`.
        folder: the run's folder.
        told: notes that were printed before and are not repeated.
    """
    console.print()
    if "functions" in summary:
        show_explanation(console, summary)
    elif "scheme_estimates" in summary:
        show_schemes(console, summary)
    elif "folds" in summary:
        show_cross_validation(console, summary)
    elif "optimizers" in summary:
        show_comparison(console, summary, load_run(folder).config)
    elif "problems" in summary:
        show_problems(console, summary)
    elif "bowl" in summary:
        show_why(console, summary)
    elif "normalization" in summary:
        show_normalization(console, summary)
    elif summary.get("command") == "ablate":
        show_ablation(console, summary)
    elif "arms" in summary:
        show_arms(console, summary, load_run(folder).config)
    elif "space" in summary:
        show_search(console, summary)
    elif "suggested_rate" in summary:
        show_range_test(console, summary)
    elif "metrics" in summary:
        show_training(console, summary)
    notes = [str(note) for note in summary.get("notes") or () if note not in told]
    if notes:
        console.print()
    for note in notes:
        console.print(Text(f"Note: {note}"))
    verdict = summary.get("verdict") or (summary.get("compare") or {}).get("verdict")
    if verdict:
        console.print()
        console.print(Text(f"Verdict: {verdict}", style="bold"))
    show_places(console, summary, folder)


def show_training(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the metrics of the selected weights on each part, and the gap."""
    metrics = {part: numbers_of(values) for part, values in summary["metrics"].items()}
    parts = [part for part in PARTS if metrics.get(part)]
    names = list(metrics[parts[0]]) if parts else []
    table = plain_table("", *map(label, names))
    for part in parts:
        table.add_row(PARTS[part], *(measure(name, metrics[part].get(name)) for name in names))
    console.print(table)
    best, epochs = summary.get("best_epoch"), summary.get("epochs")
    if best and epochs:
        kept = f"Weights of epoch {best} of {epochs}"
        if summary.get("parameters"):
            kept += f", {count(int(summary['parameters']), 'parameter')}"
        console.print(Text(f"{kept}, {duration(float(summary.get('seconds') or 0))}."))
    if summary.get("fit"):
        console.print(Text(fit_sentence(summary["fit"], "accuracy" in names)))


def show_places(console: Console, summary: Mapping[str, Any], folder: Path) -> None:
    """Print the run folder, its plots, and what can be done next."""
    console.print()
    _line(console, "Run", str(folder))
    plots = sorted((folder / "plots").glob("*.png"))
    for place, plot in enumerate(plots):
        _line(console, "" if place else "Plots", str(plot))
    if (folder / "report.md").is_file():
        _line(console, "Report", str(folder / "report.md"))
    if summary.get("command") == "search" and summary.get("config"):
        _line(console, "Train", f"cnnopt train {folder / str(summary['config'])}")
    status = summary.get("status")
    model = folder / str(summary["refit"]) if summary.get("refit") else folder
    if status == "completed" and (model / "checkpoints").is_dir():
        _line(console, "Use it", f"cnnopt predict {model} --input FILE")


def _line(console: Console, head: str, text: str) -> None:
    # A path that is broken over two lines cannot be copied, so it may run over the edge.
    console.print(Text(f"{head:8}{text}"), soft_wrap=True)
