"""The option grids of convolution and pooling: read by the script that writes them and by tests."""

from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Literal

import numpy as np

HERE = Path(__file__).parent
CONVOLUTION_GRID, POOL_GRID = HERE / "convolution_grid.npz", HERE / "pool_grid.npz"

Index = tuple[int, ...]
Pads = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ConvolutionCase:
    """One convolution of the grid; `x` is one input's shape, channels last."""

    batch: int
    x: Index
    filters: int
    kernel: Index
    stride: Index
    padding: Literal["same"] | Pads
    dilation: Index
    groups: int
    flip: bool


@dataclass(frozen=True)
class PoolCase:
    """One pooling of the grid; the padding is the same on both sides, as PyTorch has it."""

    kind: Literal["max", "avg", "global_max", "global_avg"]
    batch: int
    x: Index
    kernel: Index
    stride: Index
    padding: Index
    ceil: bool
    count_padding: bool


CHANNELS = ((2, 3, 1), (4, 6, 2), (3, 6, 3), (1, 2, 1))
"""(channels, filters, groups): plain, grouped, depthwise with two filters each, one channel."""

# extents, kernels, strides, paddings, dilations; every so many of all combinations is taken
CONVOLUTION_AXES: dict[int, tuple[tuple, ...]] = {
    1: (
        ((7,), (10,)),
        ((3,), (4,), (1,)),
        ((1,), (2,), (3,)),
        ("same", ((0, 0),), ((2, 1),)),
        ((1,), (2,)),
    ),
    2: (
        ((7, 6), (5, 8)),
        ((3, 3), (2, 4), (1, 1), (3, 1)),
        ((1, 1), (2, 1), (2, 3)),
        ("same", ((0, 0), (0, 0)), ((1, 1), (1, 1)), ((0, 2), (3, 1))),
        ((1, 1), (2, 1)),
    ),
    3: (
        ((4, 5, 3), (3, 4, 5)),
        ((2, 3, 2), (3, 3, 3), (1, 1, 1)),
        ((1, 1, 1), (2, 1, 2)),
        ("same", ((1, 1), (1, 1), (1, 1)), ((1, 0), (0, 0), (0, 2))),
        ((1, 1, 1), (1, 2, 1)),
    ),
}
EVERY = {1: 11, 2: 19, 3: 13}


def _fits(case: ConvolutionCase) -> bool:
    if case.padding == "same":  # PyTorch knows it for stride 1 only
        return set(case.stride) == {1}
    return all(
        n + sum(pad) > (k - 1) * d
        for n, k, d, pad in zip(case.x[:-1], case.kernel, case.dilation, case.padding, strict=True)
    )


def convolutions() -> list[ConvolutionCase]:
    """Return the grid; batches of 1 and 5 take turns."""
    found: list[ConvolutionCase] = []
    for rank, axes in CONVOLUTION_AXES.items():
        every = list(product(*axes, CHANNELS, (False, True)))
        for n, k, s, p, d, (channels, filters, groups), flip in every[:: EVERY[rank]]:
            batch = 5 if len(found) % 2 else 1
            case = ConvolutionCase(batch, (*n, channels), filters, k, s, p, d, groups, flip)
            if _fits(case):
                found.append(case)
    return found


# extents, kernels, strides, paddings (at most half a kernel)
POOL_AXES: dict[int, tuple[tuple, ...]] = {
    1: (((7, 2), (8, 2)), ((3,), (2,)), ((1,), (2,), (3,)), ((0,), (1,))),
    2: (
        ((7, 6, 2), (5, 8, 1)),
        ((3, 3), (2, 3), (4, 2)),
        ((2, 2), (1, 2), (3, 4)),
        ((0, 0), (1, 1), (1, 0)),
    ),
    3: (
        ((4, 5, 3, 1), (3, 6, 4, 2)),
        ((2, 2, 2), (3, 2, 3)),
        ((2, 2, 2), (1, 3, 2)),
        ((0, 0, 0), (1, 1, 1)),
    ),
}
EVERY_POOL = {1: 1, 2: 3, 3: 3}


def pools() -> list[PoolCase]:
    """Return the grid; each form with and without the options that concern it."""
    found: list[PoolCase] = []
    for rank, axes in POOL_AXES.items():
        every = list(product(*axes, (False, True), ("max", "avg")))
        for number, (x, kernel, stride, padding, ceil, kind) in enumerate(every):
            if (number // 2) % EVERY_POOL[rank]:
                continue
            batch = 5 if len(found) % 3 == 0 else 1
            counts = (False, True) if kind == "avg" and any(padding) else (False,)
            found += [
                PoolCase(kind, batch, x, kernel, stride, padding, ceil, count) for count in counts
            ]
    for x in ((7, 2), (4, 5, 3), (2, 3, 4, 2)):
        still = (x[:-1], (1,) * (len(x) - 1), (0,) * (len(x) - 1), False, False)
        found += [PoolCase("global_max", 5, x, *still), PoolCase("global_avg", 5, x, *still)]
    return found


def pack(cases: list[dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Return all arrays of a name as one, and their shapes (cases, 5), filled up with zeros.

    A file of many small arrays would be mostly headers. What float32 holds exactly is float32.
    """
    packed = {}
    for name in cases[0]:
        arrays = [case[name] for case in cases]
        flat = np.concatenate([array.reshape(-1) for array in arrays])
        single = flat.astype(np.float32)
        packed[name] = single if np.array_equal(single, flat) else flat
        shapes = [array.shape + (0,) * (5 - array.ndim) for array in arrays]
        packed[f"{name}_shapes"] = np.array(shapes, np.int16)
    return packed


def unpack(path: Path) -> list[dict[str, np.ndarray]]:
    """Return the arrays of each case, in float64."""
    with np.load(path) as file:
        packed = {name: file[name] for name in file.files}
    names = [name for name in packed if not name.endswith("_shapes")]
    cases: list[dict[str, np.ndarray]] = [{} for _ in packed[f"{names[0]}_shapes"]]
    for name in names:
        start = 0
        for case, row in zip(cases, packed[f"{name}_shapes"].tolist(), strict=True):
            shape = tuple(extent for extent in row if extent)
            stop = start + int(np.prod(shape))
            case[name] = packed[name][start:stop].reshape(shape).astype(np.float64)
            start = stop
    return cases
