"""Running a layer in float64 without an oracle."""

import numpy as np
from harness import Case, Inputs, Outcome, Runner

from cnnopt.arrays import Shape
from cnnopt.layers import Layer


def no_oracle(*arrays: np.ndarray) -> np.ndarray:
    raise AssertionError("a law needs none")


def case(layer: Layer, shape: Shape) -> Case:
    return Case(str(layer), layer, shape, no_oracle, no_oracle)  # type: ignore[arg-type]  # never called


def run(
    layer: Layer, x: np.ndarray, *parameters: np.ndarray, dy: np.ndarray | None = None
) -> Outcome:
    """Run a layer without noise in float64."""
    shape = x.shape[1:]
    upstream = np.zeros((len(x), *layer.output_shape(shape))) if dy is None else dy
    return Runner(case(layer, shape), len(x), "float64").run(Inputs(x, parameters, upstream, ()))


def normal(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)
