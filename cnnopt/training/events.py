"""What training tells while it runs. It knows no file and no screen: listeners write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from cnnopt.arrays import Array

Reason = Literal["budget", "early_stopping", "interrupted", "diverged"]


@dataclass(frozen=True)
class Snapshot:
    """Everything that training needs to go on to the same bits.

    Attributes:
        arrays: `weights` and one array per optimizer slot (`slot.velocity`), each of shape (P,).
        numbers: JSON-ready: step, epoch, sums of the epoch under way, best so far, patience used.
    """

    arrays: Mapping[str, Array]
    numbers: Mapping[str, Any]


@dataclass(frozen=True)
class Started:
    """Training begins (or goes on, when `step` > 0).

    Attributes:
        step: steps already done.
        steps: the whole budget in steps.
        epochs: how many rows of metrics the budget makes.
        steps_per_epoch: steps between two rows of metrics.
        rows: examples per part: `{"train": 1258, "validation": 179, "test": 360}`.
        parameters: P.
    """

    step: int
    steps: int
    epochs: int
    steps_per_epoch: int
    rows: Mapping[str, int]
    parameters: int


@dataclass(frozen=True)
class StepDone:
    """One batch was used.

    Attributes:
        step: steps done, from 1.
        epoch: the row of metrics that this step counts for, from 1.
        loss: mean loss of the batch, penalties included.
    """

    step: int
    epoch: int
    loss: float


@dataclass(frozen=True)
class LayerHealth:
    """How a layer fared in a row of metrics; None where a figure does not apply to it.

    Attributes:
        layer: its name.
        gradient_norm: mean over the row's steps of the norm of the gradient by its weights,
            penalties included.
        update_ratio: mean norm of the steps' updates over the mean norm of its weights; NaN
            where all of these are 0.
        dead: share of the outputs of an activation of the relu family that are 0 for every
            measured example of the training part, in [0, 1].
    """

    layer: str
    gradient_norm: float | None
    update_ratio: float | None
    dead: float | None


class FitPoint(NamedTuple):
    """The fitted function at an example.

    Attributes:
        row: the example's row in the data set.
        predicted: what the network gives for it.
    """

    row: int
    predicted: float


@dataclass(frozen=True)
class EpochDone:
    """A row of metrics is complete.

    Attributes:
        row: columns of `metrics.csv`: epoch, step, learning_rate, batch_loss, penalty (of the
            measured weights, where the loss has one), train_loss, train_accuracy,
            validation_loss, ... in this order.
        best: whether it is the best so far by `training.select`.
        seconds: seconds since the row before: `{"train": ..., "evaluate": ...}`.
        snapshot: makes the state to go on from; call it before the next event is asked for.
        gap_error: standard error of the difference of the errors (1 - accuracy, else the loss) on
            validation and training; None without a validation part.
        health: one record a layer with `training.health`, in the order of the config; else none.
        fit: the fitted function with `training.fits`, in the order of x; else none.
    """

    row: Mapping[str, float]
    best: bool
    seconds: Mapping[str, float]
    snapshot: Callable[[], Snapshot]
    health: tuple[LayerHealth, ...] = ()
    gap_error: float | None = None
    fit: tuple[FitPoint, ...] = ()


@dataclass(frozen=True)
class Warned:
    """Something looks wrong but training goes on, such as a first loss far from ln(classes)."""

    message: str


@dataclass(frozen=True)
class Stopped:
    """The last event.

    Attributes:
        reason: why no further step follows.
        step: steps done.
        best_epoch: row of metrics (from 1) whose weights were selected; 0 when unfinished.
        snapshot: the state to go on from, for longer or after an interruption.
    """

    reason: Reason
    step: int
    best_epoch: int
    snapshot: Callable[[], Snapshot]


Event = Started | StepDone | EpochDone | Warned | Stopped
