"""What a search tries: for each path of the config its values, or a range of numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from cnnopt.config.node import Scalar
from cnnopt.config.scalars import NumberTooLong, meaning
from cnnopt.errors import ConfigError, Fault
from cnnopt.studies.values import split_values

OPTION = "--space"
DIGITS = 4
"""Significant digits of a number that is drawn: finer than any difference that shows."""
HOW = "Write log(1e-4, 1e-1), uniform(0, 0.5), int(8, 64), log_int(8, 128) or values: 16,32,64"
FIXED = {
    "dataset": "all trials have to be judged on the same examples",
    "seed": "trials differ by their settings alone",
    "name": "it changes no result",
    "cv": "a search makes no folds",
    "extends": "it is not a setting",
}
"""What no search can vary, by the first step of its path, and why."""

_RANGE = re.compile(r"(log_int|log|int|uniform)\s*\((.*)\)", re.DOTALL)
_CALL = re.compile(r"[A-Za-z_]+\s*\(.*")


@dataclass(frozen=True)
class Choices:
    """Some values, none nearer to another than to the rest.

    Attributes:
        values: two or more, as `--set` takes them.
    """

    values: tuple[str, ...]

    def draw(self, generator: np.random.Generator) -> str:
        """Return one of them, each as probable as any other."""
        return self.values[int(generator.integers(len(self.values)))]

    def grid(self) -> tuple[str, ...]:
        """Return all of them."""
        return self.values

    def ends(self) -> tuple[str, ...]:
        """Return all of them: each may be no config."""
        return self.values


@dataclass(frozen=True)
class Range:
    """Numbers between two ends, which belong to it.

    Attributes:
        low, high: the ends, low < high; above 0 where `log`.
        log: uniform in the logarithm, else in the number itself.
        whole: whole numbers alone.
        points: of a grid, at least 2; None: all whole numbers.
    """

    low: float
    high: float
    log: bool
    whole: bool
    points: int | None = None

    def draw(self, generator: np.random.Generator) -> str:
        """Return a number as text that YAML reads as the same number.

        Whole numbers n are drawn as the range from n - 1/2 to n + 1/2, so that both ends are as
        probable as their neighbours.
        """
        half = 0.5 if self.whole else 0.0
        low, high = self._scale(self.low - half), self._scale(self.high + half)
        return self._text(self._unscale(generator.uniform(low, high)))

    def grid(self) -> tuple[str, ...]:
        """Return the points of a grid, evenly spaced on the range's scale."""
        if self.points is None:
            return tuple(str(n) for n in range(int(self.low), int(self.high) + 1))
        places = np.linspace(self._scale(self.low), self._scale(self.high), self.points)
        return tuple(dict.fromkeys(self._text(self._unscale(float(p))) for p in places))

    def ends(self) -> tuple[str, ...]:
        """Return the lowest and the highest number."""
        return self._text(self.low), self._text(self.high)

    def place(self, text: str) -> float:
        """Return where a number stands in the range, from 0 to 1, on the range's scale."""
        low, high = self._scale(self.low), self._scale(self.high)
        return (self._scale(float(text)) - low) / (high - low)

    def _scale(self, value: float) -> float:
        return math.log(value) if self.log else value

    def _unscale(self, value: float) -> float:
        return math.exp(value) if self.log else value

    def _text(self, value: float) -> str:
        if self.whole:
            return str(int(min(max(math.floor(value + 0.5), self.low), self.high)))
        rounded = min(max(float(f"{value:.{DIGITS}g}"), self.low), self.high)
        return repr(rounded)


Axis = Choices | Range


def read_space(space: Mapping[str, str], *, grid: bool = False) -> dict[str, Axis]:
    """Return the axes of a space.

    Args:
        space: by path, a range or values as text.
        grid: whether each axis has to have a number of points.

    Raises:
        ConfigError: no path at all, or what stands there is no axis; all faults at once.
    """
    axes: dict[str, Axis] = {}
    faults: list[Fault] = []
    if not space:
        remedy = "Write --space optimizer.adam.learning_rate='log(1e-4, 1e-1)', for instance"
        raise ConfigError(Fault("", "needs one or more settings to vary", "", remedy, OPTION))
    for path, text in space.items():
        try:
            axes[path] = _axis(path, text, grid)
        except ConfigError as error:
            faults.extend(error.faults)
    if faults:
        raise ConfigError(*faults)
    return axes


def short_names(paths: Mapping[str, Axis]) -> dict[str, str]:
    """Return what people call the settings: as many of the path's last steps as tell them apart.

    Example:
        >>> both = Choices(("1", "2"))
        >>> list(short_names({"optimizer.adam.epsilon": both, "variables.width": both}).values())
        ['epsilon', 'width']
    """
    names = {}
    for path in paths:
        steps = path.split(".")
        others = [other.split(".") for other in paths if other != path]
        length = 1
        while length < len(steps) and (
            steps[-length].isdecimal() or any(o[-length:] == steps[-length:] for o in others)
        ):
            length += 1
        names[path] = ".".join(steps[-length:])
    return names


def _axis(path: str, text: str, grid: bool) -> Axis:
    def fault(rule: str, remedy: str = "") -> ConfigError:
        return ConfigError(Fault(path, rule, f"'{text}'", remedy, OPTION))

    if why := FIXED.get(path.partition(".")[0]) or _selects(path):
        raise ConfigError(Fault(path, f"cannot be searched: {why}", "", "Use --set", OPTION))
    if match := _RANGE.fullmatch(text.strip()):
        return _range(match[1], split_values(match[2]), grid, fault)
    if _CALL.fullmatch(text.strip()):
        raise fault("must be values or one of log, uniform, int and log_int", HOW)
    values = split_values(text)
    if len(values) < 2:
        raise fault("must have two or more values", HOW)
    if len({repr(_read(value)) for value in values}) < len(values):
        raise fault("must have different values")
    return Choices(values)


def _read(text: str) -> Scalar:
    """Return what a value means; what is too long for a number is text."""
    try:
        return meaning(text)
    except NumberTooLong:
        return text


def _selects(path: str) -> str:
    if path == "training.select" or path.startswith("training.select."):
        return "trials that select by different values cannot be ranked"
    return ""


def _range(
    name: str, given: tuple[str, ...], grid: bool, fault: Callable[..., ConfigError]
) -> Range:
    log, whole = name.startswith("log"), name.endswith("int")
    read = [_read(each) for each in given]
    numbers = [n for n in read if isinstance(n, int | float) and not isinstance(n, bool)]
    if len(numbers) not in (2, 3) or len(read) != len(numbers):
        raise fault(f"must read {name}(LOW, HIGH), with numbers", HOW)
    low, high = float(numbers[0]), float(numbers[1])
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise fault("must have a lower end below its higher one")
    if log and low <= 0:
        raise fault("must have a lower end above 0 on a logarithmic scale", "Use uniform or int")
    if whole and not (low.is_integer() and high.is_integer()):
        raise fault("must have whole numbers for ends")
    points = numbers[2] if len(numbers) == 3 else None
    if points is not None and not grid:
        remedy = f"Write {name}({given[0]}, {given[1]}), or use --method grid"
        raise fault("has a number of points, which a grid alone needs", remedy)
    if points is not None and (not isinstance(points, int) or points < 2):
        raise fault("must have a whole number of points, at least 2")
    if grid and points is None and name != "int":
        remedy = f"Write {name}({given[0]}, {given[1]}, 5), for instance"
        raise fault("must have a number of points for a grid", remedy)
    return Range(low, high, log, whole, points if isinstance(points, int) else None)
