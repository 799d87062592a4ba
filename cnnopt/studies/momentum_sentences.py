"""Sentences of `momentum-why`: each is made of its numbers, and says so where they say no."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

Effect = Mapping[str, Any]
SGD, EFFECTIVE = "sgd", "sgd at the effective rate"


def effect_sentence(effect: Effect, label: str) -> str:
    """Return what one difference says."""
    head = f"{label}: momentum {show(effect['mean_a'])}, {effect['b']} {show(effect['mean_b'])}"
    if effect["relation"] == "none":
        return f"{head}; not compared, for a run has no such number"
    low, high = effect["interval"]
    word = {"open": "no difference shown"}.get(effect["relation"], str(effect["relation"]))
    return (
        f"{head}; {word} ({effect['difference']:+.3g}, {low:+.3g} to {high:+.3g}, "
        f"adjusted p {effect['p_adjusted']:.2g})"
    )


def verdict_of(
    effects: Sequence[Effect], target: float, directions: Sequence[Mapping[str, Any]]
) -> str:
    """Return the answer: speed, step length or memory, noise, the batch just used, the bowl."""
    found = {(effect["measure"], effect["b"]): effect for effect in effects}
    sentences = [
        _speed(found["steps_to_target", SGD], target),
        _memory(found["steps_to_target", SGD], found["steps_to_target", EFFECTIVE]),
        _direction(found["alignment", SGD], found["noise", SGD]),
        _fitting(found["carried", SGD], found["carried", EFFECTIVE]),
        _bowl(directions, "common rate"),
        _bowl(directions, "best rate"),
    ]
    return " ".join(filter(None, sentences))


def _speed(effect: Effect, target: float) -> str:
    a, b = show(effect["mean_a"]), show(effect["mean_b"])
    to = f"to training loss {show(target)}"
    match effect["relation"]:
        case "lower":
            return f"Momentum is faster than sgd at the same rate: {a} steps {to} against {b}."
        case "higher":
            return f"Momentum is slower than sgd at the same rate: {a} steps {to} against {b}."
        case "open":
            return f"Momentum is not shown to be faster than sgd: {a} steps {to} against {b}."
        case _:
            return "Speed is not compared: a run diverged."


def _memory(same: Effect, longer: Effect) -> str:
    """Say how much of the gain the longer step has by itself."""
    if longer["relation"] == "none":
        return "Sgd at the effective rate diverged: it cannot take the steps that momentum takes."
    if same["relation"] != "lower":
        return ""
    gain, had = same["mean_b"] - same["mean_a"], same["mean_b"] - longer["mean_b"]
    share = "all" if had >= gain else f"{100 * had / gain:.0f} %"
    text = (
        f"Sgd at the effective rate needs {show(longer['mean_b'])} steps: {share} of the gain "
        f"comes with the longer step alone"
    )
    match longer["relation"]:
        case "lower":
            return f"{text}, and memory is faster still."
        case "higher":
            return f"{text}; memory by itself costs steps here."
        case _:
            return f"{text}, and no effect of memory on speed is shown beyond it."


def _direction(alignment: Effect, noise: Effect) -> str:
    """Say whether updates point along the full gradient, and how noisy its place was."""
    if alignment["relation"] == "none":
        return ""
    a, b = show(alignment["mean_a"]), show(alignment["mean_b"])
    word = {
        "higher": "Memory averages noise away: its updates go more along the full gradient",
        "lower": "Memory does not point updates better: they go less along the full gradient",
        "open": "Memory is not shown to point updates along the full gradient any better",
    }[alignment["relation"]]
    text = f"{word} (cosine {a} against {b})"
    at = f"{show(noise['mean_a'])} against {show(noise['mean_b'])} times the squared gradient"
    match noise["relation"]:
        case "higher":
            return f"{text}, although gradients are noisier where its path goes ({at})."
        case "lower":
            return f"{text}; gradients are also less noisy where its path goes ({at})."
        case _:
            return f"{text}; the noise on both paths is not shown to differ ({at})."


def _fitting(same: Effect, longer: Effect) -> str:
    """Say how much of a step's fall on its own batch another batch sees."""
    found = [effect for effect in (same, longer) if effect["relation"] != "none"]
    if not found:
        return ""
    word = {
        "higher": "which fits its own batch more",
        "lower": "which fits its own batch less",
        "open": "no difference shown",
    }
    others = [
        f"{100 * effect['mean_b']:.0f} % with {effect['b']} ({word[effect['relation']]})"
        for effect in found
    ]
    return (
        f"Of what a step takes off the loss of its own batch, another batch sees "
        f"{100 * found[0]['mean_a']:.0f} % with momentum, {', '.join(others)}."
    )


def _bowl(directions: Sequence[Mapping[str, Any]], which: str) -> str:
    """Say what is left of the flattest and the steepest direction after a step."""
    ends = {
        name: [row for row in directions if row["setting"] == f"{name}, {which}"]
        for name in ("sgd", "momentum")
    }
    (flat, steep), (flat_m, steep_m) = (
        (float(rows[0]["measured"]), float(rows[-1]["measured"])) for rows in ends.values()
    )
    rate = f"at the {which}"
    if which == "common rate":
        rate += f" {show(float(ends['sgd'][0]['learning_rate']))}"
    condition = float(ends["sgd"][-1]["curvature"])
    return (
        f"On a bowl of condition {condition:g} {rate} a step leaves {flat_m:.3f} of the flat "
        f"direction with momentum and {flat:.3f} with sgd ({_pace(flat_m, flat)}), of the steep "
        f"one {steep_m:.3f} and {steep:.3f} ({_pace(steep_m, steep)})."
    )


def _pace(momentum: float, sgd: float) -> str:
    """Return how many times fewer or more steps momentum needs for the same fall."""
    if not (0 < momentum < 1 and 0 < sgd < 1):
        return "no fall to compare" if max(momentum, sgd) >= 1 else "one of them is there at once"
    times = math.log(momentum) / math.log(sgd)
    if times >= 1:
        return f"{times:.1f} times fewer steps"
    return f"{1 / times:.1f} times more steps"


def show(value: float) -> str:
    """Return a number of three digits; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
