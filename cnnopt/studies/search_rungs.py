"""Successive halving: how many settings train for how many epochs, rung by rung."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnnopt.errors import UsageError

ETA = 3
"""The best third of a rung goes on, for three times as many epochs."""


@dataclass(frozen=True)
class Rung:
    """A round of the search in which all trials have the same budget.

    Attributes:
        name: the stage that its trials belong to: `rung 1`, `random`, `grid`.
        trials: so many settings enter it.
        epochs: of each of its trainings; None: as the config, or the space, says.
    """

    name: str
    trials: int
    epochs: int | None = None


def halving_rungs(
    epochs: int, trials: int, *, budget: int | None = None, seeds: int = 1
) -> list[Rung]:
    """Return the rungs of successive halving, the cheapest first.

    The last one trains for `epochs`, the one before for a third of that, and so on, as long as
    there is a whole epoch and there are two settings to choose from; from each a third goes on.
    Every rung costs about the same.

    Args:
        epochs: of the last rung, at least 3.
        trials: settings on the first rung, at least 3.
        budget: epochs of all trainings together; as many settings begin as it pays for.
        seeds: trainings of each setting.

    Raises:
        UsageError: epochs, trials or a budget for which there is but one rung.

    Example:
        >>> [(rung.trials, rung.epochs) for rung in halving_rungs(9, 30)]
        [(30, 1), (10, 3), (3, 9)]

    Source: Jamieson and Talwalkar 2016, "Non-stochastic best arm identification and hyperparameter
    optimization", algorithm 1, with eta = 3 as in Li et al. 2018, "Hyperband".
    """
    if epochs < ETA:
        raise UsageError(
            f"--method halving: needs training.epochs of at least {ETA}, got {epochs}: "
            f"its first trials train for a third of them."
        )
    while trials >= ETA:
        rungs = _rungs(epochs, trials)
        if budget is None or seeds * cost(rungs) <= budget:
            return rungs
        trials -= 1
    if budget is None:
        raise UsageError(f"--trials: must be at least {ETA} for halving, got {trials}.")
    least = seeds * cost(_rungs(epochs, ETA))
    raise UsageError(f"--epochs: must be at least {least} for halving, got {budget}.")


def cost(rungs: Sequence[Rung]) -> int:
    """Return the epochs of all trainings on the rungs, of one seed."""
    return sum(rung.trials * (rung.epochs or 0) for rung in rungs)


def epochs_text(epochs: int | None) -> str:
    """Return `1 epoch`, `3 epochs`."""
    return f"{epochs} epoch{'' if epochs == 1 else 's'}"


def _rungs(epochs: int, trials: int) -> list[Rung]:
    steps = 0
    while trials // ETA ** (steps + 1) >= 1 and epochs // ETA ** (steps + 1) >= 1:
        steps += 1
    return [
        Rung(f"rung {place + 1}", trials // ETA**place, round(epochs / ETA ** (steps - place)))
        for place in range(steps + 1)
    ]
