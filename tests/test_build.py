"""From a checked config to an experiment: every fault of shapes, and every setting."""

from pathlib import Path
from typing import Any

import pytest

from cnnopt import losses, optimizers, regularizers
from cnnopt.arrays import Shape
from cnnopt.build import Experiment, build
from cnnopt.config import load_config
from cnnopt.errors import ConfigError, ExitCode, Fault
from cnnopt.layers import Bias, Conv, Dense, Dropout, Layer, MaxPool, Relu, Tanh
from cnnopt.optimizers import schedules

IMAGES: Shape = (8, 8, 1)


def built(
    model: list[Any],
    *,
    shape: Shape = IMAGES,
    outputs: int = 10,
    classification: bool = True,
    **keys: Any,
) -> Experiment:
    config = {
        "name": "small",
        "dataset": {"name": "npz", "path": "x.npz"},
        "model": model,
        "loss": "cross_entropy" if classification else "squared_error",
        "optimizer": "sgd",
    }
    return build(load_config(config | keys), shape, outputs, classification)


def conv(**settings: Any) -> dict[str, Any]:
    return {"conv2d": {"filters": 4, "kernel": 3} | settings}


END = ["flatten", {"dense": "classes"}]

# model, input shape, path of the fault, words of the message
FAULTS: dict[str, tuple[list[Any], Shape, str, list[str]]] = {
    "kernel larger than the input": (
        [conv(kernel=9), *END],
        IMAGES,
        "model.0.conv2d",
        ["(9, 9)", "(8, 8, 1)", "padding: same"],
    ),
    "kernel larger than what is left": (
        [conv(), "relu", {"max_pool2d": 2}, conv(kernel=[4, 1]), *END],
        IMAGES,
        "model.3.conv2d",
        ["(4, 1)", "(3, 3, 4)"],
    ),
    "pooling to nothing": (
        [conv(), {"max_pool2d": 4}, {"max_pool2d": 2}, *END],
        IMAGES,
        "model.2.max_pool2d",
        ["(2, 2)", "(1, 1, 4)", "leaves nothing"],
    ),
    "averaging to nothing": (
        [{"avg_pool2d": [1, 9]}, *END],
        IMAGES,
        "model.0.avg_pool2d",
        ["(1, 9)", "(8, 8, 1)"],
    ),
    "dense before flatten": (
        [conv(), {"dense": 5}, "flatten", {"dense": "classes"}],
        IMAGES,
        "model.1.dense",
        ["flat", "(6, 6, 4)", "`flatten`"],
    ),
    "convolution after flatten": (
        ["flatten", conv(), {"dense": "classes"}],
        IMAGES,
        "model.1.conv2d",
        ["2 spatial axes", "(64,)"],
    ),
    "convolution of a table": (
        [conv(), {"dense": "classes"}],
        (13,),
        "model.0.conv2d",
        ["2 spatial axes", "(13,)"],
    ),
    "pooling after dense": (
        ["flatten", {"dense": 9}, {"max_pool2d": 2}, {"dense": "classes"}],
        IMAGES,
        "model.2.max_pool2d",
        ["2 spatial axes", "(9,)"],
    ),
    "too few outputs": (
        ["flatten", {"dense": 9}],
        IMAGES,
        "model.1",
        ["end with 10 numbers", "(9,)", "`dense: classes`"],
    ),
    "an image as output": ([conv(), "relu"], IMAGES, "model.1", ["10 numbers", "(6, 6, 4)"]),
}


def fault_of(**arguments: Any) -> Fault:
    with pytest.raises(ConfigError) as caught:
        built(**arguments)
    assert caught.value.exit_code == ExitCode.USAGE
    (fault,) = caught.value.faults
    assert fault.path in str(caught.value)
    return fault


@pytest.mark.parametrize("case", FAULTS)
def test_layers_that_do_not_fit(case: str) -> None:
    model, shape, path, words = FAULTS[case]
    fault = fault_of(model=model, shape=shape)
    assert fault.path == path
    for word in words:
        assert word in str(fault)
    assert fault.remedy


def test_a_fault_knows_its_line_also_inside_a_repeat(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "name: small\n"
        "dataset: digits\n"
        "model:\n"
        "  - repeat:\n"
        "      times: 4\n"
        "      layers:\n"
        "        - conv2d: {filters: 2, kernel: 3}\n"
        "        - relu\n"
        "  - flatten\n"
        "  - dense: classes\n"
        "loss: cross_entropy\n"
        "optimizer: sgd\n"
    )
    with pytest.raises(ConfigError) as caught:
        build(load_config(file), IMAGES, 10, True)
    (fault,) = caught.value.faults
    assert (fault.line, fault.path) == (7, "model.0.repeat.layers.0.conv2d")
    assert str(fault).startswith(f"{file}:7: ")
    assert "(2, 2, 2)" in str(fault)  # what three of them have left


def test_a_loss_that_does_not_fit_the_data() -> None:
    fault = fault_of(model=END, loss="squared_error")
    assert (fault.path, fault.given) == ("loss", "squared_error")
    assert "Use cross_entropy" in str(fault)
    fault = fault_of(model=END, classification=False, loss="cross_entropy")
    assert "Use squared_error" in str(fault)


def nodes(experiment: Experiment) -> list[tuple[str, Layer]]:
    return [(node.name, node.layer) for node in experiment.network.nodes]


def test_every_setting_of_a_layer_arrives() -> None:
    experiment = built(
        [
            conv(stride=[1, 2], padding=[[1, 0], [0, 1]]),
            {"max_pool2d": {"kernel": [2, 1], "stride": 1}},
            {"conv2d": {"name": "own", "filters": 3, "kernel": [1, 2], "bias": False}},
            "tanh",
            {"dropout": 0.25},
            "flatten",
            {"dense": 7},
            "relu",
            {"dense": "classes"},
        ]
    )
    found = nodes(experiment)
    assert [name for name, _ in found] == [
        *["conv2d_1"] * 2,
        "max_pool2d_1",
        "own",
        "tanh_1",
        "dropout_1",
        "flatten_1",
        *["dense_1"] * 2,
        "relu_1",
        *["dense_2"] * 2,
    ]
    layers = [layer for _, layer in found]
    assert layers[0] == Conv(4, (3, 3), (1, 2), ((1, 0), (0, 1)))
    assert layers[2] == MaxPool((2, 1), (1, 1))
    assert layers[3] == Conv(3, (1, 2))
    assert (layers[4], layers[5]) == (Tanh(), Dropout(0.25))
    assert (layers[7], layers[9]) == (Dense(7), Relu())
    assert (layers[10], layers[11]) == (Dense(10), Bias())


@pytest.mark.parametrize(
    ("settings", "optimizer"),
    [
        ("sgd", optimizers.Sgd(1e-2)),
        ({"sgd": 0.5}, optimizers.Sgd(0.5)),
        ({"momentum": {"learning_rate": 0.1, "momentum": 0.5}}, optimizers.Momentum(0.1, 0.5)),
        ("adam", optimizers.Adam(1e-3, 0.9, 0.999, 1e-8)),
        (
            {"adam": {"learning_rate": 0.1, "beta1": 0.5, "beta2": 0.6, "epsilon": 1e-3}},
            optimizers.Adam(0.1, 0.5, 0.6, 1e-3),
        ),
    ],
)
def test_optimizers(settings: Any, optimizer: optimizers.Optimizer) -> None:
    assert built(END, optimizer=settings).optimizer == optimizer


def test_schedule_loss_and_regularizers() -> None:
    plain = built(END)
    assert (plain.schedule, plain.plateau) == (schedules.Constant(), None)
    assert plain.loss == losses.CrossEntropy()
    assert (plain.penalties, plain.stopping) == ((), None)
    assert built(END, regularizers=[{"l2": 0}]).penalties == ()  # costs nothing
    rich = built(
        END,
        outputs=2,
        classification=False,
        schedule={"cosine": {"warmup": 1.5, "final": 0.1}},
        regularizers=[{"l2": 0.5}, {"early_stopping": {"patience": 3, "min_change": 0.01}}],
        seed=7,
        dataset={"name": "npz", "path": "x.npz", "split_seed": 8},
    )
    assert rich.schedule == schedules.Warmup(schedules.Cosine(0.1), 1.5)
    assert rich.loss == losses.SquaredError()
    assert [each.penalty for each in rich.penalties] == [regularizers.L2(0.5)]
    assert rich.stopping == regularizers.EarlyStopping(3, 0.01)
    assert (rich.seed, rich.split_seed) == (7, 8)
