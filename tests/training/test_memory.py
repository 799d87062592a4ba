"""A step makes no arrays: buffers are planned, the rest is small change."""

import subprocess
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
from training_problems import experiment, part

from cnnopt import buffers
from cnnopt.network import Crew
from cnnopt.training.batches import Batches
from cnnopt.training.stepper import Stepper

MODELS: dict[str, tuple[tuple[int, ...], list[Any]]] = {
    "cnn": (
        (12, 12, 1),
        [
            {"conv2d": {"filters": 16, "kernel": 3, "padding": "same"}},
            "relu",
            {"max_pool2d": 2},
            {"conv2d": {"filters": 32, "kernel": 3, "padding": "same"}},
            "tanh",
            {"dropout": 0.3},
            {"conv2d": {"filters": 32, "kernel": 5}},
            "relu",
            {"max_pool2d": {"kernel": 2, "stride": 1}},
            "flatten",
            {"dense": 64},
            "relu",
            {"dense": "classes"},
        ],
    ),
    "mlp": (
        (200,),
        [{"dense": 256}, "tanh", {"dropout": 0.2}, {"dense": 256}, "relu", {"dense": "classes"}],
    ),
    "nested": (
        (12, 12, 1),
        [
            {"conv2d": {"filters": 32, "kernel": 3, "padding": "same"}},
            {"group_norm": 4},
            "silu",
            {
                "residual": [
                    "leaky_relu",
                    {"conv2d": {"filters": 48, "kernel": 3, "padding": "same", "stride": 2}},
                    "elu",
                    {"spatial_dropout": 0.2},
                ]
            },
            {
                "parallel": [
                    [],
                    [{"conv2d": {"filters": 16, "kernel": 3, "padding": "same"}}, "gelu"],
                ]
            },
            {"layer_norm": "channels"},
            {"gelu": "tanh"},
            "softmax",
            "flatten",
            "layer_norm",
            {"drop_connect": {"rate": 0.5, "layer": {"dense": 32}}},
            "sigmoid",
            {"dense": "classes"},
        ],
    ),
}
LARGEST = 64 << 10


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("model", MODELS)
def test_steps_after_the_third_allocate_little(model: str, optimizer: str, threads: int) -> None:
    """At no moment of a step more than 64 kB above what was there before it."""
    shape, layers = MODELS[model]
    chosen = experiment(shape=shape, model=layers, optimizer=optimizer, regularizers=[{"l2": 1e-4}])
    data = part(300, 1, shape=shape)
    batches = Batches(len(data), 32, "epoch", 0)
    # One of everything is larger than what is allowed: weights, inputs of a batch.
    assert 4 * chosen.network.parameters > LARGEST
    with Crew(threads) as crew:
        stepper = Stepper(chosen, data, batches, 100, crew)
        for step in range(1, 4):
            stepper.step(step)
        tracemalloc.start()
        try:
            for step in range(4, 9):
                before = tracemalloc.get_traced_memory()[0]
                tracemalloc.reset_peak()
                stepper.step(step)
                assert tracemalloc.get_traced_memory()[1] - before < LARGEST
        finally:
            tracemalloc.stop()


def test_plans_say_how_much_they_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buffers, "MAPPED", sys.maxsize)  # mappings are not traced
    shape, layers = MODELS["cnn"]
    network = experiment(shape=shape, model=layers).network
    weights = network.layout.initial(0)
    tracemalloc.start()
    try:
        plan = network.inference_plan(64, weights)
        held = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert plan.nbytes == pytest.approx(held, rel=0.1)
    assert plan.nbytes > 64 * 12 * 12 * 4
    assert isinstance(weights, np.ndarray)


PLANNING = """
from pathlib import Path

import numpy as np

from cnnopt.layers import Conv, Dense, Flatten, MaxPool, Relu
from cnnopt.losses import CrossEntropy
from cnnopt.network import Network


def in_use():
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


layers = Conv(64, (5, 5)), Relu(), MaxPool((2, 2)), Conv(64, (5, 5)), Relu(), Flatten(), Dense(10)
network = Network.of((32, 32, 3), [(f"layer_{place}", one) for place, one in enumerate(layers)])
weights = network.layout.initial(0)
before = in_use()
plan = network.training_plan(CrossEntropy(), 128, weights, np.zeros_like(weights))
print(plan.nbytes, in_use() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for what is in use")
def test_what_planning_has_tried_is_given_back() -> None:
    """A plan's buffers are first written by its first step, and its trials leave nothing.

    In an interpreter of its own, whose heap has no holes that others have left.
    """
    done = subprocess.run([sys.executable, "-c", PLANNING], capture_output=True, check=True)
    planned, taken = map(int, done.stdout.split())
    assert planned > 32 << 20
    assert taken < planned / 8
