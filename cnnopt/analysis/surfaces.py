"""Functions of two weights that show what an optimizer does, each with its gradient and minima.

Value and gradient are polynomials, so they take floats (for a step) and arrays (for contours).
They are written without powers: a float's overflows with an error, a product's is infinite.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import hypot
from typing import Any, TypeAlias

Point: TypeAlias = tuple[float, float]
Value: TypeAlias = Callable[[Any, Any], Any]
Gradient: TypeAlias = Callable[[Any, Any], tuple[Any, Any]]


@dataclass(frozen=True)
class Surface:
    """A function of two weights.

    Attributes:
        name: as `--functions` takes it.
        title: in words.
        formula: for a heading, in w₁ and w₂.
        lesson: what it is there for, in half a sentence.
        value: of (w₁, w₂): floats or arrays of one shape; its lowest value is 0.
        gradient: of (w₁, w₂), both parts.
        minima: all global minima.
        start: where every optimizer begins.
        domain: what a picture shows, (lowest, highest) of w₁ and of w₂.
        convex: whether there is only one valley, without any bend upwards in between.
        saddle: a saddle that the start leads to; None without one.
        noise: standard deviation of what is added to each part of the gradient.
    """

    name: str
    title: str
    formula: str
    lesson: str
    value: Value
    gradient: Gradient
    minima: tuple[Point, ...]
    start: Point
    domain: tuple[Point, Point]
    convex: bool = False
    saddle: Point | None = None
    noise: float = 0.0

    @property
    def sides(self) -> Point:
        """Width and height of the domain."""
        (left, right), (low, high) = self.domain
        return right - left, high - low

    @property
    def diagonal(self) -> float:
        """Length of the domain's diagonal."""
        return hypot(*self.sides)

    @property
    def height(self) -> float:
        """Value at the start: how far there is to fall."""
        return float(self.value(*self.start))


def _bowl(steepness: float) -> tuple[Value, Gradient]:
    """Return (w₁² + steepness·w₂²)/2 and its gradient; the condition number is the steepness."""
    return (
        lambda x, y: (x * x + steepness * y * y) / 2,
        lambda x, y: (x, steepness * y),
    )


def _rosenbrock(x: Any, y: Any) -> Any:
    valley = y - x * x
    return (1 - x) * (1 - x) + 100 * valley * valley


def _rosenbrock_gradient(x: Any, y: Any) -> tuple[Any, Any]:
    valley = y - x * x
    return -2 * (1 - x) - 400 * x * valley, 200 * valley


def _beale_terms(x: Any, y: Any) -> tuple[Any, Any, Any]:
    return 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y


def _beale(x: Any, y: Any) -> Any:
    a, b, c = _beale_terms(x, y)
    return a * a + b * b + c * c


def _beale_gradient(x: Any, y: Any) -> tuple[Any, Any]:
    a, b, c = _beale_terms(x, y)
    return (
        2 * (a * (y - 1) + b * (y * y - 1) + c * (y * y * y - 1)),
        2 * x * (a + 2 * b * y + 3 * c * y * y),
    )


def _saddle(x: Any, y: Any) -> Any:
    return 2 * x * x + (y * y - 1) * (y * y - 1) / 4


def _saddle_gradient(x: Any, y: Any) -> tuple[Any, Any]:
    return 4 * x, y * (y * y - 1)


def _himmelblau(x: Any, y: Any) -> Any:
    a, b = x * x + y - 11, x + y * y - 7
    return a * a + b * b


def _himmelblau_gradient(x: Any, y: Any) -> tuple[Any, Any]:
    a, b = x * x + y - 11, x + y * y - 7
    return 4 * x * a + 2 * b, 2 * a + 4 * y * b


_RAVINE, _RAVINE_GRADIENT = _bowl(50)
_NOISY, _NOISY_GRADIENT = _bowl(5)

SURFACES: dict[str, Surface] = {
    surface.name: surface
    for surface in (
        Surface(
            "ravine",
            "quadratic ravine",
            "(w₁² + 50·w₂²)/2",
            "one direction is 50 times as steep as the other",
            _RAVINE,
            _RAVINE_GRADIENT,
            minima=((0.0, 0.0),),
            start=(-4.03, 1.07),
            domain=((-5.0, 3.0), (-2.1, 1.7)),
            convex=True,
        ),
        Surface(
            "rosenbrock",
            "Rosenbrock's valley",
            "(1 - w₁)² + 100·(w₂ - w₁²)²",
            "a bent valley with a nearly flat floor",
            _rosenbrock,
            _rosenbrock_gradient,
            minima=((1.0, 1.0),),
            start=(-1.2, 1.0),
            domain=((-1.8, 1.8), (-1.3, 2.5)),
        ),
        Surface(
            "beale",
            "Beale's function",
            "(1.5 - w₁ + w₁w₂)² + (2.25 - w₁ + w₁w₂²)² + (2.625 - w₁ + w₁w₂³)²",
            "steep walls around a long flat floor",
            _beale,
            _beale_gradient,
            minima=((3.0, 0.5),),
            start=(1.2, 1.2),
            domain=((-0.4, 4.2), (-1.6, 1.8)),
        ),
        Surface(
            "saddle",
            "saddle",
            "2·w₁² + (w₂² - 1)²/4",
            "the slope leads to a saddle, and the way out begins all but level",
            _saddle,
            _saddle_gradient,
            minima=((0.0, 1.0), (0.0, -1.0)),
            start=(1.2, 0.001),
            domain=((-1.7, 1.7), (-1.6, 1.6)),
            saddle=(0.0, 0.0),
        ),
        Surface(
            "himmelblau",
            "Himmelblau's function",
            "(w₁² + w₂ - 11)² + (w₁ + w₂² - 7)²",
            "four minima of the same depth",
            _himmelblau,
            _himmelblau_gradient,
            minima=(
                (3.0, 2.0),
                (-2.805118086952745, 3.131312518250573),
                (-3.779310253377747, -3.283185991286170),
                (3.584428340330492, -1.848126526964404),
            ),
            start=(-0.3, -0.9),
            domain=((-5.5, 5.5), (-5.0, 5.0)),
        ),
        Surface(
            "noisy",
            "noisy quadratic",
            "(w₁² + 5·w₂²)/2",
            "each gradient has noise of standard deviation 1 on both parts, as with small batches",
            _NOISY,
            _NOISY_GRADIENT,
            minima=((0.0, 0.0),),
            start=(-4.03, 2.07),
            domain=((-5.0, 3.0), (-2.4, 3.0)),
            convex=True,
            noise=1.0,
        ),
    )
}
