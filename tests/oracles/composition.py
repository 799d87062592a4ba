"""Layers inside layers, computed one after the other in plain arrays; also for complex numbers."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from cnnopt import layers
from cnnopt.arrays import Shape
from cnnopt.layers import Layer
from oracles import activations


def run(layer: Layer, x: np.ndarray, *given: np.ndarray) -> np.ndarray:
    """Return the output; `given` are the parameters, then the noise, in the layers' order."""
    count = len(layer.parameters(x.shape[1:]))
    parameters, noise = iter(given[:count]), iter(given[count:])
    y = _run(layer, x, parameters, noise)
    assert next(parameters, None) is next(noise, None) is None
    return y


def _run(
    layer: Layer, x: np.ndarray, parameters: Iterator[np.ndarray], noise: Iterator[np.ndarray]
) -> np.ndarray:
    match layer:
        case layers.Dense():
            return x @ next(parameters)
        case layers.Bias():
            return x + next(parameters)
        case layers.Conv():
            return convolve(layer, x, next(parameters))
        case layers.Tanh():
            return np.tanh(x)
        case layers.Relu():
            return activations.rectify(x, 0 * x)
        case layers.Flatten():
            return x.reshape(len(x), -1)
        case layers.Dropout():
            return x * _kept(next(noise), layer.rate)
        case layers.SpatialDropout():
            kept = _kept(next(noise), layer.rate)
            return x * np.stack([np.broadcast_to(k, x.shape[1:]) for k in kept])
        case layers.DropConnect():
            dropped = next(parameters) * _kept(next(noise), layer.rate)
            return _run(layer.layer, x, iter([dropped]), noise)
        case layers.GroupNorm():
            scale, shift = next(parameters), next(parameters)
            return activations.group_norm(x, scale, shift, layer.groups, layer.epsilon)
        case layers.Residual():
            y = _in_a_row(layer.layers, x, parameters, noise)
            past = layer.inside(x.shape[1:])[len(layer.layers) :]
            return y + (_run(past[0].layer, x, parameters, noise) if past else x)
        case layers.Parallel():
            outputs = [_in_a_row(branch, x, parameters, noise) for branch in layer.branches]
            return np.concatenate(outputs, axis=-1)
    raise TypeError(layer)


def _in_a_row(
    named: tuple[tuple[str, Layer], ...],
    x: np.ndarray,
    parameters: Iterator[np.ndarray],
    noise: Iterator[np.ndarray],
) -> np.ndarray:
    for _, layer in named:
        x = _run(layer, x, parameters, noise)
    return x


def _kept(noise: np.ndarray, rate: float) -> np.ndarray:
    return np.where(noise < rate, 0.0, 1 / (1 - rate))


def convolve(layer: layers.Conv, x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Return the sum over kernel positions of shifted inputs."""
    shape: Shape = x.shape[1:]
    outputs = layer.output_shape(shape)[:-1]
    padded = np.pad(x, ((0, 0), *layer.pads(shape), (0, 0)))
    total: np.ndarray = np.zeros(1)
    for place in product(*map(range, layer.kernel)):
        cut = tuple(
            slice(k, k + s * (o - 1) + 1, s)
            for k, s, o in zip(place, layer.stride, outputs, strict=True)
        )
        total = total + padded[(slice(None), *cut)] @ weight[place]
    return total
