"""A layer as a training step runs it: the same chunk of examples again and again, in cache."""

from __future__ import annotations

import numpy as np

from benchmarks.kernels.case import Version
from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.layers import Layer
from cnnopt.layers.base import Prepared, Wires

PASSES = 8
"""Chunks of a step: what is prepared once a step is shared by so many."""


class Chunked:
    """Forward and backward passes of a layer over one chunk, and the sum of its gradients.

    Args:
        layer: the layer.
        x: inputs of the chunk, (B, *shape).
        dy: gradient by the outputs, (B, *outputs).
        parameters: what the layer learns.
    """

    def __init__(self, layer: Layer, x: Array, dy: Array, parameters: tuple[Array, ...]) -> None:
        make = Buffers(x.dtype)
        self._layer, self._parameters = layer, parameters
        y = make((len(x), *layer.output_shape(x.shape[1:])))
        wires = Wires(x, y, make(x.shape), dy, training=True)
        self._wires = wires
        self._prepared = self._tally = None
        if isinstance(layer, Prepared):
            self._prepared = layer.reserve(x.shape[1:], PASSES * len(x), make)
        if self._prepared is not None and isinstance(layer, Prepared):
            self._tally = layer.tally(self._prepared, make)
            self._space = layer.plan_prepared(wires, make, self._prepared, self._tally)
        else:
            self._space = layer.plan(wires, make)
        self._gradients = tuple(np.zeros_like(one) for one in parameters)
        self._totals = tuple(np.zeros_like(one) for one in parameters)

    def run(self) -> None:
        """Make the passes of a step."""
        layer, prepared = self._layer, self._prepared
        for total in self._totals:
            total.fill(0)
        if prepared is not None and isinstance(layer, Prepared):
            layer.prepare(prepared, self._parameters)
        for _ in range(PASSES):
            layer.forward(self._space, self._parameters)
            layer.backward(self._space, self._parameters, self._gradients)
            if prepared is None:
                for total, gradient in zip(self._totals, self._gradients, strict=True):
                    np.add(total, gradient, out=total)
        if prepared is not None and isinstance(layer, Prepared):
            layer.settle(self._tally, self._totals)

    def results(self) -> list[Array]:
        """Return y, dx and the gradients of all passes together."""
        assert self._wires.dx is not None
        return [self._wires.y, self._wires.dx, *self._totals]

    def version(self, name: str) -> Version:
        """Return the version of that name."""
        return Version(name, self.run, self.results)
