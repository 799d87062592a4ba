"""Layers that can run in several ways say which one they take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from cnnopt.arrays import Shape
from cnnopt.layers.base import Layer


@dataclass(frozen=True)
class Way:
    """How a layer runs, in a few words.

    Attributes:
        algorithm: what it does, such as `im2col`.
        reason: why this and nothing else; empty where there is nothing else.
    """

    algorithm: str
    reason: str = ""


@runtime_checkable
class Explained(Protocol):
    """A layer that chooses from several ways to run, or whose way needs a word."""

    def way(self, x: Shape, examples: int) -> Way:
        """Return how it runs in float32.

        Args:
            x: shape of an input.
            examples: as many as it is planned for at once: those of the batch for what is
                prepared once a step, else those of a chunk.
        """
        ...


def way_of(layer: Layer, x: Shape, examples: int) -> Way:
    """Return how any layer runs: what it says itself, else what its kind tells."""
    if isinstance(layer, Explained):
        return layer.way(x, examples)
    if layer.memory == "view":
        return Way("nothing to do", "its input in another shape")
    if layer.memory == "in place":
        return Way("in place")
    return Way("matrix product" if layer.multiply_adds(x) else "passes over its numbers")
