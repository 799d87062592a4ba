"""Lanes that are full of NaN before every call of a layer, but for what the layer is given.

A layer that reads what it has no right to find again gives NaN, or other bits than over buffers
that share nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np
from numpy.lib.array_utils import byte_bounds
from numpy.typing import DTypeLike, NDArray

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.sequence import Step
from cnnopt.network import phase, route, shard
from cnnopt.network.unit import Call, layer_calls

NAN = 0xFF
"""Bytes of it are NaN in float32 and in float64, and True in masks."""


class Memory:
    """All arrays that lie in lanes, and all constants."""

    def __init__(self) -> None:
        self.lent: list[Array] = []
        self.constants: list[tuple[float, Array]] = []
        self._blocks: list[tuple[int, int, Array]] = []
        self._counted = 0

    def poison(self, kept: Sequence[Array | None] = ()) -> None:
        """Fill all lanes with NaN, but for the memory of what is kept."""
        ranges = sorted(byte_bounds(array) for array in kept if array is not None and array.size)
        for start, stop, content in self._outlines():
            place = start
            for low, high in ranges:
                if low < stop and high > start:
                    content[place - start : max(0, low - start)] = NAN
                    place = max(place, min(high, stop))
            content[place - start :] = NAN

    def _outlines(self) -> list[tuple[int, int, Array]]:
        """Return the bytes of all arrays that do not lie in others: from, to, content."""
        if self._counted < len(self.lent):
            self._counted = len(self.lent)
            self._blocks = []
            reached = 0
            for array in sorted(self.lent, key=lambda one: (one.ctypes.data, -one.nbytes)):
                start = array.ctypes.data
                if start + array.nbytes > reached:
                    reached = start + array.nbytes
                    self._blocks.append((start, reached, array.reshape(-1).view(np.uint8)))
        return self._blocks

    def check_constants(self) -> None:
        """Check that every constant is what it was made as."""
        assert self.constants
        for value, array in self.constants:
            np.testing.assert_array_equal(array, np.full(array.shape, value))


def _recording(memory: Memory) -> type[Buffers]:
    class Recording(Buffers):
        """Buffers that remember what they lent; nobody can write to a constant."""

        def passing(self, lane: str, shape: Shape) -> NDArray[Any]:
            return self._lent(super().passing(lane, shape))

        def scratch(self, shape: Shape, dtype: DTypeLike | None = None) -> NDArray[Any]:
            return self._lent(super().scratch(shape, dtype))

        def constant(self, value: float, shape: Shape) -> Array:
            found = super().constant(value, shape)
            memory.constants.append((value, found))
            closed = found.view()
            closed.flags.writeable = False
            return closed

        def _lent(self, array: NDArray[Any]) -> NDArray[Any]:
            if self._lanes is not None and array.size:
                memory.lent.append(array)
            return array

    return Recording


class Apart(Buffers):
    """Buffers that count as if lanes were shared, but every array has memory of its own."""

    def passing(self, lane: str, shape: Shape) -> NDArray[Any]:
        """Return a copy of what would lie in the lane."""
        return Buffers(self.dtype)(super().passing(lane, shape).shape)

    def scratch(self, shape: Shape, dtype: DTypeLike | None = None) -> NDArray[Any]:
        """Return a copy of what would lie in the lane."""
        lent = super().scratch(shape, dtype)
        return Buffers(lent.dtype)(lent.shape)


@contextmanager
def sharing_nothing() -> Iterator[None]:
    """Let all plans that are made meanwhile be cut as ever, but share no memory."""
    with mock.patch.object(shard, "Buffers", Apart):
        yield


def _spoil(target: Array | None, source: Array | None) -> None:
    """Fill with NaN what a call is to overwrite, unless it works in place."""
    if target is not None and (source is None or not np.may_share_memory(target, source)):
        target.fill(np.nan)


def _before(memory: Memory, step: Step, call: Call) -> Callable[[], None]:
    """Return what has to happen before a call of a layer."""
    wires, layer = step.wires, step.node.layer

    def act() -> None:
        if call[0] == layer.backward:
            memory.poison([wires.dy])
            _spoil(wires.dx, wires.dy)
            for gradient in call[1][2]:
                gradient.fill(np.nan)
        else:
            memory.poison([wires.x])
            if call[0] == layer.forward:
                _spoil(wires.y, wires.x)

    return act


@contextmanager
def poisoned() -> Iterator[Memory]:
    """Let all plans that are made meanwhile run with poison before every call of a layer.

    On one thread only: lanes of all shards are filled, whoever is about to run.
    """
    memory = Memory()

    def spoilt_calls(
        rows: slice, steps: Sequence[Step], *rest: Any
    ) -> tuple[list[Call], list[Call]]:
        by_space = {id(step.space): step for step in steps}
        return tuple(  # type: ignore[return-value]  # two lists
            [
                both
                for call in calls
                for both in ((_before(memory, by_space[id(call[1][0])], call), ()), call)
            ]
            for calls in layer_calls(rows, steps, *rest)
        )

    def spoilt(joint: Callable[..., list[Call]]) -> Callable[..., list[Call]]:
        return lambda *arguments: [(memory.poison, ()), *joint(*arguments)]

    made = _recording(memory)
    with (
        mock.patch.object(shard, "Buffers", made),
        mock.patch.object(route, "Buffers", made),
        mock.patch.object(shard, "layer_calls", spoilt_calls),
        mock.patch.object(phase.Joint, "measure", spoilt(phase.Joint.measure)),
        mock.patch.object(phase.Joint, "finish", spoilt(phase.Joint.finish)),
    ):
        yield memory
