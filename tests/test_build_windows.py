"""Convolution and pooling on their way from the config to layers: no setting is lost."""

from typing import Any

import pytest

from cnnopt.build import build
from cnnopt.config import load_config
from cnnopt.errors import ConfigError
from cnnopt.layers import AvgPool, Bias, Conv, GlobalAvgPool, GlobalMaxPool, Layer, MaxPool
from cnnopt.layers.initial import Glorot

SHAPES = {1: (9, 4), 2: (9, 8, 4), 3: (9, 8, 7, 4)}
PADS = {1: ((2, 1),), 2: ((2, 1), (1, 1)), 3: ((2, 1), (1, 1), (0, 1))}


def built(entry: dict[str, Any], shape: tuple[int, ...]) -> list[Layer]:
    """Return the layers that one entry becomes in front of a dense one."""
    config = load_config(
        {
            "dataset": "digits",
            "model": [entry, "flatten", {"dense": "classes"}],
            "loss": "cross_entropy",
            "optimizer": "adam",
        }
    )
    nodes = build(config, shape, 10, classification=True).network.nodes
    return [node.layer for node in nodes][:-3]


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolutions(rank: int) -> None:
    kernel, stride, dilation = (3, 2, 1)[:rank], (2, 1, 3)[:rank], (1, 2, 3)[:rank]
    settings = {"filters": 6, "kernel": list(kernel), "stride": list(stride)}
    more = {"dilation": list(dilation), "groups": 2, "flip": True, "initial": "glorot"}
    padding = [list(pad) for pad in PADS[rank]]
    entry = {f"conv{rank}d": {**settings, **more, "padding": padding, "bias": False}}
    assert built(entry, SHAPES[rank]) == [
        Conv(6, kernel, stride, PADS[rank], Glorot(), dilation, 2, True)
    ]
    short = built({f"conv{rank}d": {"filters": 6, "kernel": 3, "padding": "same"}}, SHAPES[rank])
    assert short == [Conv(6, (3,) * rank, padding="same"), Bias()]


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_pools(rank: int) -> None:
    kernel, stride = (3, 2, 3)[:rank], (2, 1, 3)[:rank]
    settings: dict[str, Any] = {"kernel": list(kernel), "stride": list(stride), "ceil": True}
    settings["padding"] = [list(pad) for pad in PADS[rank]]
    window = (kernel, stride, PADS[rank], True)
    assert built({f"max_pool{rank}d": settings}, SHAPES[rank]) == [MaxPool(*window)]
    entry = {f"avg_pool{rank}d": settings | {"count_padding": True}}
    assert built(entry, SHAPES[rank]) == [AvgPool(*window, True)]
    both = (2,) * rank
    assert built({f"max_pool{rank}d": 2}, SHAPES[rank]) == [MaxPool(both, both)]
    assert built({f"avg_pool{rank}d": 2}, SHAPES[rank]) == [AvgPool(both, both)]
    for name, layer in (("global_avg_pool", GlobalAvgPool()), ("global_max_pool", GlobalMaxPool())):
        assert built({name: {}}, SHAPES[rank]) == [layer]


@pytest.mark.parametrize(
    ("entry", "path", "words"),
    [
        (
            {"conv1d": {"filters": 4, "kernel": 3}},
            "model.0.conv1d",
            ["1 spatial axis", "(9, 8, 4)"],
        ),
        ({"conv3d": {"filters": 4, "kernel": 3}}, "model.0.conv3d", ["3 spatial axes"]),
        (
            {"conv2d": {"filters": 6, "kernel": 3, "groups": 3}},
            "model.0.conv2d",
            ["4 channels", "3 equal groups", "divides both 4 and 6"],
        ),
        (
            {"max_pool2d": {"kernel": 2, "padding": 2}},
            "model.0.max_pool2d",
            ["(2, 2)", "(9, 8, 4)", "at most 1"],
        ),
        ({"conv2d": {"filters": 4, "kernel": 3, "dilation": 5}}, "model.0.conv2d", ["(11, 11)"]),
    ],
)
def test_shapes_that_do_not_fit_name_the_layer(
    entry: dict[str, Any], path: str, words: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        built(entry, SHAPES[2])
    (fault,) = caught.value.faults
    assert fault.path == path
    for word in words:
        assert word in str(fault)
