"""Augmentation of a whole training batch: transforms in their order, each with its own draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnopt.arrays import Array
from cnnopt.data.augmentation.affine import Matrices, composed, identities, warp
from cnnopt.data.augmentation.moving import Moving
from cnnopt.randomness import stream

_ROOTS = 2**63


class Change(Protocol):
    """A transform that no matrix describes."""

    def change(
        self, x: Array, low: Array, high: Array, chosen: NDArray[np.bool_],
        generator: np.random.Generator,
    ) -> None:  # fmt: skip
        """Change the chosen examples in place.

        Args:
            x: all examples of the batch, (B, *S, C).
            low, high: what black and white are after scaling, (C,).
            chosen: which of them to change, (B,); the others stay as they are, to the bit.
            generator: draws for all of them, whether chosen or not.
        """
        ...


class Inputs(Protocol):
    """What augmentation needs of a batch."""

    @property
    def x(self) -> Array:
        """Scaled inputs, (B, *S, C)."""
        ...

    @property
    def low(self) -> Array:
        """What black is after scaling, (C,)."""
        ...

    @property
    def high(self) -> Array:
        """What white is, (C,)."""
        ...


@dataclass(frozen=True)
class Entry:
    """A transform in its place.

    Attributes:
        name: of its stream of random numbers; no two entries have the same.
        probability: with which an example is changed.
        transform: what changes it.
    """

    name: str
    probability: float
    transform: Moving | Change


@dataclass(frozen=True)
class Augment:
    """Changes a batch by its entries, in their order.

    The stream of the step gives one number, and each entry draws from a stream of that number and
    its own name: without one entry the draws of the others are the same.
    Movements that follow each other are composed before any of them is made, so that cells are
    mixed once and not by each of them again.

    Attributes:
        entries: in order.
    """

    entries: tuple[Entry, ...]
    name: ClassVar[str] = "augment"

    def apply(self, batch: Inputs, generator: np.random.Generator) -> None:
        """Change the batch's inputs in place.

        Args:
            batch: the examples of a step, all of them.
            generator: the stream of the step.
        """
        x = batch.x
        root = int(generator.integers(_ROOTS))
        moves: Matrices | None = None
        for entry in self.entries:
            own = stream(root, entry.name)
            chosen = own.random(len(x)) < entry.probability
            if isinstance(entry.transform, Moving):
                drawn = entry.transform.matrices(own, len(x), x.ndim - 2)
                drawn[~chosen] = identities(1, x.ndim - 2)
                moves = drawn if moves is None else composed(moves, drawn)
                continue
            if moves is not None:
                warp(x, batch.low, moves)
                moves = None
            entry.transform.change(x, batch.low, batch.high, chosen, own)
        if moves is not None:
            warp(x, batch.low, moves)
