"""What passes between two stages: numbers of the whole batch."""

from __future__ import annotations

from dataclasses import dataclass

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers


@dataclass(frozen=True, slots=True)
class Border:
    """The outputs of a stage, which are the inputs of the next.

    Attributes:
        y: for all examples, (B, *shape).
        dy: their gradient; None where there is none.
    """

    y: Array
    dy: Array | None

    @classmethod
    def of(cls, rows: int, shape: Shape, make: Buffers, *, training: bool) -> Border:
        """Make room for `rows` examples."""
        return cls(make((rows, *shape)), make((rows, *shape)) if training else None)
