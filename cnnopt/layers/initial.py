"""Initial values of weights and biases. Drawn in float64, so that float32 and float64 agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cnnopt.arrays import Array, Shape


class Initial(Protocol):
    """A rule for initial values."""

    def draw(
        self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator
    ) -> Array:
        """Return float64 values of `shape`."""
        ...


@dataclass(frozen=True)
class He:
    """Normal with sd sqrt(2 / fan_in), for relu (He et al. 2015, eq. 10).

    PyTorch's default for its layers is another one: uniform in ±1/sqrt(fan_in).
    """

    def draw(
        self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator
    ) -> Array:
        """Return float64 values of `shape`."""
        return generator.standard_normal(shape) * float(np.sqrt(2 / fan_in))


@dataclass(frozen=True)
class Glorot:
    """Uniform in ±sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010, eq. 16); Keras's default."""

    def draw(
        self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator
    ) -> Array:
        """Return float64 values of `shape`."""
        limit = np.sqrt(6 / (fan_in + fan_out))
        return generator.uniform(-limit, limit, shape)


@dataclass(frozen=True)
class LeCun:
    """Normal with sd sqrt(1 / fan_in) (LeCun et al. 1998, section 4.6)."""

    def draw(
        self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator
    ) -> Array:
        """Return float64 values of `shape`."""
        return generator.standard_normal(shape) * float(np.sqrt(1 / fan_in))


@dataclass(frozen=True)
class Orthogonal:
    """A random matrix with orthonormal rows or columns, the fewer of them (Saxe et al. 2014).

    The tensor is seen as a matrix (everything but the last axis, last axis). The signs are fixed
    by the diagonal of R, so that the draw is uniform (Mezzadri 2007).
    """

    def draw(
        self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator
    ) -> Array:
        """Return float64 values of `shape`."""
        rows, columns = int(np.prod(shape[:-1])), shape[-1]
        q, r = np.linalg.qr(generator.standard_normal((max(rows, columns), min(rows, columns))))
        q *= np.sign(np.diag(r))
        return (q if rows >= columns else q.T).reshape(shape)


@dataclass(frozen=True)
class Normal:
    """Normal with mean 0 and the given standard deviation."""

    sd: float

    def draw(
        self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator
    ) -> Array:
        """Return float64 values of `shape`."""
        return generator.standard_normal(shape) * self.sd


@dataclass(frozen=True)
class TruncatedNormal:
    """Normal with mean 0, redrawn where it is beyond 2 sd; `sd` is the one before the cut."""

    sd: float

    def draw(
        self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator
    ) -> Array:
        """Return float64 values of `shape`."""
        values = generator.standard_normal(shape)
        while (beyond := np.abs(values) > 2).any():
            values[beyond] = generator.standard_normal(int(beyond.sum()))
        return values * self.sd


@dataclass(frozen=True)
class Constant:
    """The same value everywhere."""

    value: float

    def draw(
        self, shape: Shape, fan_in: int, fan_out: int, generator: np.random.Generator
    ) -> Array:
        """Return float64 values of `shape`."""
        return np.full(shape, self.value, np.float64)


HE = He()
ZERO = Constant(0.0)
ONE = Constant(1.0)
