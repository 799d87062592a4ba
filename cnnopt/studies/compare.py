"""`compare`: any variants of one config, paired seeds, optional tuning, a table, a verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from cnnopt.build import build
from cnnopt.config import Config
from cnnopt.data.dataset import Dataset
from cnnopt.errors import ConfigError, Fault, UsageError
from cnnopt.metrics import leading
from cnnopt.studies.arms_summary import Arm, arms_summary
from cnnopt.studies.rows import timed_rows, without_times
from cnnopt.studies.selection import TUNING_SEEDS, best_of, mean_scores
from cnnopt.studies.study import RESULTS, Planned, Resources, TrialRunner, enter_study
from cnnopt.studies.variants import placed, variant
from cnnopt.trials.events import Plan
from cnnopt.trials.outline import outline, study_time
from cnnopt.trials.result import summary_head
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import Trial, load_data

COMMAND = "compare"
MOST_CANDIDATES = 500
"""Of an arm, so that a grid with a slip in it does not run for weeks."""


@dataclass(frozen=True)
class Options:
    """What the study's own options say.

    Attributes:
        arms: by name, the changes of the config, as of `--set`; at least two arms.
        seeds: runs of each arm, at least 1; a verdict needs 2.
        tune: by path, the values that every arm tries, all combinations; none: no tuning.
    """

    arms: Mapping[str, Sequence[str]]
    seeds: int = 10
    tune: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return them JSON-ready."""
        return {
            "arms": {name: list(changes) for name, changes in self.arms.items()},
            "seeds": self.seeds,
            "tune": {path: list(values) for path, values in self.tune.items()},
        }

    @property
    def candidates(self) -> list[tuple[str, ...]]:
        """The changes that every arm tries while tuning; one that is empty without tuning."""
        paths = [[f"{path}={value}" for value in values] for path, values in self.tune.items()]
        return list(product(*paths))


def check_options(options: Options) -> None:
    """Raise `UsageError` for options that make no comparison."""
    if len(options.arms) < 2:
        remedy = "Name each with --arm 'NAME: PATH=VALUE'."
        raise UsageError(f"compare: needs two or more arms, got {len(options.arms)}. {remedy}")
    if options.seeds < 1:
        raise UsageError(f"--seeds: must be at least 1, got {options.seeds}. Use 10.")
    for path, values in options.tune.items():
        if not values or len(set(values)) < len(values):
            given = ", ".join(values) or "nothing"
            raise UsageError(f"tune: {path} must have different values, got {given}.")
    if len(options.candidates) > MOST_CANDIDATES:
        raise UsageError(
            f"tune: makes {len(options.candidates):,} combinations for each arm, "
            f"{MOST_CANDIDATES} are the most."
        )


def compare(
    config: Config,
    config_input: str,
    resources: Resources,
    options: Options,
    *,
    fresh: bool = False,
    folder: Path | None = None,
) -> Path:
    """Compare variants of one config and return the study's folder.

    Args:
        config: what all arms have in common.
        config_input: its text as given.
        resources: where and how.
        options: arms, seeds, tuning.
        fresh: never go on with an earlier study.
        folder: go on with this one.

    Raises:
        UsageError: options that make no comparison.
        ConfigError: an arm that is no config, data of its own, or tuning without validation.
        Interrupted, TrialsCrashed: see `TrialRunner.run`.
    """
    check_options(options)
    data = load_data(config)
    arms = {name: variant(config, changes, f"arm {name}") for name, changes in options.arms.items()}
    prepared = [prepared_arm(config, arm, name, data) for name, arm in arms.items()]
    first = prepared[0]
    if len(options.candidates) > 1 and "validation" not in first.task.parts:
        rule = "tuning needs a validation part, there is none"
        raise ConfigError(config.located(Fault("dataset.validation", rule, "0", "Use 0.1")))
    if options.tune:
        _check_tuning(config, arms, options, data)
    resources.listener(Plan(_plan_lines(options, first, resources)))
    given = options.to_json()
    run = enter_study(
        COMMAND, config, config_input, given, data, resources, fresh=fresh, folder=folder
    )
    with run:
        runner = TrialRunner(run, data, resources)
        tuned, tuning = _tune(runner, arms, options, config.seed)
        planned = [
            _planned(arms[name], name, "final", tuned[name], config.seed + number)
            for name in arms
            for number in range(options.seeds)
        ]
        results = runner.run("final seeds", planned)
        rows = [*tuning, *timed_rows(runner, planned, results)]
        run.write_table(RESULTS, without_times(rows))
        metric = leading(config.training.metrics, bool(data.classes))
        described = [Arm(name, options.arms[name], tuned[name]) for name in arms]
        summary = arms_summary(described, rows, runner.histories(planned), given, data, metric)
        run.write_summary(summary_head(run, COMMAND, "completed") | summary)
    return run.path


def prepared_arm(config: Config, arm: Config, name: str, data: Dataset) -> Prepared:
    """Return an arm's first trial, ready to run; nothing about the arm can be refused then."""
    check_pairs(config, arm, name)
    with placed(f"arm {name}"):
        return prepare_trial(arm, None, data)


def _check_tuning(
    config: Config, arms: Mapping[str, Config], options: Options, data: Dataset
) -> None:
    """Raise where an arm with values that are tuned is no config, or none of these data."""
    for name, arm in arms.items():
        for changes in options.candidates:
            tried = variant(arm, changes, f"arm {name}")
            check_pairs(config, tried, name)
            with placed(f"arm {name}"):
                build(tried, data.input_shape, data.outputs, bool(data.classes))


def check_pairs(config: Config, arm: Config, name: str) -> None:
    """Raise where an arm has other data, another split or a seed of its own: no pairs then."""
    rule = "must be the same in all arms: they would not be paired"
    if arm.dataset != config.dataset:
        raise ConfigError(Fault("dataset", rule, "", "Make two studies of it", f"arm {name}"))
    if arm.seed != config.seed:
        remedy = "Set it for all of them, with --seed or in the config"
        raise ConfigError(Fault("seed", rule, str(arm.seed), remedy, f"arm {name}"))


def _tune(
    runner: TrialRunner, arms: Mapping[str, Config], options: Options, seed: int
) -> tuple[dict[str, tuple[str, ...]], list[dict[str, Any]]]:
    """Return each arm's best changes by the selected validation value, and the trials' rows."""
    candidates = options.candidates
    if len(candidates) == 1:
        return dict.fromkeys(arms, candidates[0]), []
    planned = [
        _planned(config, name, "tuning", changes, seed + added)
        for name, config in arms.items()
        for changes in candidates
        for added in TUNING_SEEDS
    ]
    results = runner.run("tuning", planned)
    scores = mean_scores(planned, results, ("arm", "tuned"))
    chosen = {
        name: best_of(candidates, [scores[name, " ".join(changes)] for changes in candidates])
        for name in arms
    }
    return chosen, timed_rows(runner, planned, results)


def seeded(arm: Config, name: str, seed: int) -> Planned:
    """Return a final run of an arm that was not tuned."""
    return _planned(arm, name, "final", (), seed)


def _planned(config: Config, name: str, stage: str, changes: Sequence[str], seed: int) -> Planned:
    settings = variant(config, [*changes, f"seed={seed}"], f"arm {name}")
    label = ", ".join([name, *changes, f"seed {seed}"])
    row = {"arm": name, "stage": stage, "tuned": " ".join(changes), "seed": seed}
    return Planned(Trial(settings.resolved(), tests=stage == "final"), label, row)


def _plan_lines(options: Options, trial: Prepared, resources: Resources) -> tuple[str, ...]:
    *lines, training = outline(trial)
    count, tried = len(options.arms), len(options.candidates)
    trials = count * options.seeds + (count * tried * len(TUNING_SEEDS) if tried > 1 else 0)
    how = f"{tried} settings each on {len(TUNING_SEEDS)} tuning seeds, then " if tried > 1 else ""
    return (
        *lines,
        training,
        f"compare   {', '.join(options.arms)}: {how}{options.seeds} paired seeds",
        *study_time(trial, trials, resources.force.workers, resources.threads),
    )
