"""A description adds up: to the network's own numbers, and to the bytes really taken."""

import io
import json
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
from analysed import nested, plain
from rich.console import Console

from cnnopt import buffers
from cnnopt.analysis.describe import Description, describe_config
from cnnopt.analysis.memory import bytes_by_layer, memory_of
from cnnopt.buffers import Buffers
from cnnopt.config import load_config
from cnnopt.display.description import show_description, size
from cnnopt.files import to_json
from cnnopt.layers.sequence import Ends, plan_sequence
from cnnopt.network import Crew, Network
from cnnopt.training.batches import Batches
from cnnopt.training.stepper import Stepper
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import load_data

SMALL: dict[str, Any] = {
    "name": "small",
    "dataset": {"name": "digits", "limit": 400},
    "model": [
        {"conv2d": {"filters": 4, "kernel": 3, "padding": "same"}},
        "relu",
        {"conv2d": {"filters": 8, "kernel": [3, 2], "stride": 2, "name": "second"}},
        "batch_norm",
        "relu",
        "flatten",
        {"dropout": 0.2},
        {"dense": "classes"},
    ],
    "loss": "cross_entropy",
    "optimizer": "adam",
    "training": {"epochs": 3, "batch_size": 32},
}


def prepared(**changes: Any) -> Prepared:
    config = load_config(SMALL | changes)
    return prepare_trial(config, None, load_data(config))


@pytest.fixture(scope="module")
def small() -> Description:
    return describe_config(load_config(SMALL), 1)


@pytest.mark.parametrize("network", [plain(), nested()], ids=["plain", "nested"])
def test_the_bytes_of_the_layers_are_those_of_the_plan(network: Network) -> None:
    make = Buffers(np.float32)
    x = make((1, *network.input_shape))
    steps = plan_sequence(network.run_order, Ends(x), make, training=True)
    found = bytes_by_layer(network.run_order)
    assert list(found) == list(dict.fromkeys(node.name for node in network.run_order))
    total = sum(layer.activations + layer.buffers for layer in found.values())
    assert total == make.nbytes - x.nbytes
    outputs = [step.wires.y for step in steps if not np.shares_memory(step.wires.y, step.wires.x)]
    assert sum(layer.activations for layer in found.values()) == sum(y.nbytes for y in outputs)


def test_totals_are_the_network_s(small: Description) -> None:
    network = prepared().experiment.network
    assert small.total("parameters") == network.parameters
    assert small.total("multiply_adds") == network.multiply_adds
    assert small.total("statistics") == network.layout.total - network.parameters == 16
    assert small.total("optimizer_bytes") == small.memory.optimizer == 8 * network.parameters
    assert [layer.name for layer in small.layers] == [
        "conv2d_1", "relu_1", "second", "batch_norm_1", "relu_2", "flatten_1", "dropout_1",
        "dense_1",
    ]  # fmt: skip
    assert small.layers[-1].output == network.output_shape


def test_numbers_worked_by_hand(small: Description) -> None:
    first, relu, second, *_ = small.layers
    assert (first.kind, first.output, first.parameters) == ("conv2d", (8, 8, 4), 3 * 3 * 4 + 4)
    assert first.multiply_adds == 8 * 8 * 9 * 4
    assert first.activation_bytes == 8 * 8 * 4 * 4
    assert relu.activation_bytes == 0, "relu works in place"
    assert second.output == (3, 4, 8)
    assert second.formulas == ("3 = ⌊(8 + 2·0 - 3)/2⌋ + 1", "4 = (8 + 2·0 - 2)/2 + 1")
    assert second.receptive_field == (5, 4)
    assert small.layers[-1].receptive_field is None
    assert small.slots == ("mean", "square")
    assert small.steps_per_epoch == -(-small.rows["train"] // 32)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("batch", [20, 32, "full"])
def test_the_memory_of_a_step_is_what_it_takes(
    optimizer: str, batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Against the interpreter's own count: a training really made, and a pass of all batches."""
    monkeypatch.setattr(buffers, "MAPPED", sys.maxsize)  # mappings are not traced
    trial = prepared(optimizer=optimizer, training={"epochs": 1, "batch_size": batch})
    train = trial.task.parts["train"]
    memory = memory_of(trial)
    own = memory.weights // 2 + memory.gradient + memory.optimizer + memory.plan
    batches = Batches(len(train), len(train) if batch == "full" else batch, "never", 0)
    with Crew(1) as crew:
        Stepper(trial.experiment, train, batches, 1, crew).step(1)  # what is made only once
        tracemalloc.start()
        try:
            stepper = Stepper(trial.experiment, train, batches, 1, crew)
            for step in range(1, batches.per_pass + 1):
                stepper.step(step)
            taken, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    # Targets of all examples, scratch of the optimizer and Python's own objects come on top.
    assert own < taken < 1.15 * own + 150_000


def test_parts_of_the_memory(small: Description) -> None:
    trial = prepared()
    memory = small.memory
    assert memory.weights == 2 * 4 * trial.experiment.network.layout.total
    parts = sum(part.x.nbytes for part in trial.task.parts.values())
    assert memory.data == parts + trial.data.x.nbytes
    assert memory.evaluation > 0
    assert memory.total == sum(
        (memory.weights, memory.gradient, memory.optimizer, memory.plan, memory.evaluation,
         memory.data)
    )  # fmt: skip


def test_time_is_told_for_an_epoch_and_for_all(small: Description) -> None:
    time = small.time
    assert time is not None
    assert time.threads == 1
    assert 0 < time.step < time.epoch < time.training
    assert time.epoch >= small.steps_per_epoch * time.step
    assert time.training == pytest.approx(3 * time.epoch)


def test_a_network_that_diverges_at_once_has_no_time() -> None:
    bad = {"initial": {"weights": {"normal": 1e30}}}
    found = describe_config(load_config(SMALL | bad), 1)
    assert found.time is None
    assert "smaller learning rate" in shown(found)


def test_the_document_is_json_and_whole(small: Description) -> None:
    document = json.loads(to_json(small.to_json()))
    assert document["command"] == "describe"
    assert document["totals"]["parameters"] == small.total("parameters")
    assert document["memory"]["total"] == small.memory.total
    assert document["layers"][0]["formulas"][0] == "8 = (8 + 2·1 - 3)/1 + 1"
    assert document["layers"][-1]["receptive_field"] is None
    assert document["dense_twin"]["parameters"] > document["totals"]["parameters"]
    runs = [layer["runs"] for layer in document["layers"]]
    few = {"algorithm": "im2col, position by position", "reason": "1 channel is few", "notes": []}
    assert runs[0] == few
    assert runs[2] == few | {"reason": "4 channels are few"}
    assert document["cut"]["batch"] == 32
    assert document["cut"]["stages"][1]["layers"][0] == "batch_norm_1"


def shown(description: Description) -> str:
    console = Console(file=io.StringIO(), width=80, highlight=False, markup=False)
    show_description(console, description)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


BLOCKS = [
    {"conv2d": {"filters": 512, "kernel": 3, "padding": "same"}},
    {"residual": ["batch_norm", {"conv2d": {"filters": 1024, "kernel": 3, "padding": "same"}}]},
    {"parallel": [[{"conv2d": {"filters": 2, "kernel": 5, "padding": "same", "dilation": 2}}], []]},
    "flatten",
    {"dense": "classes"},
]


@pytest.mark.parametrize("model", [SMALL["model"], BLOCKS], ids=["small", "blocks"])
def test_it_fits_into_80_columns(model: Any) -> None:
    text = shown(describe_config(load_config(SMALL | {"model": model}), 1))
    assert not [line for line in text.splitlines() if len(line.rstrip()) > 80]
    assert "…" not in text
    assert "8 = (8 + 2·1 - 3)/1 + 1" in text
    assert "Parameter sharing" in text
    assert "\nHow each layer runs, and why\n" in text
    assert "\nA batch of 32 examples is " in text


def test_axes_that_differ_are_told_apart(small: Description) -> None:
    text = shown(small)
    assert "height: 3 = ⌊(8 + 2·0 - 3)/2⌋ + 1" in text
    assert "width: 4 = (8 + 2·0 - 2)/2 + 1" in text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"), (1, "1 B"), (999, "999 B"), (1000, "1.00 kB"), (9994, "9.99 kB"),
        (9996, "10.0 kB"), (99_960, "100 kB"), (999_499, "999 kB"), (999_600, "1.00 MB"),
        (48_493_304, "48.5 MB"), (2_000_000_000, "2.00 GB"), (3 * 10**12, "3.00 TB"),
        (4 * 10**15, "4000 TB"),
    ],
)  # fmt: skip
def test_sizes_have_three_digits(number: int, text: str) -> None:
    assert size(number) == text
