"""Where a tensor that trains lies in the flat vector of weights."""

from __future__ import annotations

from dataclasses import dataclass

from cnnopt.arrays import Array, Shape


@dataclass(frozen=True)
class Tensor:
    """`flat[start:stop].reshape(shape)`; its name keys its random streams.

    Attributes:
        name: layer and parameter, such as `conv2d_1.weight`.
        start: its first number.
        stop: behind its last one.
        shape: with the layer's outputs (units, filters) on the last axis.
    """

    name: str
    start: int
    stop: int
    shape: Shape

    @property
    def range(self) -> slice:
        """Its place."""
        return slice(self.start, self.stop)

    def of(self, flat: Array) -> Array:
        """Return it as a view of `flat`: the weights or their gradient, (P,)."""
        return flat[self.range].reshape(self.shape)
