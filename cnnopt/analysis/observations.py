"""What is to be seen on a function, in sentences that are computed from the rows of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, inf, isfinite, log
from typing import Any

from cnnopt.analysis.optimizer_paths import ARRIVED
from cnnopt.analysis.path_rows import PAIR, labelled
from cnnopt.analysis.surfaces import Surface

Row = Mapping[str, Any]


def observations(surface: Surface, rows: Sequence[Row], duel: Row | None) -> list[str]:
    """Return what the paths over a function show.

    Args:
        surface: the function.
        rows: one of each optimizer, as of `row_of`.
        duel: as of `duel_of`.
    """
    done = [row for row in rows if row["status"] == "completed"]
    found = _who_arrives(done) + _where(surface, done)
    if surface.saddle is not None:
        found += _off_the_saddle(done)
    if duel is not None:
        found.append(swing(duel))
    found += _rates(done)
    for row in rows:
        same = [other["optimizer"] for other in rows if other["same_as"] == row["optimizer"]]
        if same:
            found.append(f"{listed([row['optimizer'], *same])} take the very same path.")
    for row in rows:
        if row["status"] != "completed":
            found.append(f"{row['optimizer']} leaves the picture at every rate.")
        elif row["rate_on_edge"]:
            found.append(
                f"{row['optimizer']}: the rate {row['learning_rate']:g} is at the end of those "
                "tried; a better one may lie beyond."
            )
    return found


def _who_arrives(rows: Sequence[Row]) -> list[str]:
    there = [row for row in rows if row["steps_to_arrive"] is not None]
    rest = [row for row in rows if row["steps_to_arrive"] is None]
    limit = f"1/{round(1 / ARRIVED):,} of the value at the start"
    found = []
    if there:
        verbs = ("arrive", "stay") if there[1:] else ("arrives", "stays")
        found.append(
            f"{len(there)} of {len(rows)} {verbs[0]} ({verbs[1]} below {limit}): "
            f"{_first_and_last(there, 'steps_to_arrive')}."
        )
    if rest:
        rest.sort(key=lambda row: float(row["late_value"]))
        each = [row for row in rest if row["same_as"] is None]
        values = ", ".join(f"{row['optimizer']} {row['late_value']:.2g}" for row in each)
        if not there:
            found.append(f"None stays below {limit}.")
        whose = "of the others" if there else "of all"
        found.append(f"Mean value {whose} over the last tenth of the steps: {values}.")
    return found


def _first_and_last(rows: Sequence[Row], key: str) -> str:
    """Return `first adam and adamw in step 21, last sgd in step 127`; one of them where equal."""
    ends = dict.fromkeys(end(int(row[key]) for row in rows) for end in (min, max))
    parts = [
        f"{listed([row['optimizer'] for row in rows if row[key] == step])} in step {step}"
        for step in ends
    ]
    return f"first {parts[0]}, last {parts[1]}" if parts[1:] else parts[0]


def _where(surface: Surface, rows: Sequence[Row]) -> list[str]:
    if len(surface.minima) == 1 or not rows:
        return []
    ends: dict[str, list[str]] = {}
    for row in rows:
        ends.setdefault(row["minimum"], []).append(row["optimizer"])
    places = {
        label: f"{label} ({x:.2f}, {y:.2f})" for label, (x, y) in labelled(surface.minima).items()
    }
    if len(ends) == 1:
        return [f"All end nearest to {places[next(iter(ends))]}."]
    parts = [f"{listed(names)} to {places[label]}" for label, names in sorted(ends.items())]
    return [f"They part; nearest in the end are {'; '.join(parts)}."]


def _off_the_saddle(rows: Sequence[Row]) -> list[str]:
    off = [row for row in rows if row["left_saddle"] is not None]
    found = []
    if off:
        found.append(
            f"Off the saddle (below half its height): {_first_and_last(off, 'left_saddle')}."
        )
    stuck = [row["optimizer"] for row in rows if row["left_saddle"] is None]
    if stuck:
        found.append(f"Never off it: {listed(stuck)}.")
    return found


def swing(duel: Row) -> str:
    """Return whether Nesterov's gradient turns around less often than momentum, and by how much."""
    momentum, nesterov = (duel["paths"][name] for name in PAIR)
    setting = f"At the same rate {duel['learning_rate']:g} and momentum {duel['momentum']:g}"
    gone = [name for name in PAIR if duel["paths"][name]["status"] != "completed"]
    if gone:
        return f"{setting} {listed(gone)} {'leave' if gone[1:] else 'leaves'} the picture."
    if duel["refused"] is not None:
        setting += f" ({duel['refused']:g} throws one of them out of the picture)"
    seen = [sum(each["seen_changes"]) for each in (nesterov, momentum)]
    every = [sum(each["sign_changes"]) for each in (nesterov, momentum)]
    lengths = [each["path_length"] for each in (nesterov, momentum)]
    if seen[0] < seen[1] and lengths[0] < lengths[1]:
        verdict = "nesterov damps the swing"
    else:
        often = "less" if seen[0] < seen[1] else "more" if seen[0] > seen[1] else "as"
        verdict = f"nesterov turns {often} often {'as' if often == 'as' else 'than'} momentum"
    return (
        f"{setting}, {verdict}: {_pair(nesterov['seen_changes'])} turns along w1 and w2 that can "
        f"be seen against {_pair(momentum['seen_changes'])}, on a path of {lengths[0]:.2f} against "
        f"{lengths[1]:.2f}. Turns of any size: {every[0]} against {every[1]}."
    )


def _pair(counts: Sequence[int]) -> str:
    return f"{counts[0]} and {counts[1]}"


def _rates(rows: Sequence[Row]) -> list[str]:
    """Return whose effective rate changes most over time, and differs most between the weights."""
    keys = [f"rate_{w}_{end}" for w in ("w1", "w2") for end in ("first", "last")]
    known = [row for row in rows if all(_positive(row[key]) for key in keys)]
    # Those of one path are one.
    known = [row for row in known if row["same_as"] is None]
    if len(known) < 2:
        return []
    falls, rises = min(known, key=_change), max(known, key=_change)
    parts = []
    if _change(falls) < 1 / 1.1:
        parts.append(f"falls most with {falls['optimizer']} ({_changes(falls)})")
    if _change(rises) > 1.1:
        parts.append(f"rises most with {rises['optimizer']} ({_changes(rises)})")
    found = []
    if parts:
        found.append(
            f"The effective rate, last tenth of the steps over first, {' and '.join(parts)}."
        )
    even = min(known, key=lambda row: abs(log(_contrast(row))))
    apart = max(known, key=lambda row: abs(log(_contrast(row))))
    found.append(
        f"In the first tenth {apart['optimizer']} treats the weights most unlike (w1 has "
        f"{_contrast(apart):.2g} times the rate of w2), {even['optimizer']} most alike "
        f"({_contrast(even):.2g} times)."
    )
    return found


def _positive(value: float | None) -> bool:
    return value is not None and isfinite(value) and 0 < value < inf


def _change(row: Row) -> float:
    """Return by what factor the effective rate changes, as a geometric mean over both weights."""
    return exp(sum(log(row[f"rate_{w}_last"] / row[f"rate_{w}_first"]) for w in ("w1", "w2")) / 2)


def _changes(row: Row) -> str:
    one, two = (row[f"rate_{w}_last"] / row[f"rate_{w}_first"] for w in ("w1", "w2"))
    return f"to {one:.2g} times along w1, {two:.2g} along w2"


def _contrast(row: Row) -> float:
    """Return how many times the first weight's effective rate is that of the second one."""
    return float(row["rate_w1_first"] / row["rate_w2_first"])


def listed(names: Sequence[str]) -> str:
    """Return `a`, `a and b`, `a, b and c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
