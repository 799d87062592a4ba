"""What the public functions make of their arguments."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from cnnopt.errors import UsageError
from cnnopt.trials.events import Listener, Plan
from cnnopt.trials.executor import Workforce

if TYPE_CHECKING:
    from cnnopt.config import Config
    from cnnopt.studies.study import Resources

Source: TypeAlias = "str | Path | Mapping[str, Any] | Config"
Stop: TypeAlias = "Callable[[], bool]"
HERE = Path("config.yaml")

TRAINING = ("cnnopt.trials.study_trial",)
"""What a worker imports while this process still reads the config."""

DRAWING = ("cnnopt.plots.draw", "matplotlib.figure", "matplotlib.backends.backend_agg")
"""What a worker imports when no trial is left for it."""

FEWEST_TRIALS = 2
"""Of any study: so many workers are of use whatever the config says."""


def never() -> bool:
    """Never ask to stop."""
    return False


def cores() -> int:
    """Return on how many cores this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def settings_of(
    config: Source | None, overrides: Sequence[str], seed: int | None, listener: Listener
) -> tuple[Config, str]:
    """Return the checked config and its text as given; say which file where none was named."""
    from cnnopt.config import Config, dump_yaml, load_config

    if seed is not None:
        refuse_twice({"seed": "--seed"}, overrides)
    if config is None:
        config = source_of(None)
        said = f"{HERE} in this folder" if config is HERE else "the built-in digits config"
        listener(Plan((f"config    {said}",)))
    settings = load_config(config, overrides, seed=seed)
    if isinstance(config, str | Path):
        return settings, Path(config).read_text(encoding="utf-8")
    return settings, dump_yaml(config.resolved() if isinstance(config, Config) else dict(config))


def source_of(config: Source | None) -> Source:
    """Return the config that is meant where none was named."""
    from cnnopt.config import BUILT_IN

    return config if config is not None else HERE if HERE.is_file() else BUILT_IN


def count_of(name: str, given: int | None, otherwise: int) -> int:
    """Return how many processes or threads to use."""
    if given is not None and given < 1:
        raise UsageError(f"--{name}: must be at least 1, got {given}.")
    return otherwise if given is None else given


def refuse_twice(options: Mapping[str, str], overrides: Sequence[str]) -> None:
    """Refuse an override of a setting that an option sets as well: one would be ignored."""
    for override in overrides:
        path = override.partition("=")[0].strip()
        if path in options:
            raise UsageError(
                f"{options[path]} and --set {override} set the same thing. Remove one of them."
            )


def with_epochs(config: Config, epochs: int) -> Config:
    """Return the config with a budget of so many epochs, also where it counted in steps."""
    from cnnopt.config import load_config, set_values

    changes = [f"training.epochs={epochs}"]
    if config.training.steps is not None:
        changes = ["training.steps=null", *changes]
    if config.training.evaluate_every is not None:
        changes = ["training.evaluate_every=null", *changes]
    return load_config(set_values(config.resolved(), changes))


def with_steps(config: Config, steps: int) -> Config:
    """Return the config with a budget of so many steps, and ten rows of metrics."""
    from cnnopt.config import load_config, set_values

    every = max(1, steps // 10)
    changes = ["training.epochs=null", f"training.steps={steps}"]
    return load_config(
        set_values(config.resolved(), [*changes, f"training.evaluate_every={every}"])
    )


def workforce(jobs: int | None) -> Workforce:
    """Return the workers of a study; the first ones are importing already what trials need.

    Args:
        jobs: how many; None: as many as cores.
    """
    force = Workforce(count_of("jobs", jobs, cores()), TRAINING, later=DRAWING)
    force.hire(FEWEST_TRIALS)
    return force


def resources_of(
    runs_dir: str | Path,
    force: Workforce,
    threads: int | None,
    stop: Callable[[], bool],
    listener: Listener,
) -> Resources:
    """Return what a study runs with."""
    from cnnopt.studies.study import Resources

    return Resources(Path(runs_dir), force, count_of("threads", threads, 1), stop, listener)
