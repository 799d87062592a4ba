"""One gradient along one random direction, said by the backward pass and by differences.

With a random upstream gradient g and a random direction d, the backward pass says <dL/dx, d> for
L = <g, y>, and differences of the forward pass say it too. Inputs are normal; parameters are a
quarter of their size beside their initial values, so that no bias is 0 and no scale is 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cnnopt.analysis.differences import Slope, Values, slope_along
from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers.sequence import Node
from cnnopt.losses import Loss
from cnnopt.network import Crew, Layout, Network
from cnnopt.randomness import stream
from cnnopt.training.walk import Walk

BATCH = 3
"""Examples in each: as few as let batch norm have a gradient to speak of."""

CANCELLED = 1e-2
"""A projection below this share of its terms' root sum of squares has lost digits."""

BESIDE = 0.25
"""How far parameters are moved from their initial values, relative to their size."""


@dataclass(frozen=True)
class Projection:
    """A slope by both ways.

    Attributes:
        analytic: what the backward pass says.
        numeric: what differences of the forward pass say.
        noise: what rounding alone may make of a numeric slope of 0.
        serves: False where a kink lies within the width, or the terms all but cancel.
    """

    analytic: float
    numeric: float
    noise: float
    serves: bool


class LayerProbe:
    """A layer planned in float64, run forward at any distance from a draw, and back once.

    Args:
        name: the layer's.
        nodes: what it consists of, such as a convolution and its bias.
        seed: of the draws.
    """

    def __init__(self, name: str, nodes: Sequence[Node], seed: int) -> None:
        self._name, self._seed = name, seed
        self._layout = Layout.of(nodes)
        self._flat = self._layout.initial(seed, np.float64)
        self._initial = self._flat.copy()
        self._gradient = np.zeros(self._layout.size)
        self._named = self._layout.named(self._flat)
        self._gradients = self._layout.named(self._gradient)
        self._walk = Walk(nodes, self._named, BATCH, self._gradients, inputs=True, dtype=np.float64)

    @property
    def tensors(self) -> list[str]:
        """Names of the parameters that train, within the layer."""
        return [name.removeprefix(f"{self._name}.") for name in self._gradients]

    def project(self, tensor: str, draw: int, width: float) -> Projection:
        """Project the gradient by `input` or by a parameter; `draw` numbers the draw, from 1."""
        walk, name = self._walk, f"{self._name}.{tensor}"
        generator = stream(self._seed, "gradcheck", self._name, tensor, draw)
        x = generator.standard_normal(walk.x.shape)
        flat = _beside(self._initial, self._layout, generator)
        upstream = generator.standard_normal(walk.y.shape)
        walk.draw(self._seed, draw)
        place = walk.x if tensor == "input" else self._named[name]
        direction = generator.standard_normal(place.shape)

        def outputs(distance: float) -> Values:
            np.copyto(walk.x, x)
            np.copyto(self._flat, flat)  # batch norm moves its running values
            place[...] += distance * direction
            for _ in walk.forward():
                pass
            return walk.y.astype(np.float64)

        slope = slope_along(outputs, width)
        outputs(0.0)
        self._gradient.fill(np.nan)  # what the backward pass leaves out must be seen
        assert walk.dy is not None  # inputs are wanted
        np.copyto(walk.dy, upstream)
        for _ in walk.backward():
            pass
        found = walk.dx if tensor == "input" else self._gradients[name]
        assert found is not None
        return _projected(float(np.sum(found * direction)), slope, upstream)


def project_loss(
    loss: Loss, targets: Array, shape: Shape, seed: int, draw: int, width: float
) -> Projection:
    """Project the gradient of a weighted sum of losses by the outputs, (BATCH, *shape)."""
    generator = stream(seed, "gradcheck", "loss", draw)
    make = Buffers(np.float64)
    y, dy, losses = make((BATCH, *shape)), make((BATCH, *shape)), make((BATCH,))
    space = loss.plan(y, dy, make)
    start, direction = (generator.standard_normal(y.shape) for _ in range(2))
    scale = generator.uniform(0.5, 1.5, BATCH)

    def outputs(distance: float) -> Values:
        np.add(start, distance * direction, out=y)
        loss.gradient(space, targets, scale, losses)
        return losses.astype(np.float64)

    slope = slope_along(outputs, width)
    outputs(0.0)
    return _projected(float(np.sum(dy * direction)), slope, scale)


def project_step(
    network: Network, loss: Loss, targets: Array, seed: int, draw: int, width: float
) -> Projection:
    """Project the gradient of a whole step, in the plan that trains, by all weights at once."""
    generator = stream(seed, "gradcheck", "network", draw)
    layout = network.layout
    flat = _beside(layout.initial(seed, np.float64), layout, generator)
    weights, gradient = flat.copy(), np.full(layout.size, np.nan)
    plan = network.training_plan(loss, BATCH, weights, gradient)
    x = generator.standard_normal((BATCH, *network.input_shape))
    scale = np.full(BATCH, 1 / BATCH)
    direction = np.zeros_like(flat)
    for slot in layout.slots:
        if slot.parameter.trains:
            span = slice(slot.start, slot.stop)
            direction[span] = _size(flat[span]) * generator.standard_normal(slot.stop - slot.start)
    with Crew(1) as crew:

        def outputs(distance: float) -> Values:
            np.add(flat, distance * direction, out=weights)
            return np.array([plan.run(crew, x, targets, scale, seed, draw)])

        # A whole network has many kinks: a narrower width meets fewer of them.
        slope = slope_along(outputs, width / 10)
        outputs(0.0)
    analytic = float(np.dot(gradient, direction[: layout.size]))
    return _projected(analytic, slope, np.ones(1))


def _projected(analytic: float, slope: Slope, upstream: Array) -> Projection:
    terms = upstream * slope.values
    numeric = float(np.sum(terms))
    noise = slope.noise * float(np.sqrt(np.sum(upstream**2)))
    digits = abs(numeric) >= CANCELLED * float(np.sqrt(np.sum(terms**2)))
    within = max(abs(numeric), abs(analytic)) <= noise
    return Projection(analytic, numeric, noise, slope.smooth and (digits or within))


def _beside(flat: Array, layout: Layout, generator: np.random.Generator) -> Array:
    """Return parameters beside `flat`; running values stay."""
    moved = flat.copy()
    for slot in layout.slots:
        if slot.parameter.trains:
            values = moved[slot.start : slot.stop]
            values += BESIDE * _size(values) * generator.standard_normal(values.shape)
    return moved


def _size(values: Array) -> float:
    """Return the root mean square of a tensor; 1 where all of it is 0."""
    return float(np.sqrt(np.mean(values**2))) or 1.0
