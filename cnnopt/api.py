"""The public functions: what the commands do, without the screen.

Each imports what it needs when it is called: training starts before SciPy, Matplotlib and the
studies could have been loaded.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnopt.arguments import (
    Source,
    Stop,
    cores,
    count_of,
    never,
    resources_of,
    settings_of,
    workforce,
)
from cnnopt.errors import UsageError
from cnnopt.lessons import explain_optimizers as explain_optimizers
from cnnopt.pictures import draw_range, draw_study, drawing, report_comparison
from cnnopt.run import Run
from cnnopt.trials.events import Listener, nobody

if TYPE_CHECKING:
    from cnnopt.analysis import Description, GradCheck, ScheduleDescription
    from cnnopt.trials.prediction import Predictions


def train(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    threads: int | None = None,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Train one network, select its weights, test it once, draw its pictures.

    Args:
        config: path of a YAML file, a mapping or a config; None: `config.yaml` in this folder,
            else the built-in digits config.
        overrides: as of `--set`: `optimizer.adam.learning_rate=3e-4`.
        runs_dir: the folder of all runs.
        seed: in place of the config's.
        threads: of the engine; None: as many as cores. They change no bit.
        stop: asked after every batch; True saves and raises `Interrupted`.
        listener: told what happens, as events.

    Raises:
        ConfigError, DataError: before anything is written.
        Diverged, Interrupted, WriteError: what was done until then is kept.

    Example:
        >>> import cnnopt
        >>> run = cnnopt.train("configs/digits.yaml", ["training.epochs=5"])  # doctest: +SKIP
        >>> run.summary["metrics"]["test"]["accuracy"]  # doctest: +SKIP
        0.98
    """
    from cnnopt.trials.single import train_config

    settings, text = settings_of(config, overrides, seed, listener)
    width = count_of("threads", threads, cores())
    with drawing(listener) as listening:
        folder = train_config(
            settings, text, Path(runs_dir), threads=width, stop=stop, listener=listening
        )
    return load_run(folder)


NEVER_RESUMED = {
    "explain": "a lesson is not resumed. Start anew with `cnnopt explain`.",
    "range-test": "a range test is not gone on with. Start anew with `cnnopt range-test`.",
    "momentum-why": "a momentum-why study cannot be gone on with. Start it again with `cnnopt run` "
    "and its study file.",
    "compare-problems": "compares on several problems. Go on with the same `cnnopt "
    "compare-optimizers --configs` command: what is finished is not run again.",
}
"""Commands whose folders `resume` cannot go on with, and what to do instead."""

RESUMED = (
    "ablate",
    "compare",
    "compare-optimizers",
    "compare-schemes",
    "cv",
    "normalization",
    "search",
)
"""Studies that it goes on with."""


def resume(
    run: str | Path,
    *,
    epochs: int | None = None,
    runs_dir: str | Path = "runs",
    threads: int | None = None,
    jobs: int | None = None,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Go on with an interrupted run or study, to the same bits; or with a run for longer.

    Args:
        run: path, name, a unique part of the name, or `latest`.
        epochs: train until so many epochs in all; for a run of `train` only.
        runs_dir, threads, jobs, stop, listener: as of `train` and `cross_validate`.

    Raises:
        UsageError: there is nothing to go on with.
        CheckpointError, LockedError: it cannot be gone on with.
    """
    from cnnopt.records import find_run
    from cnnopt.records import load_run as read_run

    folder = find_run(run, Path(runs_dir))
    record = read_run(folder)
    command = record.meta.get("command")
    if command == "train":
        if jobs is not None:
            raise UsageError(f"--jobs: applies to studies, {folder} is a run of `train`.")
        from cnnopt.trials.single import resume_training

        width = count_of("threads", threads, cores())
        with drawing(listener) as listening:
            resume_training(folder, epochs=epochs, threads=width, stop=stop, listener=listening)
        return load_run(folder)
    if command in NEVER_RESUMED:
        raise UsageError(f"{folder}: {NEVER_RESUMED[command]}")
    from cnnopt.studies.study import JOURNAL
    from cnnopt.trials.running import resume_command

    if command not in RESUMED:
        study = next((p for p in folder.parents if (p / JOURNAL).is_file()), folder.parent)
        raise UsageError(f"{folder}: is a part of a study. Go on with: {resume_command(study)}")
    if epochs is not None:
        raise UsageError(f"{folder}: --epochs applies to runs of `train`, this one is a {command}.")
    if record.status == "completed":
        raise UsageError(f"{folder}: this study is completed. Start anew with `cnnopt {command}`.")
    with workforce(jobs) as force:
        from cnnopt.studies.going_on import go_on

        config = go_on(record, resources_of(runs_dir, force, threads, stop, listener))
        draw_study(folder, command, config, force)
        if command == "compare-optimizers":
            report_comparison(folder, config)
    return load_run(folder)


def predict(
    run: str | Path, files: Sequence[str | Path], *, runs_dir: str | Path = "runs"
) -> Predictions:
    """Return what a trained model says of images, .npz arrays or CSV rows.

    Args:
        run: as of `resume`.
        files: the inputs.
    """
    from cnnopt.records import find_run
    from cnnopt.trials.prediction import predict_files

    return predict_files(find_run(run, Path(runs_dir)), [Path(file) for file in files])


def range_test(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    low: float = 1e-6,
    high: float = 10.0,
    steps: int | None = None,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    threads: int | None = None,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Raise the learning rate from step to step until the loss rises; suggest one.

    Only the training part is looked at. The config's own rate and schedule have no effect.

    Args:
        config, overrides, runs_dir, seed, threads, stop, listener: as of `train`.
        low, high: rates of the first and of the last step, on a geometric row.
        steps: how many, at least 10; None: two epochs' worth, at least 100.

    Raises:
        UsageError, ConfigError, DataError: before anything is written.
        Interrupted, WriteError: what was done until then is kept.
    """
    from cnnopt.trials import range_test as test

    wanted = test.Range(low, high, steps)
    test.check_range(wanted)
    settings, text = settings_of(config, overrides, seed, listener)
    width = count_of("threads", threads, cores())
    folder = test.range_test(
        settings, text, Path(runs_dir), wanted, threads=width, stop=stop, listener=listener
    )
    draw_range(folder)
    return load_run(folder)


def describe(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    threads: int | None = None,
    listener: Listener = nobody,
) -> Description:
    """Describe what would be trained: shapes with their formulas, costs, memory, time.

    The data set is read, and a few steps are made on throw-away weights.

    Args:
        config, overrides, listener: as of `train`.
        threads: of the engine, for the steps that are timed; None: as many as cores.

    Raises:
        ConfigError, DataError: as of `train`.
    """
    from cnnopt.analysis import describe_config

    settings, _ = settings_of(config, overrides, None, listener)
    return describe_config(settings, count_of("threads", threads, cores()))


def describe_schedule(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    listener: Listener = nobody,
) -> ScheduleDescription:
    """Describe the learning rate over the steps of what would be trained.

    The data set is read, for the number of steps; nothing is trained.

    Args:
        config, overrides, listener: as of `train`.

    Raises:
        ConfigError, DataError: as of `train`.
    """
    from cnnopt.analysis import describe_schedule as described

    settings, _ = settings_of(config, overrides, None, listener)
    return described(settings)


def gradcheck(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    seed: int | None = None,
    listener: Listener = nobody,
) -> GradCheck:
    """Compare analytic with numeric gradients in float64: of layers, loss and a whole step.

    Args:
        config, overrides, listener: as of `train`.
        seed: of the draws, in place of the config's.

    Raises:
        ConfigError, DataError: as of `train`. A gradient that is wrong raises nothing: see
            `passed`.
    """
    from cnnopt.analysis import check_config

    settings, _ = settings_of(config, overrides, seed, listener)
    return check_config(settings)


def load_run(run: str | Path, *, runs_dir: str | Path = "runs") -> Run:
    """Return a run as its folder tells it, at whatever point it is.

    Args:
        run: as of `resume`.
    """
    from cnnopt.records import find_run
    from cnnopt.records import load_run as read_run

    record = read_run(find_run(run, Path(runs_dir)))
    return Run(record.folder, record.summary, record.history, record.config, record.meta)
