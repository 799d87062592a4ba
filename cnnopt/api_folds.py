"""The public functions that cross-validate: what their commands do, without the screen.

As in `api`, each imports what it needs when it is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from cnnopt.api import load_run
from cnnopt.arguments import (
    Source,
    Stop,
    never,
    refuse_twice,
    resources_of,
    settings_of,
    workforce,
)
from cnnopt.errors import UsageError
from cnnopt.pictures import draw_study
from cnnopt.run import Run
from cnnopt.trials.events import Listener, nobody

INNER_FOLDS = 3


def cross_validate(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    folds: int | None = None,
    scheme: str | None = None,
    repeats: int | None = None,
    refit: bool = False,
    compare: Source | None = None,
    tune: Mapping[str, Sequence[str]] | None = None,
    inner_folds: int = INNER_FOLDS,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    fresh: bool = False,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Cross-validate: folds, spread, corrected interval, pooled metric, baseline, audit.

    Args:
        config, overrides, runs_dir, seed, stop, listener: as of `train`.
        folds: in place of `cv.folds`.
        scheme: in place of `cv.scheme`; without either, the one that fits the data.
        repeats: in place of `cv.repeats`.
        refit: then train the final model on all rows; `predict` uses it. Not with `tune`.
        compare: a second config, measured on the same folds.
        tune: by path, values that are tried inside each fold's training part (nested).
        inner_folds: folds of a training part that tuning makes, at least 2.
        jobs: worker processes; None: as many as cores.
        threads: of the engine in each.
        fresh: never go on with an unfinished study of the same id.

    Raises:
        UsageError, ConfigError, DataError: before anything is written.
    """
    if folds is not None and folds < 2:
        raise UsageError(f"--folds: must be at least 2, got {folds}. Use 5 or 10.")
    if repeats is not None and repeats < 1:
        raise UsageError(f"--repeats: must be at least 1, got {repeats}.")
    if inner_folds < 2:
        raise UsageError(f"--inner-folds: must be at least 2, got {inner_folds}. Use 3.")
    if inner_folds != INNER_FOLDS and not tune:
        raise UsageError("--inner-folds: has no effect without --tune. Remove it, or add --tune.")
    if refit and tune:
        raise UsageError(
            "--refit and --tune: the folds may choose different settings, and the final model has "
            "one. Put the settings chosen most often into the config, and --refit that."
        )
    if compare is not None and tune:
        raise UsageError("--compare and --tune: one at a time. Tune each config on its own.")
    given = {"folds": folds, "scheme": scheme, "repeats": repeats}
    given = {key: value for key, value in given.items() if value is not None}
    changes = [f"cv.{key}={value}" for key, value in given.items()]
    refuse_twice({f"cv.{key}": f"--{key}" for key in given}, overrides)
    if scheme is not None:
        changes = [*_without_unused(scheme, given, overrides), *changes]
    with workforce(jobs) as force:
        settings, text = settings_of(config, (*overrides, *changes), seed, listener)
        other = None if compare is None else settings_of(compare, (), seed, listener)[0]
        resources = resources_of(runs_dir, force, threads, stop, listener)
        from cnnopt.studies import cross_validation as cv

        options = cv.Options(refit, other, dict(tune or {}), inner_folds)
        folder = cv.cross_validate(settings, text, resources, options, fresh=fresh)
        draw_study(folder, cv.COMMAND, settings, force)
    return load_run(folder)


def _without_unused(
    scheme: str, given: Mapping[str, object], overrides: Sequence[str]
) -> list[str]:
    """Return changes that take away what the config says for another scheme than `--scheme`."""
    from cnnopt.config.cv import unused_by

    named = {override.partition("=")[0].strip() for override in overrides}
    return [
        f"cv.{name}=null"
        for name in unused_by(scheme)
        if name not in given and f"cv.{name}" not in named
    ]


def compare_schemes(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    schemes: Mapping[str, Sequence[str]],
    draws: int = 10,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    fresh: bool = False,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Ask what schemes of cross-validation estimate, and what the test part then says.

    Args:
        config, overrides, runs_dir, seed, stop, listener: as of `train`. `dataset.test` tells the
            truth and is in no fold; `dataset.limit` is how many other rows are at hand.
        schemes: by name, changes of the config under `cv`.
        draws: how often all is done anew, at least 2.
        jobs, threads, fresh: as of `cross_validate`.
    """
    with workforce(jobs) as force:
        from cnnopt.studies import compare_schemes as study

        options = study.Options(dict(schemes), draws)
        study.check_options(options)
        settings, text = settings_of(config, overrides, seed, listener)
        resources = resources_of(runs_dir, force, threads, stop, listener)
        folder = study.compare_schemes(settings, text, resources, options, fresh=fresh)
        draw_study(folder, study.COMMAND, settings, force)
    return load_run(folder)
