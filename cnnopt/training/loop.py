"""The training loop: steps, rows of metrics, selection, early stopping; all told as events."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from time import perf_counter

import numpy as np

from cnnopt.arrays import Array
from cnnopt.build import Experiment
from cnnopt.config.training import Best
from cnnopt.data.dataset import Part
from cnnopt.errors import Diverged
from cnnopt.metrics import higher_is_better
from cnnopt.network import Crew
from cnnopt.network.network import Evaluator
from cnnopt.regularizers import Average
from cnnopt.training.batches import Batches
from cnnopt.training.budget import Budget
from cnnopt.training.dead_units import dead_units
from cnnopt.training.events import (
    EpochDone,
    Event,
    LayerHealth,
    Reason,
    Snapshot,
    Started,
    StepDone,
    Stopped,
    Warned,
)
from cnnopt.training.fit_trace import FitTrace
from cnnopt.training.gap import gap_error
from cnnopt.training.health import layer_healths
from cnnopt.training.state import State
from cnnopt.training.stepper import Stepper
from cnnopt.training.task import Task, measure
from cnnopt.training.trace import origin_in_outputs


class Training:
    """One training from its start, or from a snapshot, to its end.

    Iterate over `events()` to run it; measure the result with `metrics` afterwards. It knows no
    file and prints nothing.

    Args:
        experiment: network, loss, optimizer, budget ...
        task: the data.
        crew: the threads, entered.
        snapshot: where to go on from; None starts at the initial weights.
        stop: asked after every batch; True ends the training, unfinished.
    """

    def __init__(
        self,
        experiment: Experiment,
        task: Task,
        crew: Crew,
        snapshot: Snapshot | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        self._experiment, self._task, self._stop = experiment, task, stop
        train = task.parts["train"]
        settings = experiment.training
        size = len(train) if settings.batch_size == "full" else settings.batch_size
        self._batches = Batches(len(train), size, settings.shuffle, experiment.seed)
        self.budget = Budget.of(settings, self._batches.per_pass)
        self._stepper = Stepper(
            experiment, train, self._batches, self.budget.steps, crew, task.class_weights
        )
        self._measured = {"train": task.training_sample(experiment.split_seed)}
        if "validation" in task.parts:
            self._measured["validation"] = task.parts["validation"]
        weights = self._stepper.weights
        rule = experiment.average
        self.state = State(
            weights,
            self._stepper.slots,
            weights.copy(),
            average=None if rule is None else Average(rule, weights),
            reduction=self._stepper.reduction,
            meter=self._stepper.meter,
        )
        self._evaluator = Evaluator(experiment.network, self.state.measured, crew)
        self._fits = FitTrace(train) if settings.fits else None
        if snapshot is not None:
            self.state.restore(snapshot)

    @property
    def training_sample(self) -> Part:
        """The examples of the training part on which metrics are taken."""
        return self._measured["train"]

    def events(self) -> Iterator[Event]:
        """Run the training and tell what happens.

        Raises:
            Diverged: the loss, a gradient or a measured loss is not finite.
        """
        state, budget = self.state, self.budget
        yield Started(
            step=state.step,
            steps=budget.steps,
            epochs=budget.rows,
            steps_per_epoch=budget.every,
            rows={name: len(part) for name, part in self._task.parts.items()},
            parameters=self._experiment.network.parameters,
        )
        started = perf_counter()
        while state.step < budget.steps:
            if self._out_of_patience:
                yield self._stopped("early_stopping")
                return
            if self._stop():
                yield self._stopped("interrupted")
                return
            step = state.step + 1
            try:
                loss, size = self._stepper.step(step)
            except Diverged:
                yield self._stopped("diverged")
                raise
            state.step = step
            state.loss_sum += loss * size
            state.examples += size
            if state.average is not None:
                state.average.end_step(state.weights)
            if step == 1 and (message := self._odd_start(loss)):
                yield Warned(message)
            yield StepDone(step, budget.row_of(step), loss)
            if budget.ends_row(step):
                yield self._end_row(perf_counter() - started)
                started = perf_counter()
        yield self._stopped("budget")

    def outputs(self, part: Part) -> Array:
        """Return the outputs (n, K) of the selected weights on a part."""
        weights = self.state.measured
        last = weights.copy()
        weights[:] = self.selected_weights
        try:
            return self._evaluator.outputs(part.x)
        finally:
            weights[:] = last

    @property
    def selected_weights(self) -> Array:
        """The weights that `training.select` names, (P,)."""
        return self.state.best_weights if self._selects_best else self.state.measured

    @property
    def selected_row(self) -> int:
        """The row of metrics (from 1) after which these weights stood."""
        return self.state.best_row if self._selects_best else self.budget.row_of(self.state.step)

    @property
    def _selects_best(self) -> bool:
        best = isinstance(self._experiment.training.select, Best)
        return best and "validation" in self._task.parts

    def _end_row(self, trained: float) -> EpochDone:
        state = self.state
        started = perf_counter()
        row: dict[str, float] = {
            "epoch": self.budget.row_of(state.step),
            "step": state.step,
            "learning_rate": self._stepper.learning_rate(state.step),
            "batch_loss": state.loss_sum / state.examples,
        }
        if state.average is not None:
            state.average.end_row(state.weights, state.step / self.budget.steps)
        if penalties := self._experiment.penalties:
            row["penalty"] = sum(penalty.value(state.measured) for penalty in penalties)
        gap_error = self._measure_into(row)
        health = self._health()
        state.loss_sum, state.examples = 0.0, 0
        value = self._selected_value(row)
        best = self._is_best(row, value)
        # Before the snapshot: going on from it has to know what this row has cost.
        if (rule := self._experiment.stopping) is not None:
            watched = _validation_value(row, rule.metric)
            if watched is not None:
                state.patience.take(rule, watched)
        self._lower_rate(value)
        seconds = {"train": trained, "evaluate": perf_counter() - started}
        fit = () if self._fits is None else self._fits.points(self._evaluator.outputs)
        return EpochDone(row, best, seconds, state.snapshot, health, gap_error, fit)

    def _lower_rate(self, value: float | None) -> None:
        """Let a plateau look at the row's value; rows of a warm-up are none to judge by."""
        state, rule = self.state, self._experiment.plateau
        if rule is None or state.reduction is None or value is None:
            return
        if not self._stepper.warms_up(state.step):
            state.reduction.take(rule, value)

    def _measure_into(self, row: dict[str, float]) -> float | None:
        """Add the metrics of all parts to a row; return the standard error of their gap."""
        loss, metrics = self._experiment.loss, self._experiment.metrics
        outputs: dict[str, Array] = {}
        values: dict[str, dict[str, float]] = {}
        for name, part in self._measured.items():
            outputs[name] = self._evaluator.outputs(part.x)
            values[name] = measure(outputs[name], part, self._task, loss, metrics)
            row |= {f"{name}_{metric}": value for metric, value in values[name].items()}
        self._check_finite(row)
        return gap_error(self._measured, outputs, values, self._task, loss)

    def _health(self) -> tuple[LayerHealth, ...]:
        """Return the row's health, layer by layer; nothing where it is not wanted."""
        if (meter := self._stepper.meter) is None:
            return ()
        network = self._experiment.network
        dead = dead_units(network, self._stepper.weights, self.training_sample.x)
        return layer_healths(network, meter.means(), dead)

    def _is_best(self, row: dict[str, float], value: float | None) -> bool:
        state = self.state
        if not self._selects_best or value is None:
            return False
        if state.best_value is not None and value >= state.best_value:
            return False
        state.best_value, state.best_row = value, int(row["epoch"])
        np.copyto(state.best_weights, state.measured)
        return True

    def _selected_value(self, row: dict[str, float]) -> float | None:
        select = self._experiment.training.select
        return _validation_value(row, select.metric if isinstance(select, Best) else "loss")

    @property
    def _out_of_patience(self) -> bool:
        rule = self._experiment.stopping
        return rule is not None and self.state.patience.waited >= rule.patience

    def _check_finite(self, row: dict[str, float]) -> None:
        for name, part in self._measured.items():
            if not math.isfinite(row[f"{name}_loss"]):
                origin = origin_in_outputs(self._experiment.network, self.state.measured, part.x)
                sentences = (
                    f"Training diverged: the loss on the {name} part is "
                    f"{row[f'{name}_loss']} after step {int(row['step'])}.",
                    origin,
                    f"Try a smaller learning rate than {row['learning_rate']:g}.",
                )
                raise Diverged(" ".join(filter(None, sentences)))

    def _odd_start(self, loss: float) -> str:
        """Return a warning where the first loss is far from that of guessing, else nothing."""
        if not self._experiment.classification:
            return ""
        classes = max(2, self._experiment.network.output_shape[0])
        guessing = math.log(classes)
        # He's initial weights under max pooling give up to three times the loss of guessing.
        if guessing / 4 <= loss <= 4 * guessing:
            return ""
        return (
            f"The first loss is {loss:.2f}; guessing among {classes} classes gives "
            f"ln({classes}) = {guessing:.2f}. Inputs may be unscaled, or initial weights too large."
        )

    def _stopped(self, reason: Reason) -> Stopped:
        row = 0 if reason in ("interrupted", "diverged") else self.selected_row
        return Stopped(reason, self.state.step, row, self.state.snapshot)


def _validation_value(row: dict[str, float], metric: str) -> float | None:
    """Return the validation part's loss or metric such that lower is better; None without one."""
    value = row.get(f"validation_{metric}")
    if value is None:
        return None
    if math.isnan(value):  # such as an AUC of a part that lacks a class
        return sys.float_info.max
    return -value if higher_is_better(metric) else value
