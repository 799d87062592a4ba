"""What an ablation says in the end: what helped, what did not, and by how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cnnopt.statistics.wording import measure_of
from cnnopt.studies.effects import HELPS, HURTS, SAME, gap_change, gap_text, signed

Effect = Mapping[str, Any]


def verdict_of(effects: Sequence[Effect], metric: str, seeds: int, rows: int, part: str) -> str:
    """Return the verdict: each part alone, all together, what leaving each out does.

    Args:
        effects: the entries, in the order in which they were stated.
        metric: what was compared.
        seeds: of each arm.
        rows: examples that the values were measured on.
        part: the part that these come from.
    """
    label = metric.replace("_", " ")
    sentences = [f"On mean {part} {label} over {seeds} seeds"]
    alone = [each for each in effects if each["kind"] == "alone"]
    sentences[0] += f", alone against the baseline: {_grouped(alone, metric, ADDED)}"
    sentences += [
        f"All together against the baseline: {_word(each, ADDED)}, {signed(each, metric)}"
        for each in effects
        if each["kind"] == "all"
    ]
    left_out = [each for each in effects if each["kind"] == "all but"]
    if left_out:
        sentences.append(f"Left out of all: {_grouped(left_out, metric, TAKEN)}")
    return ". ".join([*sentences, scope(rows, part, len(effects))])


def scope(rows: int, part: str, family: int) -> str:
    """Return what the intervals cover."""
    over = f"adjusted by Holm over {family} effects" if family > 1 else "95 %"
    return (
        f"Measured on this split, {rows:,} {part} examples; the intervals cover the seeds only, "
        f"{over}."
    )


ADDED = {HELPS: "helps", HURTS: "hurts", SAME: "changes nothing"}
TAKEN = {HELPS: "better without", HURTS: "missed", SAME: "changes nothing"}
"""What the same change of the metric means where a part was put in, and where it was taken out."""
NOTHING = "no effect shown"


def _word(effect: Effect, words: Mapping[str, str]) -> str:
    return words.get(effect["effect"], NOTHING)


def _grouped(effects: Sequence[Effect], metric: str, words: Mapping[str, str]) -> str:
    """Return the effects by what they came to: the helpful first, each group by size."""
    groups = []
    for word in (*words.values(), NOTHING):
        mine = [each for each in effects if _word(each, words) == word]
        mine.sort(key=lambda each: -abs(each["difference"]))
        if mine:
            said = ", ".join(f"{each['part']} {signed(each, metric)}" for each in mine)
            groups.append(f"{word}: {said}")
    return "; ".join(groups)


def sweep_verdict(
    sweep: Mapping[str, Any],
    arms: Sequence[Mapping[str, Any]],
    effects: Sequence[Effect],
    metric: str,
    rows: int,
    part: str,
) -> str:
    """Return what a sweep says: the best strength, what it brings, what lies on either side.

    Args:
        sweep: its entry in the summary.
        arms: from the weakest to the strongest.
        effects: of each strength against the weakest.
        metric, rows, part: as of `verdict_of`.
    """
    best, first = sweep["best"], arms[0]["name"]
    sentences = [f"{best} is best on validation {metric.replace('_', ' ')}"]
    if sweep["edge"]:
        sentences[0] += ", at the edge of what was tried: a better one may lie beyond"
    sentences += [
        f"On {part}, against {first}: {_word(effect, ADDED)}, {signed(effect, metric)}; "
        f"gap {gap_change(effect, metric)}"
        for effect in effects
        if effect["arm"] == best
    ]
    sentences += [
        f"{arms[end]['name']} is {sweep[side]}: gap {_gap(arms[end], metric)} against "
        f"{_gap(_named(arms, best), metric)}, {_train(arms[end], metric)} on training against "
        f"{_train(_named(arms, best), metric)}"
        for side, end in (("weaker", 0), ("stronger", -1))
        if sweep[side]
    ]
    return ". ".join([*sentences, scope(rows, part, len(effects))])


def _named(arms: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return next(arm for arm in arms if arm["name"] == name)


def _gap(arm: Mapping[str, Any], metric: str) -> str:
    factor = measure_of(metric).factor
    return gap_text(factor * arm["gap"], factor)


def _train(arm: Mapping[str, Any], metric: str) -> str:
    factor = measure_of(metric).factor
    return gap_text(factor * arm["train"], factor)
