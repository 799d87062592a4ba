"""Runs as tables: all of them, one of them, or the difference between some."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.results import show_places, show_result
from cnnopt.display.tables import plain_table
from cnnopt.display.words import label, measure, numbers_of, short
from cnnopt.metrics import higher_is_better

if TYPE_CHECKING:
    from cnnopt.records.read import Record

MISSING = "–"


def headline(summary: Mapping[str, Any]) -> str:
    """Return the result of a run in a few words, such as `accuracy 98.06 %`."""
    if summary.get("mean") is not None and summary.get("metric"):
        metric = str(summary["metric"])
        return f"{label(metric)} {measure(metric, summary['mean'])} (mean)"
    if summary.get("optimizers"):
        metric = str(summary.get("metric", "loss"))
        arms = [arm for arm in summary["optimizers"] if arm.get("mean") is not None]
        best = max if higher_is_better(metric) else min
        arm = best(arms, key=lambda one: one["mean"], default=None)
        return f"{label(metric)} {measure(metric, arm['mean'])} ({arm['name']})" if arm else ""
    if summary.get("suggested_rate") is not None:
        return f"rate {short(summary['suggested_rate'], 2)} suggested"
    metrics = final_metrics(summary)
    for name in ("accuracy", "loss"):
        for part in ("test", "validation"):
            value = metrics.get(f"{part} {name}")
            if value is not None:
                return f"{label(name)} {measure(name, value)}"
    return ""


def final_metrics(summary: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the metrics of a trial's summary, flat: `{"test accuracy": 0.98, ...}`."""
    return {
        f"{part} {name}": value
        for part, metrics in (summary.get("metrics") or {}).items()
        for name, value in numbers_of(metrics).items()
    }


def as_rows(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return one JSON-ready row per run."""
    return [
        {
            "folder": str(record.folder),
            "name": record.meta.get("name"),
            "command": record.meta.get("command"),
            "status": record.status,
            "started": record.meta.get("started"),
            "seconds": record.summary.get("seconds"),
            "result": headline(record.summary) or None,
        }
        for record in records
    ]


def show_runs(console: Console, records: Sequence[Record], runs_dir: Path) -> None:
    """Print one line per run."""
    if not records:
        console.print(
            f"There are no runs in {runs_dir} yet. Begin with: cnnopt train", soft_wrap=True
        )
        return
    # One column for both, so that the line fits into 80 columns.
    table = plain_table("run", "command", "result on test, or status", texts=3)
    table.columns[0].no_wrap = table.columns[1].no_wrap = True
    for record in records:
        table.add_row(
            record.folder.name,
            str(record.meta.get("command") or MISSING),
            (headline(record.summary) or MISSING)
            if record.status == "completed"
            else Text(record.status, style="yellow"),
        )
    console.print(table)


def show_run(console: Console, record: Record) -> None:
    """Print when and how a run ran, then its result."""
    meta = record.meta
    console.print(Text(f"{meta.get('name') or record.folder.name}: {record.status}", style="bold"))
    facts = {
        "command": meta.get("command"),
        "started": moment(meta.get("started")),
        "seed": meta.get("seed"),
        "error": meta.get("error"),
    }
    for head, value in facts.items():
        if value is not None:
            console.print(Text(f"{head}: {value}"))
    if record.history.get("epoch"):
        console.print(Text(f"epochs recorded: {len(record.history['epoch'])}"))
    if record.summary:
        show_result(console, record.summary, record.folder)
    else:
        show_places(console, {}, record.folder)
    if record.status == "interrupted" and meta.get("command") != "range-test":
        console.print(Text(f"Go on  cnnopt resume {record.folder}"), soft_wrap=True)


def moment(text: object) -> str | None:
    """Return an ISO time as `2026-11-23 14:25:30`, in the local zone."""
    if not text:
        return None
    try:
        return f"{datetime.fromisoformat(str(text)).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return str(text)


def flat(value: Any, path: str = "") -> dict[str, Any]:
    """Return a config's leaves by their paths: `{"optimizer.adam.learning_rate": 0.001}`."""
    if isinstance(value, Mapping) and value:
        items = [(f"{path}.{key}" if path else str(key), item) for key, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, Mapping | list) for item in value):
        items = [(f"{path}.{place}", item) for place, item in enumerate(value)]
    else:
        return {path: value}
    return {leaf: one for at, item in items for leaf, one in flat(item, at).items()}


def differences(records: Sequence[Record]) -> dict[str, list[Any]]:
    """Return the settings in which the configs differ, with each run's value, None if absent."""
    leaves = [flat(record.config) for record in records]
    paths = list(dict.fromkeys(path for one in leaves for path in one))
    found = {path: [one.get(path) for one in leaves] for path in paths}
    return {path: values for path, values in found.items() if any(v != values[0] for v in values)}


def show_differences(console: Console, records: Sequence[Record], plot: Path) -> None:
    """Print which settings and which results differ, and where the curves are drawn."""
    heads = [letter(place) for place in range(len(records))]
    for head, record in zip(heads, records, strict=True):
        console.print(Text(f"{head}  {record.folder}  {record.status}"), soft_wrap=True)
    console.print()
    changed = differences(records)
    if changed:
        table = plain_table("setting", *heads)
        for path, values in changed.items():
            table.add_row(path, *(MISSING if v is None else str(v) for v in values))
        console.print(table)
    else:
        console.print("The settings are the same.")
    results = [final_metrics(record.summary) for record in records]
    names = list(dict.fromkeys(name for result in results for name in result))
    if names:
        console.print()
        table = plain_table("result", *heads)
        for name in names:
            metric = name.rpartition(" ")[2]
            table.add_row(name, *(measure(metric, result.get(name)) for result in results))
        console.print(table)
    console.print()
    console.print(Text(f"Curves  {plot}"), soft_wrap=True)


def letter(place: int) -> str:
    """Return the head of a run's column: A, B ... Z, then numbers."""
    return chr(ord("A") + place) if place < 26 else str(place + 1)
