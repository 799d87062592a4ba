"""What is not finite stops the training before the weights are touched."""

from typing import Any

import numpy as np
import pytest
from training_problems import LINEAR, experiment, task

from cnnopt.data.dataset import Part
from cnnopt.errors import Diverged, ExitCode
from cnnopt.network import Crew
from cnnopt.training.events import EpochDone, StepDone
from cnnopt.training.loop import Training
from cnnopt.training.task import Task


def until_it_diverges(chosen: Any, data: Task, threads: int = 1) -> tuple[Training, Any, str]:
    """Run to the error; return the training, the last snapshot of a step, and the message."""
    with Crew(threads) as crew:
        training = Training(chosen, data, crew)
        last = training.state.snapshot()

        def follow() -> None:
            nonlocal last
            for event in training.events():
                if isinstance(event, StepDone | EpochDone):
                    last = training.state.snapshot()

        with pytest.raises(Diverged) as caught:
            follow()
    assert caught.value.exit_code == ExitCode.DIVERGED
    return training, last, str(caught.value)


def untouched(training: Training, last: Any) -> None:
    now = training.state.snapshot()
    assert now.numbers == last.numbers
    for name, array in now.arrays.items():
        np.testing.assert_array_equal(array, last.arrays[name])
        assert np.isfinite(array).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_one_bad_number_in_the_data(bad: float, optimizer: str) -> None:
    """It is met in the batch that holds it; the steps before it are kept."""
    data = task()
    train = data.parts["train"]
    x = train.x.copy()
    x[17, 2] = bad
    chosen = experiment(
        model=LINEAR,
        optimizer=optimizer,
        training={"epochs": 2, "batch_size": 8, "shuffle": "never"},
    )
    parts = {**data.parts, "train": Part(x, train.y, train.rows)}
    training, last, message = until_it_diverges(chosen, Task(parts, True))
    assert training.state.step == 2
    untouched(training, last)
    assert "at step 3" in message
    assert "learning rate" in message


@pytest.mark.parametrize("threads", [1, 2])
def test_too_large_a_rate(threads: int) -> None:
    data = task(validation=0)
    chosen = experiment(
        model=[{"dense": 8}, "relu", {"dense": "classes"}],
        optimizer={"sgd": 1e30},
        training={"steps": 50, "batch_size": 8, "evaluate_every": 50},
    )
    training, last, message = until_it_diverges(chosen, data, threads)
    assert training.state.step >= 1
    untouched(training, last)
    for words in ("1e+30", "1e+29", "warmup"):
        assert words in message


def regression(x: float, first: float, second: float) -> tuple[Any, Task]:
    """Return a model x·first·second, with every number the same; target 0."""
    chosen = experiment(
        shape=(1,),
        outputs=1,
        classification=False,
        model=[
            {"dense": {"units": 1, "initial": {"constant": first}, "bias": False}},
            {"dense": {"units": 1, "initial": {"constant": second}, "bias": False}},
        ],
        optimizer={"sgd": 1e-40},
        training={"steps": 2, "batch_size": 4},
    )
    inputs = np.full((8, 1), x, np.float32)
    return chosen, Task({"train": Part(inputs, np.zeros((8, 1), "f4"), np.arange(8))}, False)


def test_a_loss_that_overflows_above_a_finite_gradient() -> None:
    """y = 1e20 and the loss 1e40; both gradients are 2e25."""
    training, last, message = until_it_diverges(*regression(1e-10, 1e15, 1e15))
    assert training.state.step == 0
    untouched(training, last)
    assert "the loss" in message


def test_a_gradient_that_overflows_under_a_finite_loss() -> None:
    """y = 1e5 and the loss 1e10; the gradient of the first weight is 1e30·1e5·2e5."""
    training, last, message = until_it_diverges(*regression(1e30, 1e-30, 1e5))
    assert training.state.step == 0
    untouched(training, last)
    assert "the gradient" in message


def test_a_gradient_whose_square_overflows_is_no_divergence() -> None:
    """The gradient of the first weight is 1e15·1e5·2e5 = 2e25: its square is no float32."""
    chosen, data = regression(1e15, 1e-15, 1e5)
    with Crew() as crew:
        training = Training(chosen, data, crew)
        losses = [event.loss for event in training.events() if isinstance(event, StepDone)]
    assert losses == pytest.approx([1e10, 1e10], rel=1e-3)


def test_a_part_whose_loss_is_not_finite() -> None:
    """The validation part overflows while the training part does not."""
    data = task()
    other = data.parts["validation"]
    parts = data.parts | {"validation": Part(other.x * np.float32(1e38), other.y, other.rows)}
    chosen = experiment(
        model=[{"dense": {"units": "classes", "initial": {"normal": 100}}}],
        training={"epochs": 2, "batch_size": 8},
    )
    training, _, message = until_it_diverges(chosen, Task(parts, True))
    assert training.state.step == 4
    assert "the loss on the validation part" in message
    assert "after step 4" in message


def test_messages_name_a_smaller_rate() -> None:
    data = task(validation=0)
    train = data.parts["train"]
    broken = Part(np.full_like(train.x, np.nan), train.y, train.rows)
    chosen = experiment(model=LINEAR, optimizer={"adam": 0.02})
    _, _, message = until_it_diverges(chosen, Task({"train": broken}, True))
    assert "0.02" in message
    assert "0.002" in message
