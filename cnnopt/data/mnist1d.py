"""MNIST-1D: ten short signals, padded, stretched, shifted, sheared and noisy; generated or read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.checks import check_finite
from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.plain_pickle import array_of, read_pickle

FILE = "mnist1d_data.pkl"
OFFICIAL_SEED = 42
EXAMPLES, CLASSES, LENGTH = 5_000, 10, 40
TRAINING_SHARE = 0.8
_PADDING = (36, 60)  # zeros behind the template, fewest and most
_SHIFT = 48  # cells that the signal may be turned round by
_SCALE, _SHEAR, _WANDERING, _JITTER = 0.4, 0.75, 0.25, 0.02
_SMOOTHNESS = 2  # cells; standard deviation of the filter that makes the wandering noise
_MARK = 1e-8  # added to the template: tells its cells from the padding's zeros

# Heights of the ten signals at twelve places, the data of the paper's figure 2.
_HEIGHTS = (
    (5, 6, 6.5, 6.75, 7, 7, 7, 7, 6.75, 6.5, 6, 5),
    (5, 3, 3, 3.4, 3.8, 4.2, 4.6, 5, 5.4, 5.8, 5, 5),
    (5, 6, 6.5, 6.5, 6, 5.25, 4.75, 4, 3.5, 3.5, 4, 5),
    (5, 6, 6.5, 6.5, 6, 5, 5, 6, 6.5, 6.5, 6, 5),
    (5, 4.4, 3.8, 3.2, 2.6, 2.6, 5, 5, 5, 5, 5, 5),
    (5, 3, 3, 3, 3, 5, 6, 6.5, 6.5, 6, 4.5, 5),
    (5, 4, 3.5, 3.25, 3, 3, 3, 3, 3.25, 3.5, 4, 5),
    (5, 7, 7, 6.6, 6.2, 5.8, 5.4, 5, 4.6, 4.2, 5, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 4, 3.5, 3.5, 4, 5),
    (5, 4, 3.5, 3.5, 4, 5, 5, 5, 5, 4.7, 4.3, 5),
)


def templates() -> NDArray[np.float64]:
    """Return the ten signals, float64 of shape (10, 12): variance 1/36, each begins at 0."""
    heights = np.array(_HEIGHTS)
    centred = heights - heights.mean(axis=1, keepdims=True)
    scaled = centred / centred.std(axis=1, keepdims=True)
    return np.asarray((scaled - scaled[:, :1]) / 6)


def mnist1d(data_seed: int = OFFICIAL_SEED) -> Dataset:
    """Return 5,000 generated examples: x float64 (5000, 40, 1), the last 1,000 the official test.

    The paper's recipe with its settings. The seed 42 gives the official file's numbers (within
    1e-12): the random numbers are those of NumPy's frozen legacy generator, drawn in its order.

    Args:
        data_seed: which draw, below 2^32.

    Source: S. Greydanus, "Scaling down deep learning", arXiv:2011.14439 (2020).
    """
    generator = np.random.RandomState(data_seed)  # the official file was drawn by it
    per_class = EXAMPLES // CLASSES
    rows = [_signal(generator, each) for each in templates() for _ in range(per_class)]
    order = generator.permutation(EXAMPLES)
    x = np.stack(rows)[order]
    x = (x - x.mean()) / x.std()
    return _dataset(
        x, np.repeat(np.arange(CLASSES), per_class)[order], int(TRAINING_SHARE * EXAMPLES)
    )


def read_mnist1d(path: Path) -> Dataset:
    """Return the set of an official pickle: x float64 (N, L, 1), its test part in `official`.

    Args:
        path: `mnist1d_data.pkl`, or the folder that has it.

    Raises:
        DataError: missing, damaged, not what the official file is, or it asks for more than plain
            arrays.
    """
    file = path / FILE if path.is_dir() else path
    if not file.is_file():
        remedy = "Put it there, or leave dataset.path out: the same numbers are then generated"
        raise data_error(file, "no such file", remedy=remedy)
    content = read_pickle(file)
    parts = []
    for end in ("", "_test"):
        x, y = array_of(file, content, f"x{end}"), array_of(file, content, f"y{end}")
        if x.ndim != 2 or x.dtype.kind != "f" or not x.size:
            rule = "must be numbers of shape (N, length)"
            raise data_error(file, rule, given=f"{x.dtype} {x.shape}", place=f"x{end}")
        check_finite(file, f"x{end}", x)
        if y.shape != x.shape[:1] or y.dtype.kind not in "iu":
            rule = f"must be {len(x)} class numbers"
            raise data_error(file, rule, given=f"{y.dtype} {y.shape}", place=f"y{end}")
        if y.min() < 0 or y.max() >= CLASSES:
            rule = f"must be class numbers from 0 to {CLASSES - 1}"
            raise data_error(file, rule, given=f"{y.min()} to {y.max()}", place=f"y{end}")
        parts.append((x, y))
    (x, y), (x_test, y_test) = parts
    if x.shape[1] != x_test.shape[1]:
        rule = f"must be as long as those of x, {x.shape[1]}"
        raise data_error(file, rule, given=str(x_test.shape[1]), place="x_test")
    return _dataset(np.concatenate([x, x_test]), np.concatenate([y, y_test]), len(x))


def _dataset(x: NDArray[Any], y: NDArray[Any], train: int) -> Dataset:
    official = {"test": np.arange(train, len(x), dtype=np.int64)}
    names = tuple(map(str, range(CLASSES)))
    return Dataset("mnist1d", x[..., None], y.astype(np.int64), names, official)


def _signal(generator: np.random.RandomState, template: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one example, (40,), before all are centred."""
    from scipy.ndimage import gaussian_filter

    fewest, most = _PADDING
    wide = len(template) + most
    zeros = fewest + int(generator.rand() * (most - fewest + 1))
    x = _stretched(np.concatenate([template + _MARK, np.zeros(zeros)]), wide)
    x *= 1 + _SCALE * (generator.rand() - 0.5)
    x = np.roll(x, generator.choice(_SHIFT))
    wandering = gaussian_filter(_WANDERING * generator.randn(wide), _SMOOTHNESS)
    x = np.where(x != 0, x, wandering)
    x += _JITTER * generator.randn(wide)
    x -= _SHEAR * (generator.rand() - 0.5) * np.linspace(-0.5, 0.5, wide)
    return _stretched(x, LENGTH)


def _stretched(x: NDArray[np.float64], length: int) -> NDArray[np.float64]:
    """Return the signal read at `length` even places, straight between its own."""
    return np.interp(np.linspace(0, 1, length), np.linspace(0, 1, len(x)), x)
