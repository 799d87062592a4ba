"""`compare-optimizers`: rates tuned alike, paired seeds, three columns, tests, a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from cnnopt.config import Config, load_config
from cnnopt.config.optimizers import OPTIMIZERS
from cnnopt.data.dataset import Dataset
from cnnopt.errors import ConfigError, Fault, UsageError
from cnnopt.metrics import leading
from cnnopt.optimizers import Optimizer
from cnnopt.optimizers.plugins import add_optimizer, add_references, reference
from cnnopt.studies.comparison_summary import comparison_summary
from cnnopt.studies.rows import timed_rows, without_times
from cnnopt.studies.selection import TUNING_SEEDS, best_of, mean_scores
from cnnopt.studies.space import COMMON, LESSON, window
from cnnopt.studies.study import RESULTS, Planned, Resources, TrialRunner, enter_study
from cnnopt.trials.events import Plan
from cnnopt.trials.outline import outline, study_time
from cnnopt.trials.result import summary_head
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import Trial, load_data

COMMAND = "compare-optimizers"
FINAL_STAGES = ("defaults", "common", "tuned")
"""The stages whose runs are tested: those of tuning never look at the test part."""


@dataclass(frozen=True)
class Options:
    """What the command's own options say.

    Attributes:
        optimizers: names, at least two.
        trials: learning rates that each of them tries, at least 1.
        seeds: runs of each finalist, at least 2.
        extra: the user's own optimizers among them, by name: where their classes are.
    """

    optimizers: tuple[str, ...]
    trials: int
    seeds: int
    extra: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return them JSON-ready."""
        return {
            "optimizers": list(self.optimizers),
            "trials": self.trials,
            "seeds": self.seeds,
            **({"extra": dict(self.extra)} if self.extra else {}),
        }


def options_of(
    optimizers: Sequence[str] | None, own: Mapping[str, type[Optimizer]], trials: int, seeds: int
) -> Options:
    """Return the checked options of a comparison.

    Args:
        optimizers: names; None: those of the lesson.
        own: the user's own by name, compared with the others.
        trials: learning rates that each tries.
        seeds: runs of each finalist.
    """
    for name, each in own.items():
        add_optimizer(name, each)
    chosen = tuple(dict.fromkeys((*(optimizers or LESSON), *own)))
    told = {name: reference(each) for name, each in own.items()}
    options = Options(chosen, trials, seeds, told)
    check_options(options)
    return options


def check_options(options: Options) -> None:
    """Raise `UsageError` for options that make no comparison."""
    add_references(options.extra)
    known = ", ".join(OPTIMIZERS)
    for name in options.optimizers:
        if name not in OPTIMIZERS:
            raise UsageError(f"--optimizers: must be among {known}, got {name}.")
    if len(set(options.optimizers)) < len(options.optimizers) or len(options.optimizers) < 2:
        given = ",".join(options.optimizers)
        raise UsageError(f"--optimizers: must be two or more different names, got {given}.")
    if options.trials < 1:
        raise UsageError(f"--trials: must be at least 1, got {options.trials}.")
    if options.seeds < 2:
        raise UsageError(f"--seeds: must be at least 2 for a verdict, got {options.seeds}. Use 10.")


def compare_optimizers(
    config: Config,
    config_input: str,
    resources: Resources,
    options: Options,
    *,
    fresh: bool = False,
    folder: Path | None = None,
) -> Path:
    """Compare optimizers on one problem and return the study's folder.

    Args:
        config: the problem; its optimizer is replaced by each of those compared, which take
            their other settings from it where it is the same one.
        config_input: its text as given.
        resources: where and how.
        options: which optimizers, how many trials and seeds.
        fresh: never go on with an earlier study.
        folder: go on with this one.

    Raises:
        UsageError: options that make no comparison.
        ConfigError: the problem has no validation or test part.
        Interrupted, TrialsCrashed: see `TrialRunner.run`.
    """
    check_options(options)
    data = load_data(config)
    first = check_problem(config, data)
    resources.listener(Plan(_plan_lines(options, first, resources)))
    given = options.to_json()
    run = enter_study(
        COMMAND, config, config_input, given, data, resources, fresh=fresh, folder=folder
    )
    with run:
        runner = TrialRunner(run, data, resources)
        study = _Comparison(config, options, runner)
        study.tune()
        study.rerun()
        run.write_table(RESULTS, without_times(study.rows))
        summary = comparison_summary(
            study.rows,
            study.histories(),
            study.settings,
            study.common_rate,
            given,
            data,
            leading(config.training.metrics, bool(data.classes)),
        )
        run.write_summary(summary_head(run, COMMAND, "completed") | summary)
    return run.path


def optimizer_at(
    config: Config, name: str, learning_rate: float | None, seed: int, *, tests: bool = True
) -> Trial:
    """Return the trial of `config` with another optimizer, rate and seed.

    Args:
        learning_rate: None keeps the optimizer's default.
        tests: whether the test part is looked at in the end.
    """
    resolved = config.resolved()
    settings: dict[str, Any] = {}
    if config.optimizer.kind == name:
        settings = dict(resolved["optimizer"][name])
        settings.pop("learning_rate")
    if learning_rate is not None:
        settings["learning_rate"] = learning_rate
    resolved |= {"optimizer": {name: settings}, "seed": seed}
    return Trial(load_config(resolved).resolved(), tests=tests)


class _Comparison:
    """The stages of one comparison, and the rows of `results.csv` that they make."""

    def __init__(self, config: Config, options: Options, runner: TrialRunner) -> None:
        self._config, self._options, self._runner = config, options, runner
        self.rows: list[dict[str, Any]] = []
        self._planned: list[Planned] = []
        self.chosen: dict[str, float] = {}
        self.common_rate = float("nan")

    def tune(self) -> None:
        """Try every optimizer's window of rates, and the short list, on the tuning seeds."""
        names = self._options.optimizers
        grids = {name: window(name, self._options.trials) for name in names}
        stages: dict[str, Mapping[str, Sequence[float]]] = {
            "tuning": grids,
            "short_list": dict.fromkeys(names, COMMON),
        }
        planned = [
            self._plan(stage, name, rate, self._config.seed + seed)
            for stage, rates in stages.items()
            for name in names
            for rate in rates[name]
            for seed in TUNING_SEEDS
        ]
        results = self._runner.run("tuning", planned)
        self._keep(planned, results)
        score = mean_scores(planned, results, ("optimizer", "learning_rate"))
        self.chosen = {
            name: best_of(grid, [score[name, rate] for rate in grid])
            for name, grid in grids.items()
        }
        over_all = [float(np.mean([score[name, rate] for name in names])) for rate in COMMON]
        self.common_rate = best_of(COMMON, over_all)

    @property
    def settings(self) -> dict[str, Mapping[str, Any]]:
        """The tuned settings of every optimizer, all of them."""
        return {
            name: optimizer_at(self._config, name, rate, 0).config["optimizer"][name]
            for name, rate in self.chosen.items()
        }

    def rerun(self) -> None:
        """Run defaults, the common rate and the tuned rate on the final seeds."""
        stages: dict[str, dict[str, float | None]] = {
            "defaults": dict.fromkeys(self._options.optimizers),
            "common": dict.fromkeys(self._options.optimizers, self.common_rate),
            "tuned": dict(self.chosen),
        }
        planned = [
            self._plan(stage, name, rate, self._config.seed + number)
            for stage, rates in stages.items()
            for name, rate in rates.items()
            for number in range(self._options.seeds)
        ]
        self._keep(planned, self._runner.run("final seeds", planned))

    def histories(self) -> dict[str, dict[str, list[float]]]:
        """Return the columns of `metrics.csv` of every tuned run, by trial."""
        return self._runner.histories([p for p in self._planned if p.row["stage"] == "tuned"])

    def _plan(self, stage: str, name: str, rate: float | None, seed: int) -> Planned:
        tests = stage in FINAL_STAGES
        trial = optimizer_at(self._config, name, rate, seed, tests=tests)
        if name in (extra := self._options.extra):
            trial = replace(trial, extra={name: extra[name]})
        actual = trial.config["optimizer"][name]["learning_rate"]
        row = {"optimizer": name, "stage": stage, "learning_rate": actual, "seed": seed}
        return Planned(trial, f"{name} {actual:g}, seed {seed}", row)

    def _keep(self, planned: Sequence[Planned], results: Sequence[Mapping[str, Any]]) -> None:
        self._planned += planned
        self.rows += timed_rows(self._runner, planned, results)


def check_problem(config: Config, data: Dataset) -> Prepared:
    """Return a problem's first trial, ready to run.

    Raises:
        ConfigError: it has no validation or test part, or cannot be trained.
    """
    trial = prepare_trial(config, None, data)
    faults = []
    if "validation" not in trial.task.parts:
        rule = "compare-optimizers tunes on a validation part, there is none"
        faults.append(Fault("dataset.validation", rule, "0", "Use 0.1"))
    if "test" not in trial.task.parts:
        rule = "compare-optimizers reports on a test part, there is none"
        faults.append(Fault("dataset.test", rule, "0", "Use 0.2"))
    if faults:
        raise ConfigError(*map(config.located, faults))
    return trial


def _plan_lines(options: Options, trial: Prepared, resources: Resources) -> tuple[str, ...]:
    *lines, training = outline(trial)
    names = len(options.optimizers)
    tuning = names * (options.trials + len(COMMON)) * len(TUNING_SEEDS)
    most = tuning + names * len(FINAL_STAGES) * options.seeds
    return (
        *lines,
        f"training  batches{training.split(', batches', 1)[-1]}",
        f"compare   {', '.join(options.optimizers)}: {options.trials} learning rates each on "
        f"{len(TUNING_SEEDS)} tuning seeds, then {options.seeds} paired seeds; equal ones run once",
        *study_time(trial, most, resources.force.workers, resources.threads),
    )
