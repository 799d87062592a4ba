"""`search` as a public function: what the command does, without the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnopt.api import load_run
from cnnopt.arguments import (
    Source,
    Stop,
    never,
    refuse_twice,
    resources_of,
    settings_of,
    source_of,
    workforce,
)
from cnnopt.pictures import draw_study
from cnnopt.run import Run
from cnnopt.trials.events import Listener, nobody


def search(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    space: Mapping[str, str | Sequence[Any]],
    method: str = "random",
    trials: int | None = None,
    epochs: int | None = None,
    seconds: float | None = None,
    seeds: int = 2,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    fresh: bool = False,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Search settings for the best validation value; write the best config, ready for `train`.

    Args:
        config, overrides, runs_dir, seed, stop, listener: as of `train`.
        space: by path of the config, `log(1e-4, 1e-1)`, `uniform(0, 0.5)`, `int(8, 64)`,
            `log_int(8, 128)`, or values: `16,32` or a list. On a grid, ranges end in the number
            of their points: `log(1e-4, 1e-1, 7)`.
        method: `random`, `grid` or `halving`.
        trials: settings tried at most; None: 30, unless another budget is given.
        epochs: of all trainings together, at most.
        seconds: of work, after which no further trial begins.
        seeds: trainings of each setting.
        jobs, threads, fresh: as of `cross_validate`.

    Example:
        >>> import cnnopt
        >>> run = cnnopt.search(  # doctest: +SKIP
        ...     space={"optimizer.adam.learning_rate": "log(1e-4, 1e-1)"}, trials=10)
        >>> run.summary["best"]["settings"]  # doctest: +SKIP
        {'optimizer.adam.learning_rate': 0.01563}
    """
    with workforce(jobs) as force:
        from cnnopt.config import written_config
        from cnnopt.studies import search as study
        from cnnopt.studies.search_options import Options, check_options, space_texts

        options = Options(space_texts(space), method, trials, epochs, seconds, seeds)
        check_options(options)
        refuse_twice(dict.fromkeys(space, "--space"), overrides)
        settings, text = settings_of(config, overrides, seed, listener)
        written = written_config(source_of(config), overrides, seed=seed)
        resources = resources_of(runs_dir, force, threads, stop, listener)
        folder = study.search(settings, written, text, resources, options, fresh=fresh)
        draw_study(folder, study.COMMAND, settings, force)
    return load_run(folder)
