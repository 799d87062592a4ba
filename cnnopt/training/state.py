"""What training remembers between two steps; a snapshot of it is enough to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from cnnopt.arrays import Array
from cnnopt.errors import CheckpointError
from cnnopt.optimizers.schedules import Reduction
from cnnopt.regularizers import Average, Patience
from cnnopt.training.events import Snapshot
from cnnopt.training.health import Meter


@dataclass
class State:
    """The state of a training under way.

    Attributes:
        weights: the flat vector (P,).
        slots: the optimizer's vectors, each (P,).
        best_weights: those of the best row so far, (P,).
        step: steps done.
        loss_sum: sum over the examples of the row under way of their batch's mean loss.
        examples: how many these are.
        best_value: selected value of the best row, lower is better; None before the first.
        best_row: its number, from 1.
        patience: of early stopping.
        average: of the weights, which is measured in their place; None where none is wanted.
        reduction: of the learning rate by validation; None where the schedule asks for none.
        meter: of training health, with sums of the row under way; None where none is wanted.
    """

    weights: Array
    slots: Mapping[str, Array]
    best_weights: Array
    step: int = 0
    loss_sum: float = 0.0
    examples: int = 0
    best_value: float | None = None
    best_row: int = 0
    patience: Patience = field(default_factory=Patience)
    average: Average | None = None
    reduction: Reduction | None = None
    meter: Meter | None = None

    @property
    def measured(self) -> Array:
        """The weights that are measured, selected and kept: the average, where there is one."""
        return self.weights if self.average is None else self.average.vector

    def _arrays(self) -> dict[str, Array]:
        arrays = {"weights": self.weights, "best_weights": self.best_weights}
        if self.average is not None:
            arrays["average"] = self.average.vector
        return arrays | {f"slot.{name}": array for name, array in self.slots.items()}

    def snapshot(self) -> Snapshot:
        """Return a copy of everything."""
        numbers: dict[str, Any] = {
            "step": self.step,
            "loss_sum": self.loss_sum,
            "examples": self.examples,
            "best_value": self.best_value,
            "best_row": self.best_row,
            "patience_best": self.patience.best,
            "patience_waited": self.patience.waited,
        }
        if self.average is not None:
            numbers["averaged"] = self.average.count
        if self.reduction is not None:
            numbers["plateau"] = asdict(self.reduction)
        if self.meter is not None:
            numbers["health"] = self.meter.numbers()
        return Snapshot({name: array.copy() for name, array in self._arrays().items()}, numbers)

    def restore(self, snapshot: Snapshot) -> None:
        """Take over a snapshot's numbers and, in place, its arrays.

        Raises:
            CheckpointError: arrays are missing or have another size.
        """
        for name, target in self._arrays().items():
            given = snapshot.arrays.get(name)
            if given is None or given.shape != target.shape or given.dtype != target.dtype:
                found = "nothing" if given is None else f"{given.dtype} {given.shape}"
                raise CheckpointError(
                    f"The checkpoint's `{name}` must be {target.dtype} {target.shape}, "
                    f"it is {found}. It belongs to another model or optimizer."
                )
            target[:] = given
        numbers = snapshot.numbers
        self.step = numbers["step"]
        self.loss_sum, self.examples = numbers["loss_sum"], numbers["examples"]
        self.best_value, self.best_row = numbers["best_value"], numbers["best_row"]
        self.patience = Patience(numbers["patience_best"], numbers["patience_waited"])
        if self.average is not None:
            self.average.count = numbers["averaged"]
        if self.reduction is not None:
            self.reduction.restore(numbers["plateau"])
        if self.meter is not None:
            self.meter.restore(numbers.get("health"))
