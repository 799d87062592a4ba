"""`momentum-why`: why is momentum better than SGD? Three arms, watched step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnopt.config import Config, load_config, set_values
from cnnopt.errors import Diverged, Interrupted, TrialsCrashed, UsageError
from cnnopt.studies.momentum_bowl import bowl
from cnnopt.studies.momentum_sentences import EFFECTIVE, SGD
from cnnopt.studies.momentum_summary import ARMS, MOMENTUM, why_summary
from cnnopt.studies.momentum_trial import (
    Watched,
    batches_of,
    measures_of,
    steps_to,
    watch_trial,
)
from cnnopt.studies.study import RESULTS, Resources, enter_study
from cnnopt.trials.events import Plan, StudyStarted, TrialDone, TrialStarted
from cnnopt.trials.executor import Job
from cnnopt.trials.outline import outline
from cnnopt.trials.result import summary_head
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.trial import load_data

COMMAND = "momentum-why"
STEPS, POINTS, LOSSES, BOWL = "steps.csv", "points.csv", "losses.csv", "bowl.csv"
CONDITION = 100.0
AGAIN = "Start it again with the same command; it takes a minute or two and keeps nothing between."


@dataclass(frozen=True)
class Options:
    """What the study's own options say.

    Attributes:
        learning_rate: η of `sgd` and `momentum`; `sgd at the effective rate` has η/(1 - μ).
        momentum: μ, in (0, 1).
        steps: of each run, at least 20.
        seeds: runs of each arm, at least 2.
    """

    learning_rate: float = 1e-2
    momentum: float = 0.9
    steps: int = 300
    seeds: int = 5

    def to_json(self) -> dict[str, Any]:
        """Return them JSON-ready."""
        return {
            "learning_rate": self.learning_rate,
            "momentum": self.momentum,
            "steps": self.steps,
            "seeds": self.seeds,
        }

    def changes(self, arm: str) -> list[str]:
        """Return the changes of the config that make an arm, as of `--set`."""
        effective = self.learning_rate / (1 - self.momentum)
        given = {
            SGD: f"{{sgd: {{learning_rate: {self.learning_rate!r}}}}}",
            MOMENTUM: f"{{momentum: {{learning_rate: {self.learning_rate!r}, "
            f"momentum: {self.momentum!r}}}}}",
            EFFECTIVE: f"{{sgd: {{learning_rate: {effective!r}}}}}",
        }
        return [f"optimizer={given[arm]}"]


def check_options(options: Options) -> None:
    """Raise `UsageError` for options that answer nothing."""
    if not 0 < options.learning_rate < float("inf"):
        raise UsageError(f"learning_rate: must be above 0, got {options.learning_rate}. Use 0.01.")
    if not 0 < options.momentum < 1:
        raise UsageError(f"momentum: must be in (0, 1), got {options.momentum}. Use 0.9.")
    if options.steps < 20:
        raise UsageError(f"steps: must be at least 20, got {options.steps}. Use 300.")
    if options.seeds < 2:
        raise UsageError(f"seeds: must be at least 2, got {options.seeds}. Use 5.")


def momentum_why(config: Config, config_input: str, resources: Resources, options: Options) -> Path:
    """Watch the three arms on paired seeds and return the study's folder.

    Args:
        config: model, data and batches; its optimizer, budget and extras of training give way.
        config_input: its text as given.
        resources: where and how.
        options: rate, momentum, steps, seeds.

    Raises:
        UsageError, ConfigError: what cannot be watched.
        Interrupted: `resources.stop` said so; the study is to be started again.
        TrialsCrashed: a run ended with an error.
    """
    check_options(options)
    data = load_data(config)
    plans = [
        (arm, number, arm_config(config, options, arm, config.seed + number))
        for number in range(options.seeds)
        for arm in ARMS
    ]
    first = prepare_trial(plans[0][2], None, data)
    batches_of(first)
    arms = f"{', '.join(ARMS)}: {options.seeds} paired seeds, {options.steps} steps"
    resources.listener(Plan((*outline(first)[:-1], f"compare   {arms}")))
    run = enter_study(COMMAND, config, config_input, options.to_json(), data, resources, fresh=True)
    with run:
        seen = _watch_all(plans, data.fingerprint, resources)
        finite = [min(loss for _, loss in s.losses) for s in seen if not s.diverged]
        target = max(finite) if finite else float("nan")
        rows = [
            {"arm": arm, "seed": settings.seed, "status": "diverged" if s.diverged else "completed"}
            | measures_of(s)
            | {"steps_to_target": steps_to(s, target)}
            for (arm, _, settings), s in zip(plans, seen, strict=True)
        ]
        rows.sort(key=lambda row: ARMS.index(row["arm"]))
        run.write_table(RESULTS, rows)
        heads = [{"arm": arm, "seed": settings.seed} for arm, _, settings in plans]
        run.write_table(STEPS, [h | r for h, s in zip(heads, seen, strict=True) for r in s.steps])
        run.write_table(POINTS, [h | r for h, s in zip(heads, seen, strict=True) for r in s.points])
        losses = [
            h | {"step": step, "loss": loss}
            for h, s in zip(heads, seen, strict=True)
            for step, loss in s.losses
        ]
        run.write_table(LOSSES, losses)
        directions = bowl(CONDITION, options.momentum)
        run.write_table(BOWL, directions)
        summary = why_summary(rows, target, options.to_json(), CONDITION, directions)
        summary["notes"] += [*dict.fromkeys(s.diverged for s in seen if s.diverged), *data.notes]
        run.write_summary(summary_head(run, COMMAND, "completed") | summary)
    return run.path


def arm_config(config: Config, options: Options, arm: str, seed: int) -> Config:
    """Return the config of a run of an arm."""
    changes = [
        *options.changes(arm),
        "training.epochs=null",
        f"training.steps={options.steps}",
        f"training.evaluate_every={options.steps}",
        f"seed={seed}",
    ]
    return load_config(set_values(config.resolved(), changes))


def _watch_all(
    plans: Sequence[tuple[str, int, Config]], fingerprint: str, resources: Resources
) -> list[Watched]:
    """Watch all runs; one that cannot be watched ends the study."""
    tell, force = resources.listener, resources.force
    labels = {str(i): f"{arm}, seed {c.seed}" for i, (arm, _, c) in enumerate(plans)}
    jobs = [
        Job(str(i), watch_trial, (settings.resolved(), fingerprint, resources.threads))
        for i, (_, _, settings) in enumerate(plans)
    ]
    tell(StudyStarted("watched runs", len(jobs), 0))
    found: dict[str, Watched] = {}
    for done in force.run(
        jobs,
        stop=resources.stop,
        on_start=lambda job: tell(TrialStarted(int(job.key) + 1, labels[job.key])),
    ):
        if done.interrupted:
            continue
        if done.error:
            raise TrialsCrashed(f"{labels[done.key]}: {done.error} {AGAIN}")
        found[done.key] = seen = done.result
        status = "diverged" if seen.diverged else "completed"
        shown = {} if seen.diverged else {"metrics": {"train": {"loss": seen.losses[-1][1]}}}
        tell(TrialDone(int(done.key) + 1, labels[done.key], status, done.seconds, shown))
    if resources.stop():
        raise Interrupted(f"Interrupted; {len(found)} of {len(jobs)} runs were watched. {AGAIN}")
    if all(seen.diverged for seen in found.values()):
        raise Diverged("All runs diverged. Try a tenth of the learning rate in the study file.")
    return [found[job.key] for job in jobs]
