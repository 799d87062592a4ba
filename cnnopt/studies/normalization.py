"""`normalization`: accuracy, largest stable rate and drift of activations, by kind and batch."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np

from cnnopt.config import Config
from cnnopt.errors import ConfigError, Fault, Interrupted, TrialsCrashed
from cnnopt.metrics import leading
from cnnopt.studies.normalization_arms import Arm, Options, arms_of, check_options
from cnnopt.studies.normalization_drift import drift_of, sites_of
from cnnopt.studies.normalization_summary import normalization_summary
from cnnopt.studies.rows import timed_rows, without_times
from cnnopt.studies.selection import TUNING_SEEDS, best_of, mean_scores
from cnnopt.studies.study import RESULTS, Planned, Resources, TrialRunner, enter_study
from cnnopt.studies.variants import placed, variant
from cnnopt.trials.events import Plan, StudyStarted, TrialDone, TrialStarted
from cnnopt.trials.executor import Job
from cnnopt.trials.outline import outline
from cnnopt.trials.result import summary_head
from cnnopt.trials.running import Prepared, prepare_trial, resume_command
from cnnopt.trials.trial import Trial, load_data

COMMAND = "normalization"
DRIFT = "drift.csv"


def normalization(
    config: Config,
    config_input: str,
    resources: Resources,
    options: Options,
    *,
    fresh: bool = False,
    folder: Path | None = None,
) -> Path:
    """Vary the normalization of a model by batch size and return the study's folder.

    Args:
        config: a classifier whose normalization layers stand for each kind in turn.
        config_input: its text as given.
        resources: where and how.
        options: batch sizes, rates, groups, seeds.
        fresh: never go on with an earlier study.
        folder: go on with this one.

    Raises:
        UsageError: options that answer nothing.
        ConfigError: no normalization layer, no classes, no validation part, an arm that is none.
        Interrupted, TrialsCrashed: see `TrialRunner.run`.
    """
    check_options(options)
    arms, data = arms_of(config, options), load_data(config)
    prepared = []
    for arm in arms:
        with placed(f"arm {arm.name}"):
            prepared.append(prepare_trial(arm.config, None, data))
    first = prepared[0]
    chance = _chance(config, first)
    sites = next(found for p in prepared if (found := sites_of(p.experiment.network)))
    count = len(arms) * options.seeds
    tried = f"{len(options.rates)} rates each on {options.seeds} seeds, then {options.seeds} seeds"
    resources.listener(Plan((*outline(first)[:-1], f"arms      {len(arms)}: {tried}")))
    given = options.to_json()
    run = enter_study(
        COMMAND, config, config_input, given, data, resources, fresh=fresh, folder=folder
    )
    with run:
        runner = TrialRunner(run, data, resources)
        tuning = [
            planned_run(arm, "tuning", rate, config.seed + TUNING_SEEDS[0] + number)
            for arm in arms
            for rate in options.rates
            for number in range(options.seeds)
        ]
        results = runner.run("tuning", tuning)
        scores = mean_scores(tuning, results, ("arm", "rate"))
        final = []
        for arm in arms:
            mine = [scores[arm.name, rate] for rate in options.rates]
            rate = best_of(options.rates, mine)
            final += [
                planned_run(arm, "final", rate, config.seed + number)
                for number in range(options.seeds)
            ]
        rows = timed_rows(runner, tuning, results)
        rows += timed_rows(runner, final, runner.run("final seeds", final))
        run.write_table(RESULTS, without_times(rows))
        drifts = _drifts(final, data.fingerprint, sites, resources, run.path)
        run.write_table(DRIFT, drifts)
        metric = leading(config.training.metrics, classification=True)
        summary = normalization_summary(arms, rows, drifts, chance, metric)
        summary["notes"] += [f"Drift is told at {', '.join(sites)}.", *data.notes]
        head = summary_head(run, COMMAND, "completed") | {"options": given, "runs": count}
        run.write_summary(head | summary)
    return run.path


def planned_run(arm: Arm, stage: str, rate: float, seed: int) -> Planned:
    """Return a run of an arm at a rate."""
    path = f"optimizer.{vars(arm.config.optimizer)['kind']}.learning_rate"
    settings = variant(arm.config, [f"{path}={rate!r}", f"seed={seed}"], f"arm {arm.name}")
    row = {"arm": arm.name, "stage": stage, "rate": rate, "seed": seed}
    label = f"{arm.name}, rate {rate:g}, seed {seed}"
    return Planned(Trial(settings.resolved(), tests=stage == "final"), label, row)


def _chance(config: Config, trial: Prepared) -> float:
    """Return the validation accuracy of guessing the most frequent class, and two errors of it.

    Raises:
        ConfigError: no classes, or no validation part.
    """
    if not trial.data.classes or leading(config.training.metrics, True) != "accuracy":
        rule = "must lead with accuracy on data with classes: rates are held against chance"
        raise ConfigError(config.located(Fault("training.metrics", rule, "", "Remove it")))
    if "validation" not in trial.task.parts:
        rule = "rates are chosen on a validation part, there is none"
        raise ConfigError(config.located(Fault("dataset.validation", rule, "0", "Use 0.2")))
    labels = trial.task.parts["validation"].y
    share = float(np.bincount(labels).max()) / len(labels)
    return share + 2 * sqrt(share * (1 - share) / len(labels))


def _drifts(
    planned: Sequence[Planned],
    fingerprint: str,
    sites: tuple[str, ...],
    resources: Resources,
    folder: Path,
) -> list[dict[str, Any]]:
    """Train the final runs once more, watched; return the rows of `drift.csv`."""
    tell = resources.listener
    jobs = [
        Job(str(i), drift_of, (p.trial.config, fingerprint, sites, resources.threads))
        for i, p in enumerate(planned)
    ]
    tell(StudyStarted("watched runs", len(jobs), 0))
    found: dict[str, list[dict[str, Any]]] = {}
    again = f"Go on with: {resume_command(folder)}"
    for done in resources.force.run(
        jobs,
        stop=resources.stop,
        on_start=lambda job: tell(TrialStarted(int(job.key) + 1, planned[int(job.key)].label)),
    ):
        if done.interrupted:
            continue
        label = planned[int(done.key)].label
        if done.error:
            raise TrialsCrashed(f"{label}: {done.error} {again}")
        found[done.key] = done.result
        tell(TrialDone(int(done.key) + 1, label, "completed", done.seconds, {}))
    if resources.stop():
        raise Interrupted(f"Interrupted; {len(found)} of {len(jobs)} runs were watched. {again}")
    return [
        {"arm": p.row["arm"], "seed": p.row["seed"], **row}
        for i, p in enumerate(planned)
        for row in found[str(i)]
    ]
