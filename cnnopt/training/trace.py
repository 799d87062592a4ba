"""Where a training diverged: the first layer whose numbers are no longer finite.

Looked for only after something went wrong: the batch at fault is taken through the layers once
more, one after another, on copies, so that the run itself is left as it stood.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from cnnopt.arrays import Array
from cnnopt.buffers import Buffers
from cnnopt.losses import Loss
from cnnopt.network import Network
from cnnopt.training.walk import Walk, names_of

PASS_ROWS = 64


def origin_in_training(
    network: Network,
    loss: Loss,
    weights: Array,
    x: Array,
    targets: Array,
    scale: Array,
    *,
    seed: int,
    step: int,
) -> str:
    """Return a sentence on where the step of training stopped being finite, or `` if it did not.

    Forward it is the first layer in the order in which they run whose weights or outputs are not
    finite; if all of them are, it is the loss, or the first layer on the way back whose gradients
    are not.

    Args:
        network: the layers.
        loss: what is minimized.
        weights: as before the step, (total,); not changed.
        x: the batch, (B, *shape).
        targets: what the loss compares with, (B, K).
        scale: weight of each example, (B,).
        seed: the run's seed.
        step: number of the step, which fixes the noise.
    """
    nodes, layout = network.run_order, network.layout
    kept = layout.named(weights.copy())  # batch norm moves its running values
    gradients = layout.named(np.zeros(layout.size, weights.dtype))
    with np.errstate(all="ignore"):
        walk = Walk(nodes, kept, len(x), gradients, dtype=weights.dtype)
        walk.draw(seed, step)
        found = _forward(walk, kept, x)
        if found or walk.dy is None:
            return found
        make = Buffers(weights.dtype)
        losses = make((len(x),))
        loss.gradient(loss.plan(walk.y, walk.dy, make), targets, scale, losses)
        if bad := _counted(losses):
            return f"It began in the loss, where {bad} values are not finite."
        if bad := _counted(walk.dy):
            return f"It began in the gradient of the loss, where {bad} values are not finite."
        for at in walk.backward():
            name = at.node.name
            for parameter in names_of(at.node):
                if parameter in gradients and (bad := _counted(gradients[parameter])):
                    what = parameter.removeprefix(f"{name}.")
                    return _sentence(name, f"the gradient of its {what}", bad)
            if at.wires.dx is not None and (bad := _counted(at.wires.dx)):
                return _sentence(name, "the gradient that it hands back", bad)
    return ""


def origin_in_outputs(network: Network, weights: Array, x: Array) -> str:
    """Return a sentence on the first layer whose outputs for `x` (n, *shape) are not finite.

    In evaluation mode, over a part of the data; `` where all outputs are finite.
    """
    nodes = network.run_order
    kept = network.layout.named(weights)
    with np.errstate(all="ignore"):
        for start in range(0, len(x), PASS_ROWS):
            part = x[start : start + PASS_ROWS]
            walk = Walk(nodes, kept, len(part), dtype=weights.dtype)
            if found := _forward(walk, kept, part):
                return found
    return ""


def _forward(walk: Walk, kept: Mapping[str, Array], x: Array) -> str:
    """Walk `x` forward as far as all is finite."""
    if bad := _counted(x):
        return f"It began in the data: {bad} values of the examples are not finite."
    np.copyto(walk.x, x)
    for at in walk.forward():
        if bad := _counted(at.wires.y):
            name = at.node.name
            for parameter in names_of(at.node):
                if weights := _counted(kept[parameter]):
                    what = parameter.removeprefix(f"{name}.")
                    return _sentence(name, f"its {what}, as the step before left it,", weights)
            return _sentence(name, "its output", bad)
    return ""


def _sentence(layer: str, what: str, bad: str) -> str:
    return f"It began in the layer {layer}: {bad} values of {what} are not finite."


def _counted(values: Array) -> str:
    """Return `3 of 100` where three of a hundred numbers are not finite, `` where all are."""
    if np.isfinite(values).all():
        return ""
    return f"{int(np.count_nonzero(~np.isfinite(values))):,} of {values.size:,}"
