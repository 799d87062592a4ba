"""Terms of the weights alone that are added to the loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from cnnopt.arrays import Array
from cnnopt.regularizers.tensor import Tensor


class Penalty(Protocol):
    """A term of the weights alone, added to the loss."""

    def add(self, weights: Array, gradient: Array, ranges: Sequence[slice]) -> float:
        """Add the term's gradient to `gradient` (P,) over `ranges`, and return the term."""
        ...

    def value(self, weights: Array, ranges: Sequence[slice]) -> float:
        """Return the term."""
        ...


@dataclass(frozen=True)
class Penalized:
    """A penalty on some tensors.

    Attributes:
        penalty: the term.
        tensors: whose weights it takes.
    """

    penalty: Penalty
    tensors: tuple[Tensor, ...]

    def add(self, weights: Array, gradient: Array) -> float:
        """Add the term's gradient to `gradient` (P,), and return the term."""
        return self.penalty.add(weights, gradient, self._ranges)

    def value(self, weights: Array) -> float:
        """Return the term."""
        return self.penalty.value(weights, self._ranges)

    @property
    def _ranges(self) -> list[slice]:
        return [tensor.range for tensor in self.tensors]


def blocks(ranges: Sequence[slice], size: int) -> Iterator[slice]:
    """Yield the ranges in pieces of at most `size`: a term needs room for no more."""
    for span in ranges:
        for start in range(span.start, span.stop, size):
            yield slice(start, min(start + size, span.stop))
