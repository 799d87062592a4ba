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
from cnnopt.optimizers.plugins import add_references
from cnnopt.studies.comparison_summary import comparison_summary
from cnnopt.studies.selection import selection_score
from cnnopt.studies.space import COMMON, window
from cnnopt.studies.study import RESULTS, Planned, Resources, TrialRunner, enter_study, result_row
from cnnopt.trials.events import Plan
from cnnopt.trials.outline import outline, study_time
from cnnopt.trials.result import summary_head
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import Trial, load_data

COMMAND = "compare-optimizers"
TUNING_SEEDS = (1_000_000, 1_000_001)
"""Added to the config's seed for tuning: no run that tuned is reported. Two, because the best of
several rates on one seed is often the luckiest."""

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
        run.write_table(RESULTS, [_without_times(row) for row in study.rows])
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
        tried: dict[tuple[str, float], list[float]] = {}
        for p, result in zip(planned, results, strict=True):
            place = p.row["optimizer"], p.row["learning_rate"]
            tried.setdefault(place, []).append(selection_score(result))
        score = {place: float(np.mean(values)) for place, values in tried.items()}
        self.chosen = {
            name: min(grid, key=lambda rate: score[name, rate]) for name, grid in grids.items()
        }
        self.common_rate = min(
            COMMON, key=lambda rate: float(np.mean([score[name, rate] for name in names]))
        )

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
        for p, result in zip(planned, results, strict=True):
            row = result_row(self._runner.identity(p), p, result)
            self.rows.append(row | {"seconds": result["seconds"]})


def _without_times(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "seconds"}


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
