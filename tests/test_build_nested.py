"""From nested settings to layers inside layers: names, projections, places of faults, pairing."""

from typing import Any

import numpy as np
import pytest
from test_build import IMAGES, built, conv
from test_starting_weights import parameters

from cnnopt.errors import ConfigError
from cnnopt.layers import Conv, Dense, DropConnect, Parallel, Residual
from cnnopt.layers.initial import LeCun
from cnnopt.network import partition

END = ["flatten", {"dense": "classes"}]
SAME = conv(padding="same")


def names(*model: Any) -> list[str]:
    return [slot.name for slot in built([*model, *END]).network.layout.slots]


def test_layers_inside_are_counted_in_their_own_list() -> None:
    block = {"residual": [SAME, {"group_norm": 2}, "relu", SAME]}
    first = [
        "residual_1.conv2d_1.weight",
        "residual_1.conv2d_1.bias",
        "residual_1.group_norm_1.scale",
        "residual_1.group_norm_1.shift",
        "residual_1.conv2d_2.weight",
        "residual_1.conv2d_2.bias",
    ]
    end = ["dense_1.weight", "dense_1.bias"]
    projection = ["residual_1.projection.weight"]
    second = [name.replace("residual_1", "residual_2") for name in first]
    assert names(block, block) == [*first, *projection, *second, *end]
    named = {"residual": {"name": "stem", "layers": [{"conv2d": SAME["conv2d"] | {"name": "a"}}]}}
    assert names(named)[:3] == ["stem.a.weight", "stem.a.bias", "stem.projection.weight"]
    branches = {"parallel": [[SAME], [], ["relu", SAME]]}
    assert [name for name in names(branches) if name.endswith("weight")] == [
        "parallel_1.branch_1.conv2d_1.weight",
        "parallel_1.branch_3.conv2d_1.weight",
        "dense_1.weight",
    ]


def test_repeats_inside_have_weights_of_their_own() -> None:
    block = {"residual": [{"repeat": {"times": 3, "layers": [conv(padding="same", bias=False)]}}]}
    assert [
        name for name in names({"repeat": {"times": 2, "layers": [block]}}) if "conv" in name
    ] == [f"residual_{block}.conv2d_{layer}.weight" for block in (1, 2) for layer in (1, 2, 3)]


def residual(*inside: Any, shape: tuple[int, ...] = IMAGES) -> Any:
    node = built([{"residual": list(inside)}, *END], shape=shape, initial="lecun").network.nodes[0]
    assert isinstance(node.layer, Residual)
    (*_, last) = node.layer.inside(node.x)
    return last.layer


@pytest.mark.parametrize(
    ("inside", "stride"),
    [
        ([SAME], (1, 1)),
        ([conv(padding="same", stride=2)], (2, 2)),
        ([conv(padding="same", stride=[1, 3])], (1, 3)),
        ([SAME, {"max_pool2d": 2}, {"avg_pool2d": 2}], (4, 4)),
    ],
)
def test_a_projection_has_the_stride_that_fits(inside: list[Any], stride: tuple[int, int]) -> None:
    assert residual(*inside) == Conv(4, (1, 1), stride, initial=LeCun())


def test_a_projection_of_flat_inputs_is_dense() -> None:
    assert residual({"dense": 5}, shape=(7,)) == Dense(5, LeCun())


FAULTS = [
    (
        [{"residual": ["relu", conv(kernel=9)]}, *END],
        "model.0.residual.1.conv2d",
        ["(9, 9)", "padding: same"],
    ),
    ([{"residual": [conv()]}, *END], "model.0.residual", ["(6, 6, 4)", "(8, 8, 1)", "no stride"]),
    ([{"residual": ["flatten"]}, {"dense": "classes"}], "model.0.residual", ["number of axes"]),
    (
        [{"parallel": [[SAME], [conv()]]}, *END],
        "model.0.parallel",
        ["branch 1 makes (8, 8, 4), branch 2 (6, 6, 4)"],
    ),
    (
        [{"parallel": [[], ["relu", {"parallel": [[{"group_norm": 2}]]}]]}, *END],
        "model.0.parallel.1.1.parallel.0.0.group_norm",
        ["2 groups do not divide the 1 channels", "Use one of 1"],
    ),
    (
        ["flatten", {"spatial_dropout": 0.5}, {"dense": "classes"}],
        "model.1.spatial_dropout",
        ["spatial axes"],
    ),
    (
        [{"drop_connect": {"rate": 0.5, "layer": {"dense": 3}}}, *END],
        "model.0.drop_connect",
        ["flat inputs"],
    ),
]


@pytest.mark.parametrize(("model", "path", "words"), FAULTS, ids=[path for _, path, _ in FAULTS])
def test_a_fault_of_shapes_says_where(model: list[Any], path: str, words: list[str]) -> None:
    with pytest.raises(ConfigError) as caught:
        built(model)
    (fault,) = caught.value.faults
    assert fault.path == path
    for word in words:
        assert word in f"{fault.rule} {fault.remedy}"


def test_a_fault_in_a_repeat_inside_is_where_it_was_written() -> None:
    inside = [{"repeat": {"times": 4, "layers": [conv(kernel=3, filters=1)]}}]
    with pytest.raises(ConfigError) as caught:
        built([{"residual": inside}, *END])
    assert caught.value.faults[0].path == "model.0.residual.0.repeat.layers.0.conv2d"


def test_classes_are_known_inside() -> None:
    model = ["flatten", {"drop_connect": {"rate": 0.5, "layer": {"dense": "classes"}}}]
    *_, masked, bias = built(model, outputs=7).network.nodes
    assert isinstance(masked.layer, DropConnect)
    assert masked.y == bias.y == (7,)
    node = built(["flatten", {"parallel": [[{"dense": "classes"}]]}], outputs=7).network.nodes[-1]
    assert isinstance(node.layer, Parallel)
    assert node.y == (7,)


def test_drop_connect_on_or_off_starts_from_the_same_weights() -> None:
    """It bears the name of the layer inside, so that the arms of a comparison stay paired."""

    def model(dropped: bool) -> list[Any]:
        hidden = {"dense": 5}
        wrapped = {"drop_connect": {"rate": 0.5, "layer": hidden}}
        return [
            "flatten",
            {"dense": 8},
            "relu",
            wrapped if dropped else hidden,
            {"dense": "classes"},
        ]

    on, off = parameters(model(True)), parameters(model(False))
    assert list(on) == list(off)
    for name, values in on.items():
        np.testing.assert_array_equal(values, off[name])
    named = [{"drop_connect": {"rate": 0.5, "name": "a", "layer": {"dense": "classes"}}}]
    assert list(parameters(["flatten", *named])) == ["a.weight", "a.bias"]


def test_many_dropped_weights_are_as_wide_as_many_weights() -> None:
    for layer in ({"dense": 9000}, {"drop_connect": {"rate": 0.5, "layer": {"dense": 9000}}}):
        nodes = built([conv(), "flatten", layer, {"dense": "classes"}]).network.nodes
        stages = partition.cut_stages(nodes)
        assert [stage.wide for stage in stages][:2] == [False, True]
        assert all(stage.wide for stage in stages[1:])
