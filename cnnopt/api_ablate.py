"""`ablate` as a public function: what the command does, without the screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnopt.api import load_run
from cnnopt.arguments import Source, Stop, never, resources_of, settings_of, workforce
from cnnopt.pictures import draw_study
from cnnopt.run import Run
from cnnopt.trials.events import Listener, nobody


def ablate(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    parts: Sequence[str] | None = None,
    seeds: int = 10,
    sweep: Mapping[str, Sequence[Any]] | None = None,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    fresh: bool = False,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Ask what each regularizer does: none, each alone, all, all but each, on the same seeds.

    Args:
        config, overrides, runs_dir, seed, stop, listener: as of `train`.
        parts: which to take out: regularizers, and kinds or names of dropout and normalization
            layers; the others stay in every arm. None: all that the config has.
        seeds: runs of each arm, at least 2.
        sweep: in place of parts, one setting and its values: `{"l2": [0, 1e-5, 1e-4, 1e-3]}`.
        jobs, threads, fresh: as of `cross_validate`.

    Example:
        >>> import cnnopt
        >>> run = cnnopt.ablate("config.yaml")  # doctest: +SKIP
        >>> run.summary["effects"][0]["verdict"]  # doctest: +SKIP
        'l2 alone helps: +1.2 points (0.6 to 1.8); gap 8.1 -> 3.9'
    """
    with workforce(jobs) as force:
        from cnnopt.studies import ablate as study
        from cnnopt.studies.ablation_arms import Options, check_options
        from cnnopt.studies.values import values_as_texts

        strengths = {path: values_as_texts(values) for path, values in (sweep or {}).items()}
        options = Options(parts, seeds, strengths)
        check_options(options)
        settings, text = settings_of(config, overrides, seed, listener)
        resources = resources_of(runs_dir, force, threads, stop, listener)
        folder = study.ablate(settings, text, resources, options, fresh=fresh)
        draw_study(folder, study.COMMAND, settings, force)
    return load_run(folder)


def normalization(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    batch_sizes: Sequence[int] = (2, 8, 32, 128),
    rates: Sequence[float] = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
    groups: int = 4,
    seeds: int = 5,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    fresh: bool = False,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Set no, batch, group and layer normalization beside each other, by batch size.

    Args:
        config, overrides, runs_dir, seed, stop, listener: as of `train`; its normalization layers
            stand for each kind in turn.
        batch_sizes: each with every kind.
        rates: learning rates that every arm tries.
        groups: of group norm.
        seeds: runs of each arm, and of each rate, at least 2.
        jobs, threads, fresh: as of `cross_validate`.
    """
    with workforce(jobs) as force:
        from cnnopt.studies import normalization as study
        from cnnopt.studies.normalization_arms import Options, check_options

        options = Options(tuple(batch_sizes), tuple(map(float, rates)), groups, seeds)
        check_options(options)
        settings, text = settings_of(config, overrides, seed, listener)
        resources = resources_of(runs_dir, force, threads, stop, listener)
        folder = study.normalization(settings, text, resources, options, fresh=fresh)
        draw_study(folder, study.COMMAND, settings, force)
    return load_run(folder)
