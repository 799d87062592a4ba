"""Convolution and pooling against PyTorch's numbers over grids of all options."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from golden import grid_settings as grid
from harness import TOLERANCE, Case, Inputs, Runner, error

from cnnopt.layers import AvgPool, Conv, GlobalAvgPool, GlobalMaxPool, Layer, MaxPool

CONVOLUTIONS, POOLS = grid.convolutions(), grid.pools()


@cache
def stored(path: Path) -> list[dict[str, np.ndarray]]:
    return grid.unpack(path)


def nothing(*arrays: np.ndarray) -> np.ndarray:
    raise AssertionError("PyTorch is the oracle here")


def compare(layer: Layer, wanted: dict[str, np.ndarray], dtype: str) -> None:
    x = wanted["x"]
    parameters = (wanted["weight"],) if "weight" in wanted else ()
    runner = Runner(Case("golden", layer, x.shape[1:], nothing, nothing), len(x), dtype)
    found = runner.run(Inputs(x, parameters, wanted["dy"], ()))
    assert found.dx is not None
    errors = {"y": error(found.y, wanted["y"]), "dx": error(found.dx, wanted["dx"])}
    if "weight" in wanted:
        errors["dweight"] = error(found.gradients[0], wanted["dweight"])
    assert max(errors.values()) <= TOLERANCE[dtype], errors


def test_the_grids_are_as_large_as_what_is_stored() -> None:
    assert len(CONVOLUTIONS) == len(stored(grid.CONVOLUTION_GRID)) >= 150
    assert len(POOLS) == len(stored(grid.POOL_GRID)) >= 200
    for names, cases in (
        (("kernel", "stride", "padding", "dilation", "groups", "flip", "batch"), CONVOLUTIONS),
        (("kind", "kernel", "stride", "padding", "ceil", "count_padding", "batch"), POOLS),
    ):
        for rank in (1, 2, 3):
            ranked: Sequence[object] = [case for case in cases if len(case.kernel) == rank]
            for name in names:
                assert len({getattr(case, name) for case in ranked}) >= 2, (rank, name)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("number", range(len(CONVOLUTIONS)))
def test_convolutions_give_pytorchs_numbers(number: int, dtype: str) -> None:
    case = CONVOLUTIONS[number]
    layer = Conv(
        case.filters,
        case.kernel,
        case.stride,
        case.padding,
        dilation=case.dilation,
        groups=case.groups,
        flip=case.flip,
    )
    compare(layer, stored(grid.CONVOLUTION_GRID)[number], dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("number", range(len(POOLS)))
def test_pools_give_pytorchs_numbers(number: int, dtype: str) -> None:
    case = POOLS[number]
    if case.kind.startswith("global"):
        layer: Layer = GlobalMaxPool() if case.kind == "global_max" else GlobalAvgPool()
        compare(layer, stored(grid.POOL_GRID)[number], dtype)
        return
    window = (case.kernel, case.stride, tuple((pad, pad) for pad in case.padding), case.ceil)
    layer = MaxPool(*window) if case.kind == "max" else AvgPool(*window, case.count_padding)
    compare(layer, stored(grid.POOL_GRID)[number], dtype)
