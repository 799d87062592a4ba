"""The learning rate described: the very one of training, thinned, with its peak."""

from __future__ import annotations

import doctest
import json
from typing import Any

import pytest

import cnnopt
from cnnopt.analysis import schedule
from cnnopt.config import load_config
from cnnopt.errors import ConfigError
from cnnopt.training.events import EpochDone

DIGITS: dict[str, Any] = {
    "name": "small",
    "dataset": {"name": "digits", "limit": 300},
    "model": ["flatten", {"dense": "classes"}],
    "loss": "cross_entropy",
    "optimizer": {"sgd": 0.5},
}


def described(**keys: Any) -> schedule.ScheduleDescription:
    return schedule.describe_schedule(load_config(DIGITS | keys))


def test_start_peak_and_end() -> None:
    found = described(schedule={"cosine": {"warmup": 1, "final": 0.1}}, training={"epochs": 4})
    per_epoch = found.steps_per_epoch
    assert (found.schedule, found.steps, found.epochs) == ("cosine", 4 * per_epoch, 4)
    assert (found.start.step, found.start.learning_rate) == (1, pytest.approx(0.5 / per_epoch))
    assert (found.peak.step, found.peak.learning_rate) == (per_epoch, 0.5)
    assert (found.end.step, found.end.learning_rate) == (found.steps, pytest.approx(0.05))
    assert found.plateau is None
    assert [moment.step for moment in found.moments] == list(range(1, found.steps + 1))


@pytest.mark.parametrize(
    ("chosen", "training"),
    [
        ({"cosine_restarts": {"period": 0.5, "warmup": 0.3}}, {"steps": 13, "evaluate_every": 1}),
        ("one_cycle", {"steps": 9, "evaluate_every": 1, "batch_size": 50}),
        ({"step": {"every": 0.4, "warmup": 0.2}}, {"steps": 9, "evaluate_every": 1}),
    ],
)
def test_it_is_the_rate_of_training(tmp_path: Any, chosen: Any, training: Any) -> None:
    config = DIGITS | {"schedule": chosen, "training": training}
    rows: list[float] = []

    def hear(event: Any) -> None:
        if isinstance(event, EpochDone):
            rows.append(event.row["learning_rate"])

    cnnopt.train(config, runs_dir=tmp_path, listener=hear)
    found = cnnopt.describe_schedule(config)
    assert rows == [moment.learning_rate for moment in found.moments]


@pytest.mark.parametrize("steps", [1, 2, 199, 200, 201, 5000, 10**7])
def test_json_has_at_most_200_steps_with_both_ends_and_the_peak(steps: int) -> None:
    found = described(schedule="one_cycle", training={"steps": steps})
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    numbers, rates = document["step"], document["learning_rate"]
    assert len(numbers) == len(rates) == len(set(numbers)) <= 200
    assert len(numbers) >= min(steps, 199)
    assert (numbers[0], numbers[-1]) == (1, steps)
    assert numbers == sorted(numbers)
    assert rates[numbers.index(document["peak"]["step"])] == max(rates)
    assert "moments" not in document
    for key in ("start", "peak", "end"):
        place = numbers.index(document[key]["step"])
        assert rates[place] == document[key]["learning_rate"]


def test_a_plateau_says_its_rule() -> None:
    found = described(schedule={"plateau": {"patience": 4, "cooldown": 1}})
    assert found.plateau == {
        "patience": 4, "factor": 0.1, "min_change": 0.0, "cooldown": 1, "min_rate": 0.0,
    }  # fmt: skip
    assert {moment.learning_rate for moment in found.moments} == {0.5}
    assert found.to_json()["plateau"]["patience"] == 4


@pytest.mark.parametrize(
    ("chosen", "path", "words"),
    [
        (
            {"cosine": 3},
            "schedule.cosine.warmup",
            ["at most the 1.33 epochs of training.steps (12)"],
        ),
        (
            {"step": 3},
            "schedule.step.every",
            ["less than the 1.33 epochs", "got 3", "Use 0.4, for"],
        ),
        ({"step": {"milestones": [1, 1.5]}}, "schedule.step.milestones", ["1.5 must be less than"]),
        (
            {"cosine_restarts": {"period": 1.1, "warmup": 0.5}},
            "schedule.cosine_restarts.period",
            ["at most the 1.33 epochs", "less the warm-up (0.5)", "got 1.1"],
        ),
    ],
)
def test_a_budget_in_steps_is_judged_by_the_data(chosen: Any, path: str, words: list[str]) -> None:
    """The training part makes 9 steps of 32 an epoch."""
    with pytest.raises(ConfigError) as caught:
        described(schedule=chosen, training={"steps": 12})
    (fault,) = caught.value.faults
    assert fault.path == path
    for word in words:
        assert word in str(fault)
    described(schedule=chosen, training={"steps": 30})


def test_such_a_fault_names_file_and_line(tmp_path: Any) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(
        "name: own\ndataset: {name: digits, limit: 300}\nmodel: [flatten, dense: classes]\n"
        "loss: cross_entropy\noptimizer: sgd\nschedule:\n  cosine:\n    warmup: 3\n"
        "training: {steps: 12}\n"
    )
    with pytest.raises(ConfigError) as caught:
        cnnopt.train(file, runs_dir=tmp_path / "runs")
    assert str(caught.value) == (
        f"{file}:8: schedule.cosine.warmup: must be at most the 1.33 epochs of training.steps "
        "(12), got 3. Use 0.3, for instance."
    )
    assert not (tmp_path / "runs").exists()


def test_examples_in_docstrings_run() -> None:
    assert doctest.testmod(schedule) == (0, 1)
