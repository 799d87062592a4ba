"""The result of a comparison of optimizers: tables, pairs and the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.words import (
    PERCENT,
    count,
    difference,
    duration,
    heading,
    interval,
    measure,
    short,
    spread,
)

Arm = Mapping[str, Any]


def show_comparison(
    console: Console, summary: Mapping[str, Any], config: Mapping[str, Any]
) -> None:
    """Print the summary of `cnnopt compare-optimizers`, without its verdict.

    Args:
        console: where to.
        summary: content of `summary.json`.
        config: the study's resolved config; it says which value tuning looked at.
    """
    metric = str(summary.get("metric", "loss"))
    arms: Sequence[Arm] = summary["optimizers"]
    show_tuned(console, arms, metric)
    console.print()
    by_steps = bool((config.get("training") or {}).get("steps"))
    show_columns(console, arms, metric, summary.get("common_rate"), by_steps=by_steps)
    if any(arm.get("sensitivity") for arm in arms):
        console.print()
        show_sensitivity(console, arms, selected_by(config))
    if summary.get("pairs"):
        console.print()
        show_pairs(console, summary["pairs"], metric)


def show_tuned(console: Console, arms: Sequence[Arm], metric: str) -> None:
    """Print what each optimizer reached on the test part with its tuned learning rate."""
    table = plain_table(
        "optimizer",
        "rate",
        "runs",
        "mean",
        "95 % interval",
        "spread",
        "median",
        "diverged",
    )
    for arm in arms:
        table.add_row(
            str(arm["name"]),
            short(arm.get("learning_rate")),
            str(arm.get("n", "–")),
            measure(metric, arm.get("mean")),
            interval(metric, arm.get("interval")),
            spread(metric, arm.get("sd")),
            measure(metric, arm.get("median")),
            str(arm.get("diverged", 0)),
        )
    head = f"{heading(metric)} on the test part, each with its tuned learning rate"
    titled(console, head, table)


def show_columns(
    console: Console,
    arms: Sequence[Arm],
    metric: str,
    common_rate: float | None,
    *,
    by_steps: bool = False,
) -> None:
    """Print the means for three ways of choosing the learning rate side by side, and the pace.

    Args:
        console: where to.
        arms: the optimizers.
        metric: what they are compared by.
        common_rate: the rate of the column "common rate".
        by_steps: whether the budget counts in steps, and so the pace.
    """
    common = "common rate" if common_rate is None else f"common rate {short(common_rate)}"
    unit = "steps" if by_steps else "epochs"
    heads = ("defaults", common, "tuned", f"{unit} to target", "time per run")
    table = plain_table("mean by rate", *heads)
    for arm in arms:
        values = (_mean(arm.get("defaults")), _mean(arm.get("common")), arm.get("mean"))
        reached, seconds = arm.get(f"{unit}_to_target"), arm.get("seconds")
        table.add_row(
            str(arm["name"]),
            *(measure(metric, value) for value in values),
            "–" if reached is None else f"{reached:,.0f}" if by_steps else f"{reached:.1f}",
            "–" if seconds is None else duration(seconds),
        )
    console.print(table)


def show_sensitivity(console: Console, arms: Sequence[Arm], metric: str) -> None:
    """Print what every rate that was tried gave on the validation part; divergence is marked."""
    most = max(len(arm.get("sensitivity") or ()) for arm in arms)
    table = plain_table(
        "optimizer", "lowest rate", *("",) * (most - 2), "highest rate"[: 12 * (most > 1)]
    )
    for arm in arms:
        cells = []
        for entry in sorted(arm.get("sensitivity") or (), key=lambda e: float(e["learning_rate"])):
            mark = "*" if entry["learning_rate"] == arm.get("learning_rate") else ""
            cells.append(f"{mark}{short(entry['learning_rate'])}\n{_tried(entry, metric)}")
        table.add_row(str(arm["name"]), *cells)
    head = f"{heading(metric)} on the validation part, below each rate that was tried (* chosen)"
    titled(console, head, table)


def show_pairs(console: Console, pairs: Sequence[Mapping[str, Any]], metric: str) -> None:
    """Print difference, interval and adjusted p of the pairs with the one that is ahead."""
    behind = {pair["b"] for pair in pairs}
    shown = [pair for pair in pairs if pair["a"] not in behind] or pairs
    unit = "points" if metric in PERCENT else "difference"
    table = plain_table("pair", unit, "interval", "adjusted p")
    for pair in shown:
        low, high = pair.get("interval") or (None, None)
        ends = f"{difference(metric, low)} to {difference(metric, high)}"
        table.add_row(
            f"{pair['a']} − {pair['b']}",
            difference(metric, pair.get("difference")),
            "–" if low is None or high is None else ends,
            short(pair.get("p_adjusted"), 2),
        )
    titled(console, f"On the same seeds, adjusted by Holm over all {len(pairs)} pairs", table)


def show_arms(console: Console, summary: Mapping[str, Any], config: Mapping[str, Any]) -> None:
    """Print the summary of `cnnopt compare`, without its verdict; arguments as above."""
    metric = str(summary.get("metric", "loss"))
    arms: Sequence[Arm] = summary["arms"]
    unit = "steps" if (config.get("training") or {}).get("steps") else "epochs"
    heads = ("mean", "95 % interval", "spread", "training", unit, "diverged")
    table = plain_table("arm", *heads)
    for arm in arms:
        reached = arm.get(f"{unit}_to_target")
        table.add_row(
            str(arm["name"]),
            measure(metric, arm.get("mean")),
            interval(metric, arm.get("interval")),
            spread(metric, arm.get("sd")),
            measure(metric, arm.get("train")),
            "–" if reached is None else f"{reached:,.0f}",
            str(arm.get("diverged", 0)),
        )
    part = {"train": "training"}.get(str(summary.get("part")), summary.get("part"))
    runs = count(int(arms[0].get("n", 0)), "run")
    titled(
        console, f"{heading(metric)} on the {part} part, {runs} each; {unit} to the target", table
    )
    for arm in arms:
        if arm.get("tuned"):
            console.print(Text(f"{arm['name']}: tuned to {', '.join(arm['tuned'])}"))
    if summary.get("effects") and all(arm.get("n", 0) > 1 for arm in arms):
        console.print()
        show_pairs(console, summary["effects"], metric)


def show_problems(console: Console, summary: Mapping[str, Any]) -> None:
    """Print the summary of a comparison on several problems, without its verdict."""
    problems = summary["problems"]
    names = list(problems[0]["means"])
    ranks = summary.get("ranks")
    table = plain_table(
        "optimizer", *(str(each["name"]) for each in problems), *["rank"] * bool(ranks)
    )
    for name in sorted(names, key=lambda name: ranks[name]) if ranks else names:
        cells = [measure(each["metric"], each["means"][name]) for each in problems]
        table.add_row(name, *cells, *([f"{ranks[name]:.2f}"] if ranks else []))
    titled(console, "Means on the test parts, tuned", table)
    for each in problems:
        console.print()
        console.print(Text(f"{each['name']}: {each['verdict']}"))


def selected_by(config: Mapping[str, Any]) -> str:
    """Return the metric that `training.select` names; the loss where it names none."""
    select = (config.get("training") or {}).get("select")
    best = select.get("best") if isinstance(select, Mapping) else None
    return str(best["metric"]) if isinstance(best, Mapping) else "loss"


def _mean(value: Any) -> float | None:
    """Return the mean of a column, which is a number or a summary with one."""
    return value.get("mean") if isinstance(value, Mapping) else value


def _tried(entry: Mapping[str, Any], metric: str) -> str:
    completed = entry.get("status", "completed") == "completed"
    return measure(metric, entry.get("value")) if completed else str(entry["status"])
