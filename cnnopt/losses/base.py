"""What every loss is."""

from __future__ import annotations

from typing import Any, Protocol

from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers


class Loss(Protocol):
    """A value for each example; the gradient of the sum of `scale` times these."""

    def targets(self, y: NDArray[Any], outputs: int, dtype: Any) -> Array:
        """Return what `gradient` compares with, (n, K), from class numbers or targets."""
        ...

    def plan(self, y: Array, dy: Array | None, make: Buffers) -> Any:
        """Return the space for outputs in `y` (B, K) and their gradient in `dy`."""
        ...

    def gradient(self, s: Any, targets: Array, scale: Array, losses: Array) -> None:
        """Write `losses` (B,) and `dy` = scale · d loss / d y."""
        ...

    def values(self, y: Array, targets: Array) -> Array:
        """Return the loss of each example, float64 (n,); allocates, for evaluation."""
        ...
