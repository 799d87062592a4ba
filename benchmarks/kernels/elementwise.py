"""Relu and the logistic function, number by number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.kernels.case import Case, Version
from benchmarks.kernels.chunked import PASSES, Chunked
from cnnopt.arrays import Array
from cnnopt.kernels.sigmoid import sigmoid
from cnnopt.layers import Relu

SHAPE = (16, 14, 14, 64)


def cases() -> list[Case]:
    """Return the cases of relu and of the logistic function."""
    return [_relu(), _sigmoid()]


def _relu() -> Case:
    generator = np.random.default_rng(0)
    x, dy = (generator.standard_normal(SHAPE, np.float32) for _ in range(2))
    y, dx = np.empty_like(x), np.empty_like(x)
    mask = np.empty(SHAPE, np.bool_)

    def choose() -> None:
        y[:] = np.where(x > 0, x, 0)
        dx[:] = np.where(y > 0, dy, 0)

    def copy_where() -> None:
        np.maximum(x, 0, out=y)
        np.greater(y, 0, out=mask)
        dx.fill(0)
        np.copyto(dx, dy, where=mask)

    def by_sign() -> None:
        np.maximum(x, 0, out=y)
        np.sign(y, out=dx)
        np.multiply(dx, dy, out=dx)

    versions = [
        Version(name, _repeated(run), lambda: [y, dx])
        for name, run in (
            ("np.where", choose),
            ("copy where positive", copy_where),
            ("times the sign", by_sign),
        )
    ]
    versions.append(Chunked(Relu(), x, dy, ()).version("times a mask"))
    return Case("relu", " x ".join(map(str, SHAPE)), 0.0, tuple(versions), PASSES)


def _repeated(run: Callable[[], None]) -> Callable[[], None]:
    def passes() -> None:
        for _ in range(PASSES):
            run()

    return passes


def _sigmoid() -> Case:
    from scipy.special import expit

    x = np.random.default_rng(0).standard_normal(SHAPE).astype(np.float32) * 10
    y: Array = np.empty_like(x)
    versions = (
        Version("scipy.special.expit", lambda: expit(x, out=y), lambda: [y]),
        Version("NumPy's exp", lambda: sigmoid(y, x), lambda: [y]),
    )
    return Case("logistic function", " x ".join(map(str, SHAPE)), 1e-6, versions)
