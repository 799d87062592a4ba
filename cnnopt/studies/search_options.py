"""What a search was asked for: its space, its method, its budget."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from cnnopt.config import Config
from cnnopt.config.names import suggestion
from cnnopt.errors import UsageError
from cnnopt.studies.search_candidates import MOST_TRIALS
from cnnopt.studies.values import values_as_texts

RANDOM, GRID, HALVING = "random", "grid", "halving"
METHODS = (RANDOM, GRID, HALVING)
USUAL_TRIALS = 30
"""Where no budget is given: of 30 random trials one is in the best tenth, with 96 %."""


@dataclass(frozen=True)
class Options:
    """The search's own options; of several budgets the one that ends first counts.

    Attributes:
        space: by path, a range or values as text: see `read_space`.
        method: `random`, `grid` or `halving`.
        trials: how many settings are tried at most (of halving: on its first rung).
        epochs: how many epochs all trials may have together.
        seconds: after how many seconds of work no further trial begins.
        seeds: trainings of each setting, whose mean counts. Two, as of all tuning: the best of
            many on one seed is often the luckiest, and nothing says how far seeds move a value.
    """

    space: Mapping[str, str]
    method: str = RANDOM
    trials: int | None = None
    epochs: int | None = None
    seconds: float | None = None
    seeds: int = 2

    def to_json(self) -> dict[str, Any]:
        """Return them JSON-ready."""
        return asdict(self) | {"space": dict(self.space)}

    @property
    def most(self) -> int:
        """How many settings are tried at most, as far as `trials` says."""
        if self.trials is not None:
            return self.trials
        free = self.method == GRID or self.epochs is not None or self.seconds is not None
        return MOST_TRIALS if free else USUAL_TRIALS


def space_texts(space: Mapping[str, str | Sequence[Any]]) -> dict[str, str]:
    """Return a space with all values as text; a list of values becomes `[a, b]`."""
    return {
        path: given if isinstance(given, str) else f"[{', '.join(values_as_texts(given))}]"
        for path, given in space.items()
    }


def check_options(options: Options) -> None:
    """Raise `UsageError` for options that make no search."""
    if options.method not in METHODS:
        near = suggestion(options.method, METHODS)
        raise UsageError(f"--method: must be a method, got {options.method}. {near}.")
    for name in ("trials", "epochs", "seeds"):
        value = getattr(options, name)
        if value is not None and value < 1:
            raise UsageError(f"--{name}: must be at least 1, got {value}.")
    if options.trials is not None and options.trials > MOST_TRIALS:
        raise UsageError(f"--trials: must be at most {MOST_TRIALS}, got {options.trials:,}.")
    seconds = options.seconds
    if seconds is not None and not (math.isfinite(seconds) and seconds > 0):
        raise UsageError(f"--seconds: must be above 0, got {seconds}.")


def check_budget(options: Options, config: Config) -> None:
    """Raise `UsageError` for a budget in epochs where the config counts in steps."""
    remedy = "Give the config training.epochs in place of training.steps."
    if config.training.epochs is not None:
        return
    if options.epochs is not None:
        raise UsageError(f"--epochs: needs a training that counts in epochs. {remedy}")
    if options.method == HALVING:
        raise UsageError(f"--method halving: shares out epochs, the config has none. {remedy}")
