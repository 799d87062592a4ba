"""What training remembers between two steps; a snapshot of it is enough to go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from cnnopt.arrays import Array
from cnnopt.errors import CheckpointError
from cnnopt.optimizers.schedules import Reduction
from cnnopt.regularizers import Patience
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
    reduction: Reduction | None = None
    meter: Meter | None = None

    def snapshot(self) -> Snapshot:
        """Return a copy of everything."""
        arrays = {"weights": self.weights, "best_weights": self.best_weights}
        arrays |= {f"slot.{name}": array for name, array in self.slots.items()}
        numbers: dict[str, Any] = {
            "step": self.step,
            "loss_sum": self.loss_sum,
            "examples": self.examples,
            "best_value": self.best_value,
            "best_row": self.best_row,
            "patience_best": self.patience.best,
            "patience_waited": self.patience.waited,
        }
        if self.reduction is not None:
            numbers["plateau"] = asdict(self.reduction)
        if self.meter is not None:
            numbers["health"] = self.meter.numbers()
        return Snapshot({name: array.copy() for name, array in arrays.items()}, numbers)

    def restore(self, snapshot: Snapshot) -> None:
        """Take over a snapshot's numbers and, in place, its arrays.

        Raises:
            CheckpointError: arrays are missing or have another size.
        """
        targets = {"weights": self.weights, "best_weights": self.best_weights}
        targets |= {f"slot.{name}": array for name, array in self.slots.items()}
        for name, target in targets.items():
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
        if self.reduction is not None:
            self.reduction.restore(numbers["plateau"])
        if self.meter is not None:
            self.meter.restore(numbers.get("health"))
