"""Analytic against numeric gradients in float64, layer by layer: are the backward passes right?

One random projection a tensor: with a random upstream gradient g and a random direction d, the
backward pass says <dL/dx, d> for L = <g, y>, and differences of the forward pass say it too.
Inputs are normal, parameters their initial values and a quarter of their size beside, so that no
bias is 0 and no scale 1. A draw with a kink (relu at 0, a tie of max pooling) within the width of
the difference is thrown away and drawn anew, and so is one whose projection all but cancels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.analysis.differences import Values, slope_along
from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.config import Config
from cnnopt.layers.sequence import Node
from cnnopt.losses import Loss
from cnnopt.network import Crew, Layout, Network
from cnnopt.randomness import stream
from cnnopt.training.walk import Walk
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.trial import load_data

BATCH = 3
TOLERANCE = 1e-6
WIDTH = 1e-6
NARROWEST = 1e-7
MOST_DRAWS = 20
CANCELLED = 1e-2
"""A projection below this share of its terms' root sum of squares has lost digits."""

Trial = Callable[[int, float], tuple[float, float, bool]]
"""(number of the draw, width) -> analytic, numeric, whether the draw serves."""


@dataclass(frozen=True)
class Check:
    """One projection.

    Attributes:
        layer: the layer's name; `loss`, and `network` for the whole step of training.
        tensor: `input`, or the parameter's name.
        analytic: what the backward pass says.
        numeric: what differences of the forward pass say.
        error: |analytic - numeric| over the larger of both; infinite where one is not finite.
        passed: whether the error is within the tolerance.
        draws: how many draws it took to find one away from kinks.
    """

    layer: str
    tensor: str
    analytic: float
    numeric: float
    error: float
    passed: bool
    draws: int


@dataclass(frozen=True)
class GradCheck:
    """All projections of a network.

    Attributes:
        name: of the config.
        seed: of the draws.
        batch: examples in each.
        tolerance: largest relative error that passes.
        checks: in the order of the layers.
    """

    name: str
    seed: int
    batch: int
    tolerance: float
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Return all of it, JSON-ready; what is not finite becomes null when it is written."""
        return {"command": "gradcheck", "passed": self.passed} | asdict(self)


def check_config(config: Config) -> GradCheck:
    """Check the gradients of the network, loss and step that `config` describes.

    The data set only says the shape of an example and how many outputs there are.

    Raises:
        ConfigError, DataError: as when the config is trained.
    """
    data = load_data(config)
    experiment = prepare_trial(config, None, data).experiment
    generator = stream(config.seed, "gradcheck", "targets")
    y: NDArray[Any] = (
        generator.integers(data.outputs, size=BATCH)
        if data.classes
        else generator.standard_normal((BATCH, data.outputs))
    )
    checks = check_network(experiment.network, experiment.loss, y, config.seed)
    return GradCheck(config.name, config.seed, BATCH, TOLERANCE, tuple(checks))


def check_network(network: Network, loss: Loss, y: NDArray[Any], seed: int) -> Iterator[Check]:
    """Check each layer, then the loss, then the step of training as a whole.

    Args:
        network: the layers.
        loss: what is minimized.
        y: class numbers or targets of `BATCH` examples.
        seed: of the draws.
    """
    for name, nodes in groupby(network.nodes, lambda node: node.name):
        yield from check_layer(name, tuple(nodes), seed)
    outputs = network.output_shape
    targets = loss.targets(y, outputs[0], np.float64)
    yield _judged(
        "loss", "input", lambda draw, width: _loss(loss, targets, outputs, seed, draw, width)
    )
    yield _judged(
        "network",
        "all weights",
        lambda draw, width: _step(network, loss, targets, seed, draw, width),
    )


def check_layer(name: str, nodes: Sequence[Node], seed: int) -> Iterator[Check]:
    """Check the gradient of one layer by its input, and by each parameter that trains.

    Args:
        name: the layer's.
        nodes: what it consists of: a convolution and its bias, or just one.
        seed: of the draws.
    """
    probe = _Probe(name, nodes, seed)
    for tensor in ("input", *probe.tensors):
        yield _judged(name, tensor, partial(probe.project, tensor))


class _Probe:
    """A layer planned in float64, run forward at any distance from a draw, and back once."""

    def __init__(self, name: str, nodes: Sequence[Node], seed: int) -> None:
        self._key = (seed, "gradcheck", name)
        self._seed = seed
        self._name = name
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

    def project(self, tensor: str, draw: int, width: float) -> tuple[float, float, bool]:
        """Return the projection on a random direction by both ways, and whether the draw serves."""
        walk = self._walk
        seed, *key = self._key
        generator = stream(seed, *key, tensor, draw)
        x = generator.standard_normal(walk.x.shape)
        flat = _beside(self._initial, self._layout, generator)
        upstream = generator.standard_normal(walk.y.shape)
        walk.draw(self._seed, draw)
        place = walk.x if tensor == "input" else self._named[f"{self._name}.{tensor}"]
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
        self._gradient.fill(np.nan)  # what is not written must be seen
        assert walk.dy is not None  # inputs are wanted
        np.copyto(walk.dy, upstream)
        for _ in walk.backward():
            pass
        found = walk.dx if tensor == "input" else self._gradients[f"{self._name}.{tensor}"]
        assert found is not None
        terms = upstream * slope.values
        numeric = float(np.sum(terms))
        digits = abs(numeric) >= CANCELLED * float(np.sqrt(np.sum(terms**2)))
        return float(np.sum(found * direction)), numeric, slope.smooth and digits


def _beside(flat: Array, layout: Layout, generator: np.random.Generator) -> Array:
    """Return parameters a quarter of their own size beside `flat`; running values stay."""
    moved = flat.copy()
    for slot in layout.slots:
        if slot.parameter.trains:
            values = moved[slot.start : slot.stop]
            values += 0.25 * _size(values) * generator.standard_normal(values.shape)
    return moved


def _size(values: Array) -> float:
    """Return the root mean square of a tensor; 1 where all of it is 0."""
    return float(np.sqrt(np.mean(values**2))) or 1.0


def _loss(
    loss: Loss, targets: Array, shape: tuple[int, ...], seed: int, draw: int, width: float
) -> tuple[float, float, bool]:
    """Project the gradient of a weighted sum of losses by the outputs."""
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
    numeric = float(np.dot(slope.values, scale))
    return float(np.sum(dy * direction)), numeric, slope.smooth


def _step(
    network: Network, loss: Loss, targets: Array, seed: int, draw: int, width: float
) -> tuple[float, float, bool]:
    """Project the gradient of the whole step, in the plan that trains, by all weights at once."""
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
            size = _size(flat[span])
            direction[span] = size * generator.standard_normal(slot.stop - slot.start)
    with Crew(1) as crew:

        def outputs(distance: float) -> Values:
            np.add(flat, distance * direction, out=weights)
            return np.array([plan.run(crew, x, targets, scale, seed, draw)])

        # Many kinks lie in a whole network: a narrower width meets fewer of them.
        slope = slope_along(outputs, width / 10)
        outputs(0.0)
    analytic = float(np.dot(gradient, direction[: layout.size]))
    return analytic, float(slope.values[0]), slope.smooth


def _judged(layer: str, tensor: str, trial: Trial) -> Check:
    """Draw until a draw serves, and judge it."""
    width, draws = WIDTH, 0
    analytic = numeric = float("nan")
    with np.errstate(all="ignore"):
        for draws in range(1, MOST_DRAWS + 1):
            analytic, numeric, serves = trial(draws, width)
            if serves:
                break
            width = max(width / 2, NARROWEST)
    larger = max(abs(analytic), abs(numeric))
    error = abs(analytic - numeric) / larger if larger else 0.0
    if not np.isfinite(error):
        error = float("inf")
    return Check(layer, tensor, analytic, numeric, error, error <= TOLERANCE, draws)
