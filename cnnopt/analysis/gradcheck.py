"""Analytic against numeric gradients in float64, layer by layer: are the backward passes right?

One random projection a tensor (see `projections`). A draw with a kink (relu at 0, a tie of max
pooling) within the width of the difference is thrown away and drawn anew, as is one whose
projection all but cancels; the width then shrinks, so that fewer kinks lie within it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.analysis.projections import (
    BATCH,
    LayerProbe,
    Projection,
    project_loss,
    project_step,
)
from cnnopt.config import Config
from cnnopt.layers.sequence import Node
from cnnopt.losses import Loss
from cnnopt.network import Network
from cnnopt.randomness import stream
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.trial import load_data

TOLERANCE = 1e-6
WIDTH = 1e-6
NARROWEST = 1e-7
MOST_DRAWS = 20


@dataclass(frozen=True)
class Check:
    """One projection, judged.

    Attributes:
        layer: the layer's name; `loss`, and `network` for a whole step of training.
        tensor: `input`, or the parameter's name.
        analytic: what the backward pass says.
        numeric: what differences of the forward pass say.
        error: |analytic - numeric| over the larger of both; 0 where both are 0 within rounding,
            infinite where one is not finite.
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
    """All checks of a network.

    Attributes:
        name: of the config.
        seed: of the draws.
        batch: examples in each.
        tolerance: largest relative error that passes.
        checks: in the order of the layers, then the loss, then a step of training.
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
    yield _judged("loss", "input", partial(project_loss, loss, targets, outputs, seed))
    yield _judged("network", "all weights", partial(project_step, network, loss, targets, seed))


def check_layer(name: str, nodes: Sequence[Node], seed: int) -> Iterator[Check]:
    """Check the gradient of one layer by its input, and by each parameter that trains.

    Args:
        name: the layer's.
        nodes: what it consists of: a convolution and its bias, or just one.
        seed: of the draws.
    """
    probe = LayerProbe(name, nodes, seed)
    for tensor in ("input", *probe.tensors):
        yield _judged(name, tensor, partial(probe.project, tensor))


def _judged(layer: str, tensor: str, project: Callable[[int, float], Projection]) -> Check:
    """Draw until a draw serves, and judge it.

    Where none of `MOST_DRAWS` does, the last one is judged: that is a layer which has no slope.
    """
    width = WIDTH
    with np.errstate(all="ignore"):
        found = project(1, width)
        draws = 1
        while not found.serves and draws < MOST_DRAWS:
            draws += 1
            width = max(width / 2, NARROWEST)
            found = project(draws, width)
    larger = max(abs(found.analytic), abs(found.numeric))
    error = 0.0
    if not larger <= found.noise:  # NaN is not within it either
        error = abs(found.analytic - found.numeric) / larger
    if not np.isfinite(error):
        error = float("inf")
    return Check(layer, tensor, found.analytic, found.numeric, error, error <= TOLERANCE, draws)
