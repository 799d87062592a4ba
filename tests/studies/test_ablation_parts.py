"""What is taken out of a config, and that nothing of what stays notices."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import problem, write_npz

from cnnopt.build import build
from cnnopt.config import Config, load_config
from cnnopt.errors import ConfigError, UsageError
from cnnopt.layers import Dropout, SpatialDropout
from cnnopt.network.noise import Noise
from cnnopt.studies.ablation_arms import arms_of
from cnnopt.studies.ablation_parts import chosen_parts, parts_of, with_names, without

DEEP: list[Any] = [
    {"conv2d": {"filters": 4, "kernel": 3, "padding": "same"}},
    "batch_norm",
    "relu",
    {"residual": [{"conv2d": {"filters": 4, "kernel": 3, "padding": "same"}}, "batch_norm",
                  {"spatial_dropout": 0.2}]},
    {"parallel": [[], [{"dropout": 0.1}]]},
    "flatten",
    {"dropout": {"rate": 0.5, "name": "head"}},
    {"drop_connect": {"rate": 0.3, "layer": {"dense": 8}}},
    {"dropout": 0.2},
    {"dropout": 0.3},
    {"dense": "classes"},
]  # fmt: skip
PARTS = ("l2", "early_stopping", "batch_norm", "spatial_dropout", "dropout", "head",
         "drop_connect")  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz")


def deep(data: Path, **changes: Any) -> Config:
    given = {"model": DEEP, "regularizers": [{"l2": 1e-3}, {"early_stopping": 3}]}
    return load_config(problem(data, **given | changes))


def kinds(entries: list[Any]) -> list[str]:
    return [kind for entry in entries for kind in entry]


def network(config: Config) -> Any:
    return build(config, (6, 6, 1), 3, classification=True).network


def initial(config: Config) -> dict[str, np.ndarray]:
    layout = network(config).layout
    return dict(layout.named(layout.initial(7)))


def masks(config: Config) -> dict[str, list[np.ndarray]]:
    """Return what the dropout layers of the model itself draw in a step, by rate."""
    from cnnopt.buffers import Buffers

    nodes = [
        node for node in network(config).nodes if isinstance(node.layer, Dropout | SpatialDropout)
    ]
    noise = Noise(nodes, 5, Buffers(np.float32))
    noise.draw(7, 3)
    return {
        str(node.layer.rate): [np.array(n) for n in noise.rows(place, slice(0, 5))]  # type: ignore[attr-defined]
        for place, node in enumerate(nodes)
    }


def test_regularizers_come_first_then_layers_by_kind_or_name(data: Path) -> None:
    assert parts_of(deep(data).resolved()) == PARTS
    assert chosen_parts(deep(data).resolved(), None) == PARTS
    assert chosen_parts(deep(data).resolved(), ["head", "l2"]) == ("l2", "head")


def test_a_model_without_parts_is_the_plain_one(data: Path) -> None:
    bare = without(with_names(deep(data).resolved()), set(PARTS))
    assert bare["regularizers"] == []
    assert kinds(bare["model"]) == ["conv2d", "relu", "residual", "parallel", "flatten", "dense",
                                    "dense"]  # fmt: skip
    assert kinds(bare["model"][2]["residual"]["layers"]) == ["conv2d"]
    assert bare["model"][3]["parallel"]["branches"] == [[], []]
    load_config(bare)


def test_the_layer_inside_drop_connect_stays_with_its_name(data: Path) -> None:
    named = [*DEEP[:7], {"drop_connect": {"rate": 0.3, "name": "wide", "layer": {"dense": 8}}},
             *DEEP[8:]]  # fmt: skip
    left = without(with_names(deep(data, model=named).resolved()), {"wide"})
    assert left["model"][7]["dense"] == {"name": "wide", "units": 8, "bias": True}


def test_nothing_is_renamed_where_nothing_would_move(data: Path) -> None:
    plain = deep(data, model=["flatten", {"dropout": 0.2}, {"dropout": 0.3}, {"dense": "classes"}])
    assert with_names(plain.resolved()) == plain.resolved()


def test_what_stays_keeps_weights_and_masks(data: Path) -> None:
    arms = arms_of(deep(data), PARTS)
    everything, drawn = initial(arms["all"]), masks(arms["all"])
    assert len(drawn) == 3
    assert len(arms) == 2 + 2 * len(PARTS)
    seen = set()
    for arm in arms.values():
        for name, values in initial(arm).items():
            assert np.array_equal(values, everything[name]), name
        for rate, numbers in masks(arm).items():
            seen.add(rate)
            for mine, theirs in zip(numbers, drawn[rate], strict=True):
                assert np.array_equal(mine, theirs), rate
    assert seen == set(drawn)


def test_without_names_of_their_own_the_others_would_move(data: Path) -> None:
    """The test above can fail: without `with_names` the masks behind `head` are others."""
    base = deep(data).resolved()
    with_head, alone = masks(load_config(base)), masks(load_config(without(base, {"head"})))
    assert any(
        not np.array_equal(a, b) for a, b in zip(with_head["0.2"], alone["0.2"], strict=True)
    )


def test_arms_of_one_part_and_of_two(data: Path) -> None:
    config = deep(data)
    assert list(arms_of(config, ["l2"])) == ["baseline", "l2 alone"]
    two = arms_of(config, ["l2", "head"])
    assert list(two) == ["baseline", "l2 alone", "head alone", "all", "all but l2", "all but head"]
    assert two["all but l2"] == two["head alone"]
    assert kinds(two["baseline"].resolved()["regularizers"]) == ["early_stopping"], "not chosen"
    assert two["all"].regularizers == config.regularizers


@pytest.mark.parametrize(
    ("changes", "wanted", "error", "message"),
    [
        ({"model": ["flatten", {"dense": "classes"}], "regularizers": []}, None, ConfigError,
         "regularizers: there is nothing to ablate. Add `regularizers: [l2: 1e-4]`"),
        ({}, ["haed"], UsageError, "--parts: haed is no part of this config. Did you mean head?"),
        ({}, ["relu"], UsageError, "--parts: relu is no part of this config. Known: l2, "),
        ({}, ["l2", "l2"], UsageError, "--parts: must be different parts, got l2, l2."),
        ({}, [], UsageError, "--parts: must be different parts, got nothing."),
        ({"model": ["flatten", {"dropout": {"rate": 0.1, "name": "l2"}}, {"dense": "classes"}]},
         None, ConfigError, "model: is the name of a regularizer too"),
    ],
)  # fmt: skip
def test_what_is_refused(
    data: Path, changes: dict[str, Any], wanted: Any, error: type, message: str
) -> None:
    with pytest.raises(error) as refused:
        chosen_parts(deep(data, **changes).resolved(), wanted)
    assert message in str(refused.value)


def test_an_arm_that_is_no_config_is_named(data: Path) -> None:
    hollow = ["flatten", {"residual": [{"dropout": 0.1}]}, {"dense": "classes"}]
    with pytest.raises(ConfigError, match=r"^arm baseline: model\.1\.residual"):
        arms_of(deep(data, model=hollow), ["l2", "dropout"])
