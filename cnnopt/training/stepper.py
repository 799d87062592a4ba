"""One step: batch, loss and gradient, check, update."""

from __future__ import annotations

from math import isfinite

import numpy as np

from cnnopt.arrays import Array
from cnnopt.build import Experiment
from cnnopt.data.dataset import Levels, Part
from cnnopt.errors import Diverged
from cnnopt.losses import weigh
from cnnopt.network import Crew, TrainingPlan
from cnnopt.optimizers import Updater
from cnnopt.optimizers.schedules import Reduction, Warmup
from cnnopt.randomness import stream
from cnnopt.regularizers import Batch
from cnnopt.training.batches import Batches
from cnnopt.training.health import Meter
from cnnopt.training.trace import origin_in_training


class _NotFiniteError(Exception):
    """Something of a step is NaN or infinite."""

    def __init__(self, what: str, value: float) -> None:
        super().__init__(f"{what} became {value}")


class Stepper:
    """Makes the steps of a training over one weight vector.

    Plans are made for each size of batch: the usual one, and the ragged last one. Weights of the
    classes (K,) make each batch's loss a weighted mean.

    Attributes:
        weights: the flat vector, (total,).
        slots: the optimizer's vectors by name, each (P,).
        meter: measures every step for training health; None where that is not wanted.
        reduction: by how much validation has lowered the learning rate; None where it never does.
    """

    def __init__(
        self,
        experiment: Experiment,
        part: Part,
        batches: Batches,
        steps: int,
        crew: Crew,
        class_weights: Array | None = None,
    ) -> None:
        network = experiment.network
        self.weights = network.layout.initial(experiment.seed)
        # Behind the P weights that train stand those that only follow: running means.
        self._trained = trained = self.weights[: network.parameters]
        self._following = self.weights[network.parameters :]
        self._gradient = np.zeros_like(trained)
        self._updater = Updater(experiment.optimizer, trained, self._gradient, experiment.regions)
        self.slots = self._updater.slots
        self._experiment, self._crew = experiment, crew
        self._batches, self._steps = batches, steps
        self._x = part.x
        self._levels = part.levels or Levels(np.zeros(1, np.float32), np.ones(1, np.float32))
        self._targets = experiment.loss.targets(part.y, network.output_shape[0], self.weights.dtype)
        self._class_weights = (
            None if class_weights is None else class_weights.astype(self.weights.dtype)
        )
        self._plans: dict[int, tuple[TrainingPlan, Array, Array, Array]] = {}
        self.reduction = None if experiment.plateau is None else Reduction()
        self.meter: Meter | None = None
        if experiment.training.health:
            self.meter = Meter(network, trained, self._gradient)

    @property
    def gradient(self) -> Array:
        """The gradient of the last step, cut where the config says so, (P,)."""
        return self._gradient

    def learning_rate(self, step: int) -> float:
        """Return the learning rate of `step`, from 1, as validation has lowered it until now."""
        per_pass = self._batches.per_pass
        factor = self._experiment.schedule.at(step, self._steps, per_pass)
        if self.reduction is not None:
            factor *= self.reduction.factor
        return self._experiment.optimizer.learning_rate * factor

    def warms_up(self, step: int) -> bool:
        """Return whether a warm-up goes on after `step`."""
        schedule = self._experiment.schedule
        if not isinstance(schedule, Warmup):
            return False
        return step < schedule.rising(self._steps, self._batches.per_pass)

    def step(self, step: int) -> tuple[float, int]:
        """Make one step and return the batch's mean loss, penalties included, and its size.

        Raises:
            Diverged: the loss or the gradient is not finite; the weights are as before.
        """
        before = self._following.copy()
        try:
            return self._step(step)
        except _NotFiniteError as fault:
            self._following[:] = before  # a forward pass has moved them
            raise Diverged(self._advice(fault, step)) from None

    def _step(self, step: int) -> tuple[float, int]:
        rows = self._batches.rows(step)
        plan, x, targets, scale = self._plan(len(rows))
        np.take(self._x, rows, axis=0, out=x, mode="clip")
        np.take(self._targets, rows, axis=0, out=targets, mode="clip")
        for transform in self._experiment.transforms:
            batch = Batch(x, targets, *self._levels)
            transform.apply(batch, stream(self._experiment.seed, transform.name, step))
        if self._class_weights is not None:
            # The mean is over the sum of the weights, as in PyTorch's weighted cross entropy.
            weigh(self._class_weights, targets, scale)
        loss = self._objective(plan, x, targets, scale, step)
        if (sam := self._experiment.sam) is not None:
            trained, following = self._trained.copy(), self._following.copy()
            sam.climb(self._trained, self._gradient)
            try:
                self._objective(plan, x, targets, scale, step)
            finally:
                self._trained[:], self._following[:] = trained, following
        self._clip()
        if (noise := self._experiment.gradient_noise) is not None:
            noise.add(self._gradient, self._experiment.seed, step)
        if self.meter is not None:
            self.meter.before()
        self._crew.run(self._updater.tasks(self.learning_rate(step), step))
        if self._experiment.max_norm is not None:
            self._experiment.max_norm.shorten(self._trained)
        if self.meter is not None:
            self.meter.after()
        return loss, len(rows)

    def _objective(
        self, plan: TrainingPlan, x: Array, targets: Array, scale: Array, step: int
    ) -> float:
        """Return loss and penalties at the weights as they stand, and leave their gradient.

        Raises:
            _NotFiniteError: one of them is not finite.
        """
        loss = self._pass(plan, x, targets, scale, step)
        for penalty in self._experiment.penalties:
            loss += penalty.add(self.weights, self._gradient)
        if not isfinite(loss):
            raise _NotFiniteError("the loss", loss)
        square = float(np.dot(self._gradient, self._gradient))
        # A sum of squares may overflow though every number is finite: look again before stopping.
        if not isfinite(square) and not np.isfinite(self._gradient).all():
            raise _NotFiniteError("the gradient", square)
        return loss

    def _pass(self, plan: TrainingPlan, x: Array, targets: Array, scale: Array, step: int) -> float:
        """Return the loss, with noise on the weights as long as the passes last."""
        seed = self._experiment.seed
        if (noise := self._experiment.weight_noise) is None:
            return plan.run(self._crew, x, targets, scale, seed, step)
        kept = self._trained.copy()
        noise.add(self._trained, seed, step)
        try:
            return plan.run(self._crew, x, targets, scale, seed, step)
        finally:
            self._trained[:] = kept

    def _clip(self) -> None:
        """Cut the gradient's numbers, then its length, where the config says so."""
        settings = self._experiment.training
        if (most := settings.clip_value) is not None:
            np.clip(self._gradient, -most, most, out=self._gradient)
        if settings.clip_norm is not None:
            norm = float(np.linalg.norm(self._gradient.astype(np.float64)))
            if norm > settings.clip_norm:
                self._gradient *= settings.clip_norm / norm

    def _plan(self, size: int) -> tuple[TrainingPlan, Array, Array, Array]:
        if size not in self._plans:
            dtype = self.weights.dtype
            plan = self._experiment.network.training_plan(
                self._experiment.loss, size, self.weights, self._gradient
            )
            targets = np.empty((size, self._targets.shape[1]), dtype)
            self._plans[size] = plan, plan.input, targets, np.full(size, 1 / size, dtype)
        return self._plans[size]

    def _advice(self, fault: _NotFiniteError, step: int) -> str:
        rate = self.learning_rate(step)
        _, x, targets, scale = self._plan(len(self._batches.rows(step)))
        experiment, weights = self._experiment, self.weights.copy()
        if experiment.weight_noise is not None:
            experiment.weight_noise.add(weights, experiment.seed, step)
        origin = origin_in_training(
            experiment.network, experiment.loss, weights, x, targets, scale,
            seed=experiment.seed, step=step,
        )  # fmt: skip
        sentences = (
            f"Training diverged: {fault} at step {step}, with a learning rate of {rate:g}.",
            origin,
            f"The weights from before that step are kept. Try a learning rate of {rate / 10:g}, "
            f"a warm-up (`schedule: {{cosine: {{warmup: 1}}}}`), or look for extreme values in "
            f"the data.",
        )
        return " ".join(filter(None, sentences))
