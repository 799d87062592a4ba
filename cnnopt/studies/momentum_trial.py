"""One watched training of `momentum-why`: what happens in each step, and at some points."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from cnnopt.config import load_config
from cnnopt.errors import ConfigError, Diverged, Fault, Interrupted
from cnnopt.network import Crew
from cnnopt.network.network import Evaluator
from cnnopt.studies.momentum_measures import Numbers, Probe, cosine, mean_of, other_rows
from cnnopt.training.batches import Batches
from cnnopt.training.stepper import Stepper
from cnnopt.training.task import measure
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import checked_data

POINTS = 10
"""Places on the path, equally many steps apart, where the gradients of all batches are taken."""

LOSSES = 60
"""Times that the loss on the whole training part is taken."""


class Watched(NamedTuple):
    """What was seen of a training.

    Attributes:
        diverged: what was said when it diverged; empty when it did not.
        steps: one row per step.
        points: one row per point.
        losses: step and loss on the whole training part.
    """

    diverged: str
    steps: list[dict[str, float]]
    points: list[dict[str, float]]
    losses: list[tuple[int, float]]


def batches_of(trial: Prepared) -> Batches:
    """Return the batches of a trial.

    Raises:
        ConfigError: they are too large for a second one beside each.
    """
    rows, settings = len(trial.task.parts["train"]), trial.config.training
    size = rows if settings.batch_size == "full" else settings.batch_size
    if 2 * size > rows:
        rule = f"must leave another batch beside each: at most half of the {rows:,} training rows"
        fault = Fault("training.batch_size", rule, str(settings.batch_size), "Use 32")
        raise ConfigError(trial.config.located(fault))
    return Batches(rows, size, settings.shuffle, trial.config.seed)


def watch_trial(
    config: Mapping[str, Any],
    fingerprint: str,
    threads: int,
    *,
    stop: Callable[[], bool],
) -> Watched:
    """Train as the config says and watch: the job of a worker.

    Args:
        config: resolved, with a budget in steps.
        fingerprint: of the data that the study began with.
        threads: of the engine.
        stop: asked after every step.

    Raises:
        Interrupted: `stop` said so.
        DataError: the data are others by now.
    """
    settings = load_config(config)
    trial = prepare_trial(settings, None, checked_data(settings, fingerprint), tests=False)
    with Crew(threads) as crew:
        return watch(trial, crew, stop)


def watch(trial: Prepared, crew: Crew, stop: Callable[[], bool]) -> Watched:
    """Make the steps of a trial and return what was seen; see `watch_trial`."""
    batches, count = batches_of(trial), int(trial.config.training.steps or 0)
    experiment, task = trial.experiment, trial.task
    train = task.parts["train"]
    stepper = Stepper(experiment, train, batches, count, crew, task.class_weights)
    trained = stepper.weights[: experiment.network.parameters]
    probe = Probe(experiment, task, crew, batches.size)
    evaluator = Evaluator(experiment.network, stepper.weights, crew)
    seen = Watched("", [], [], [])

    def loss_of_all(step: int) -> None:
        found = measure(evaluator.outputs(train.x), train, task, experiment.loss, ())
        seen.losses.append((step, found["loss"]))
        if not np.isfinite(found["loss"]):
            raise Diverged(f"Training diverged: the training loss is not finite after step {step}.")

    every, apart = max(1, count // LOSSES), max(1, count // POINTS)
    before_last: Numbers | None = None
    try:
        loss_of_all(0)
        for step in range(1, count + 1):
            if stop():
                raise Interrupted("Interrupted.")
            rows = batches.rows(step)
            other = other_rows(rows, len(train), experiment.seed, step)
            probe.move(stepper.weights)
            full: Numbers | None = None
            if (step - 1) % apart == 0:
                full, noise = probe.full()
            used_before, other_before = probe.loss(rows), probe.loss(other)
            weights = trained.astype(np.float64)
            stepper.step(step)
            update = trained - weights
            probe.move(stepper.weights)
            length = float(np.linalg.norm(update))
            rate = stepper.learning_rate(step)
            gradient = float(np.linalg.norm(stepper.gradient.astype(np.float64)))
            seen.steps.append(
                {
                    "step": step,
                    "used": probe.loss(rows) - used_before,
                    "other": probe.loss(other) - other_before,
                    "length": length,
                    "effective_step": length / (rate * gradient) if gradient else float("nan"),
                    "update_cosine": (
                        float("nan") if before_last is None else cosine(update, before_last)
                    ),
                }
            )
            if full is not None:
                alignment = cosine(-update, full)
                seen.points.append(
                    {"step": step - 1, "noise": noise.ratio, "batch_cosine": noise.cosine,
                     "alignment": alignment}
                )  # fmt: skip
            before_last = update
            if step % every == 0 or step == count:
                loss_of_all(step)
    except Diverged as error:
        return seen._replace(diverged=str(error))
    return seen


def measures_of(seen: Watched) -> dict[str, float]:
    """Return the numbers of a training that do not depend on the others; NaN where it diverged."""
    steps, points = seen.steps, seen.points

    def over(rows: list[dict[str, float]], name: str) -> float:
        return float("nan") if seen.diverged else mean_of([row[name] for row in rows])

    used, other = over(steps, "used"), over(steps, "other")
    return {
        "noise": over(points, "noise"),
        "batch_cosine": over(points, "batch_cosine"),
        "alignment": over(points, "alignment"),
        "used": used,
        "other": other,
        "excess": other - used,
        # Of a loss that did not fall there is no share.
        "carried": other / used if used < 0 else float("nan"),
        "effective_step": over(steps, "effective_step"),
        "step_length": over(steps, "length"),
        "update_cosine": over(steps, "update_cosine"),
        "final_loss": float("nan") if seen.diverged else seen.losses[-1][1],
    }


def steps_to(seen: Watched, target: float) -> float:
    """Return the first step after which the training loss was at most `target`; else NaN."""
    if seen.diverged:
        return float("nan")
    return next((float(step) for step, loss in seen.losses if loss <= target), float("nan"))
