"""The public functions that run studies: what their commands do, without the screen.

As in `api`, each imports what it needs when it is called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnopt.api import load_run
from cnnopt.api_folds import compare_schemes, cross_validate
from cnnopt.arguments import (
    HERE,
    Source,
    Stop,
    never,
    refuse_twice,
    resources_of,
    settings_of,
    with_epochs,
    with_steps,
    workforce,
)
from cnnopt.errors import UsageError
from cnnopt.pictures import draw_study, report_comparison
from cnnopt.run import Run
from cnnopt.trials.events import Listener, nobody

if TYPE_CHECKING:
    from cnnopt.config import Config
    from cnnopt.optimizers import Optimizer

BUILT_IN_EPOCHS = 10
"""Of a comparison of optimizers on the built-in config: nine of them then take minutes."""


def compare_optimizers(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    configs: Sequence[str | Path] = (),
    optimizers: Sequence[str] | None = None,
    extra: Mapping[str, type[Optimizer]] | None = None,
    trials: int = 5,
    seeds: int = 10,
    epochs: int | None = None,
    budget: int | None = None,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    fresh: bool = False,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Compare optimizers: rates tuned alike, paired seeds, paired tests, a verdict.

    Args:
        config, overrides, runs_dir, seed, stop, listener: as of `train`.
        configs: several problems, in place of `config`; each is compared on, then ranks.
        optimizers: two or more names; None: the nine of the lesson.
        extra: optimizers of your own by name, compared with the others: frozen dataclasses as
            `cnnopt.optimizers.Optimizer` says, in a module that workers can import (with one job,
            anywhere).
        trials: learning rates that each of them tries.
        seeds: final runs of each, at least 2.
        epochs: in place of `training.epochs`; for the built-in config 10 where nothing is said.
        budget: steps of each run, in place of epochs.
        jobs, threads, fresh: as of `cross_validate`.
    """
    with workforce(jobs) as force:
        from cnnopt.studies import compare_optimizers as comparison

        _refuse_both(config, configs, epochs, budget, overrides)
        options = comparison.options_of(optimizers, extra or {}, trials, seeds)
        if not configs and epochs is None and budget is None and _is_built_in(config, overrides):
            epochs = BUILT_IN_EPOCHS

        def problem(source: Source | None) -> tuple[Config, str]:
            settings, text = settings_of(source, overrides, seed, listener)
            if epochs is not None:
                settings = with_epochs(settings, epochs)
            return (settings if budget is None else with_steps(settings, budget)), text

        resources = resources_of(runs_dir, force, threads, stop, listener)
        if configs:
            from cnnopt.pictures import draw_ranks
            from cnnopt.studies.problems import compare_on_problems

            def draw(done: Path, settings: Config) -> None:
                draw_study(done, comparison.COMMAND, settings, force)
                report_comparison(done, settings)

            folder = compare_on_problems(
                [problem(each) for each in configs], resources, options, draw, fresh=fresh
            )
            draw_ranks(folder)
            return load_run(folder)
        settings, text = problem(config)
        folder = comparison.compare_optimizers(settings, text, resources, options, fresh=fresh)
        draw_study(folder, comparison.COMMAND, settings, force)
        report_comparison(folder, settings)
    return load_run(folder)


def compare(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    arms: Mapping[str, Sequence[str]],
    seeds: int = 10,
    tune: Mapping[str, Sequence[str]] | None = None,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    fresh: bool = False,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Compare variants of one config: paired seeds, optional tuning, a table, a verdict.

    Args:
        config, overrides, runs_dir, seed, stop, listener: as of `train`.
        arms: by name, the changes of the config, as of `--set`; none for the config as it is.
        seeds: runs of each; a verdict needs two.
        tune: by path, the values that every arm tries on the validation part first.
        jobs, threads, fresh: as of `cross_validate`.
    """
    with workforce(jobs) as force:
        from cnnopt.studies import compare as study

        options = study.Options(dict(arms), seeds, dict(tune or {}))
        study.check_options(options)
        settings, text = settings_of(config, overrides, seed, listener)
        resources = resources_of(runs_dir, force, threads, stop, listener)
        folder = study.compare(settings, text, resources, options, fresh=fresh)
        draw_study(folder, study.COMMAND, settings, force)
    return load_run(folder)


def momentum_why(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    learning_rate: float = 1e-2,
    momentum: float = 0.9,
    steps: int = 300,
    seeds: int = 5,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Ask why momentum is better than SGD: three arms, every step watched, and a bowl.

    Args:
        config, overrides, runs_dir, seed, stop, listener: as of `train`.
        learning_rate: of SGD and momentum; a third arm is SGD at this over 1 - momentum.
        momentum: the share of the velocity that is kept, above 0 and below 1.
        steps: of each run, at least 20.
        seeds: runs of each arm, at least 2.
        jobs, threads: as of `cross_validate`.
    """
    with workforce(jobs) as force:
        from cnnopt.studies import momentum_why as study

        options = study.Options(learning_rate, momentum, steps, seeds)
        study.check_options(options)
        settings, text = settings_of(config, overrides, seed, listener)
        resources = resources_of(runs_dir, force, threads, stop, listener)
        folder = study.momentum_why(settings, text, resources, options)
        draw_study(folder, study.COMMAND, settings, force)
    return load_run(folder)


def run_study(
    file: str | Path,
    overrides: Sequence[str] = (),
    *,
    runs_dir: str | Path = "runs",
    seed: int | None = None,
    jobs: int | None = None,
    threads: int = 1,
    fresh: bool = False,
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Run a study file: a config, and which study with which options under `study`.

    Args:
        file: the study file.
        overrides, runs_dir, seed, jobs, threads, fresh, stop, listener: as of the study's command.

    Raises:
        ConfigError: the file asks for no study, or for what the study has not.
    """
    from cnnopt.api_ablate import ablate, normalization
    from cnnopt.api_search import search
    from cnnopt.config import load_study, written_config
    from cnnopt.studies.files import study_options

    config: Source
    config, study = load_study(file, overrides, seed=seed)
    command, options = study_options(study, str(file))
    if command == "search":  # which varies what the file says, variables too
        config = written_config(file, overrides, seed=seed)
    functions: dict[str, Callable[..., Run]] = {
        "ablate": ablate,
        "compare": compare,
        "compare-optimizers": compare_optimizers,
        "compare-schemes": compare_schemes,
        "cv": cross_validate,
        "momentum-why": momentum_why,
        "normalization": normalization,
        "search": search,
    }
    if command != "momentum-why":  # which always starts anew
        options["fresh"] = fresh
    return functions[command](
        config,
        runs_dir=runs_dir,
        jobs=jobs,
        threads=threads,
        stop=stop,
        listener=listener,
        **options,
    )


def _refuse_both(
    config: Source | None,
    configs: Sequence[str | Path],
    epochs: int | None,
    budget: int | None,
    overrides: Sequence[str],
) -> None:
    """Refuse what sets the same thing twice."""
    if epochs is not None and budget is not None:
        raise UsageError("--epochs and --budget set the same thing. Remove one of them.")
    if configs and config is not None:
        raise UsageError("--configs and a config cannot both be given. Name all of them there.")
    option = "--epochs" if epochs is not None else "--budget" if budget is not None else ""
    if option:
        refuse_twice({"training.epochs": option, "training.steps": option}, overrides)


def _is_built_in(config: Source | None, overrides: Sequence[str]) -> bool:
    """Return whether the built-in config is meant, with its own budget."""
    return config is None and not HERE.is_file() and "training." not in " ".join(overrides)
