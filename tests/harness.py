"""The harness of layers: a test is a layer, its inputs and a slow oracle; the rest is here.

Every case runs in float32 and float64, with a batch of one and with more, over buffers that are
full of NaN or of another batch's numbers, whole and in ragged chunks, with a random upstream
gradient, and is checked along a random direction against differences of its own forward pass.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.layers import Layer, Noisy
from cnnopt.layers.sequence import Ends, Node, plan_sequence

TOLERANCE = {"float32": 1e-5, "float64": 1e-10}
"""Largest error by dtype, relative to the largest number of the oracle."""

Sampler = Callable[[Shape, np.random.Generator], np.ndarray]


def normal(shape: Shape, generator: np.random.Generator) -> np.ndarray:
    return generator.standard_normal(shape)


def away_from_zero(shape: Shape, generator: np.random.Generator) -> np.ndarray:
    """Return numbers of both signs, none within 0.1 of zero."""
    return generator.choice([-1.0, 1.0], shape) * generator.uniform(0.1, 2, shape)


def all_apart(shape: Shape, generator: np.random.Generator) -> np.ndarray:
    """Return numbers of which no two are close to each other."""
    return generator.permutation(int(np.prod(shape))).reshape(shape) / 8 - 3


@dataclass(frozen=True, eq=False)
class Case:
    """A layer and its oracle.

    Attributes:
        name: names the case in the report.
        layer: the settings.
        x: shape of one input.
        forward: (x, *parameters) -> y; a noisy layer's random numbers are one more parameter.
        backward: (x, *parameters, dy) -> (dx, *gradients).
        sample: draws inputs, away from the layer's kinks.
    """

    name: str
    layer: Layer
    x: Shape
    forward: Callable[..., np.ndarray]
    backward: Callable[..., tuple[np.ndarray, ...]]
    sample: Sampler = normal

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Inputs:
    """What a layer is run on; the numbers are float32's, so that both dtypes get the same."""

    x: np.ndarray
    parameters: tuple[np.ndarray, ...]
    dy: np.ndarray
    noise: tuple[np.ndarray, ...]  # of a noisy layer, else none
    shared: tuple[bool, ...] = ()  # which parts of it are the same for all examples

    def rows(self, rows: slice) -> "Inputs":
        noise = tuple(
            part if same else part[rows] for part, same in zip(self.noise, self.shared, strict=True)
        )
        return Inputs(self.x[rows], self.parameters, self.dy[rows], noise, self.shared)


@dataclass(frozen=True)
class Outcome:
    """Results of a forward and a backward pass; dx is None where nobody wanted it."""

    y: np.ndarray
    dx: np.ndarray | None
    gradients: tuple[np.ndarray, ...]


@cache
def draw(case: Case, batch: int, seed: int = 0) -> Inputs:
    """Return random inputs, parameters and upstream gradient."""
    generator = np.random.default_rng([seed, batch, *case.x])

    def single(values: np.ndarray) -> np.ndarray:
        return values.astype(np.float32).astype(np.float64)

    noise: list[np.ndarray] = []
    draws = case.layer.draws(case.x) if isinstance(case.layer, Noisy) else ()
    for part in draws:
        drawn = np.empty(part.shape if part.shared else (batch, *part.shape), np.float32)
        part.fill(drawn, generator)
        noise.append(drawn.astype(np.float64))
    return Inputs(
        single(case.sample((batch, *case.x), generator)),
        tuple(single(generator.standard_normal(p.shape)) for p in case.layer.parameters(case.x)),
        single(generator.standard_normal((batch, *case.layer.output_shape(case.x)))),
        tuple(noise),
        tuple(part.shared for part in draws),
    )


@cache
def expected(case: Case, batch: int) -> Outcome:
    """Return the oracle's results."""
    given = draw(case, batch)
    arguments = (given.x, *given.parameters, *given.noise)
    dx, *gradients = case.backward(*arguments, given.dy)
    return Outcome(case.forward(*arguments), dx, tuple(gradients))


class Runner:
    """A layer planned for batches of one size."""

    def __init__(self, case: Case, batch: int, dtype: str, wants_dx: bool = True) -> None:
        make = Buffers(dtype)
        self._layer, self._dtype = case.layer, dtype
        x = make((batch, *case.x))
        dx = make(x.shape) if wants_dx else None
        (self._step,) = plan_sequence([Node("layer", case.layer, case.x)], Ends(x, dx), make, True)

    def run(self, given: Inputs) -> Outcome:
        """Run forward and back; what is to be overwritten holds NaN before."""
        wires, layer = self._step.wires, self._layer
        parameters = tuple(p.astype(self._dtype) for p in given.parameters)
        gradients = tuple(np.full_like(p, np.nan) for p in parameters)
        wires.y.fill(np.nan)
        np.copyto(wires.x, given.x)
        if isinstance(layer, Noisy):
            layer.use(self._step.space, tuple(n.astype(self._dtype) for n in given.noise))
        layer.forward(self._step.space, parameters)
        y = wires.y.copy()
        if wires.dx is not None:
            wires.dx.fill(np.nan)
        if wires.dy is not None:
            np.copyto(wires.dy, given.dy)
            layer.backward(self._step.space, parameters, gradients)
        return Outcome(y, None if wires.dx is None else wires.dx.copy(), gradients)


def error(found: Array, wanted: Array) -> float:
    """Return max|found - wanted| / max|wanted|; NaN counts as infinite."""
    assert found.shape == wanted.shape, f"{found.shape} is not {wanted.shape}"
    largest = float(np.max(np.abs(wanted), initial=0.0)) or 1.0
    difference = float(np.max(np.abs(found - wanted), initial=0.0))
    return difference / largest if np.isfinite(difference) else np.inf


def close(found: Outcome, wanted: Outcome, tolerance: float) -> None:
    """Check all arrays of two outcomes, each by its largest error."""
    assert found.dx is not None
    assert wanted.dx is not None
    pairs = {"y": (found.y, wanted.y), "dx": (found.dx, wanted.dx)}
    for number, pair in enumerate(zip(found.gradients, wanted.gradients, strict=True)):
        pairs[f"gradient {number}"] = pair
    errors = {name: error(*pair) for name, pair in pairs.items()}
    assert max(errors.values()) <= tolerance, errors


def same_bits(found: Outcome, wanted: Outcome) -> None:
    """Check that two outcomes are equal to the last bit, where both have an array."""
    np.testing.assert_array_equal(found.y, wanted.y)
    if found.dx is not None and wanted.dx is not None:
        np.testing.assert_array_equal(found.dx, wanted.dx)
    for one, other in zip(found.gradients, wanted.gradients, strict=True):
        np.testing.assert_array_equal(one, other)


def check_oracle(case: Case, dtype: str, batch: int) -> None:
    """Forward and both gradients equal the oracle's."""
    found = Runner(case, batch, dtype).run(draw(case, batch))
    assert found.y.dtype == dtype
    close(found, expected(case, batch), TOLERANCE[dtype])


def check_used_buffers(case: Case) -> None:
    """Nothing of one batch is left in the next."""
    runner, given = Runner(case, 3, "float64"), draw(case, 3)
    fresh = runner.run(given)
    runner.run(draw(case, 3, seed=1))
    same_bits(runner.run(given), fresh)


def check_chunks(case: Case) -> None:
    """Ragged chunks give the rows of the whole, and gradients that sum to the whole's."""
    given = draw(case, 7)
    whole = Runner(case, 7, "float64").run(given)
    parts = [
        Runner(case, rows.stop - rows.start, "float64").run(given.rows(rows))
        for rows in (slice(0, 3), slice(3, 6), slice(6, 7))
    ]
    sums = tuple(sum(part) for part in zip(*(p.gradients for p in parts), strict=True))
    joined = Outcome(
        np.concatenate([p.y for p in parts]),
        np.concatenate([p.dx for p in parts if p.dx is not None]),
        sums,
    )
    close(joined, whole, 1e-13)


def check_first_layer(case: Case) -> None:
    """Where nobody wants dx, outputs and gradients are the same bits."""
    given = draw(case, 3)
    alone = Runner(case, 3, "float64", wants_dx=False).run(given)
    assert alone.dx is None
    same_bits(alone, Runner(case, 3, "float64").run(given))


def check_direction(case: Case, width: float = 1e-6) -> None:
    """The gradient along a random direction equals a difference of the forward pass."""
    given = draw(case, 3)
    generator = np.random.default_rng(5)
    runner = Runner(case, 3, "float64")
    analytic = runner.run(given)
    values = (given.x, *given.parameters)
    directions = [generator.standard_normal(value.shape) for value in values]

    def moved(by: float) -> float:
        x, *rest = (v + by * d for v, d in zip(values, directions, strict=True))
        return float(np.sum(runner.run(replace(given, x=x, parameters=tuple(rest))).y * given.dy))

    slopes = (analytic.dx, *analytic.gradients)
    along = sum(float(np.sum(s * d)) for s, d in zip(slopes, directions, strict=True))
    difference = (moved(width) - moved(-width)) / (2 * width)
    assert abs(along - difference) <= 1e-7 * max(1.0, abs(along)), (along, difference)
