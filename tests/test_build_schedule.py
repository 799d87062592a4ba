"""Every schedule of the config, with every setting, as the object that training asks."""

from typing import Any

import pytest

from cnnopt.build_schedule import plateau_of, schedule_of
from cnnopt.config import load_config
from cnnopt.config.schedules import SCHEDULES, ScheduleSettings
from cnnopt.optimizers import schedules

CASES: dict[str, tuple[Any, schedules.Schedule]] = {
    "constant": ({}, schedules.Constant()),
    "step": ({"every": 3, "factor": 0.5}, schedules.StepDecay(3, (), 0.5)),
    "exponential": ({"factor": 0.9}, schedules.Exponential(0.9)),
    "polynomial": ({"power": 2, "final": 0.1}, schedules.Polynomial(2, 0.1)),
    "cosine": ({"final": 0.1}, schedules.Cosine(0.1)),
    "cosine_restarts": (
        {"period": 2, "growth": 1.5, "final": 0.1},
        schedules.CosineRestarts(2, 1.5, 0.1),
    ),
    "one_cycle": (
        {"peak": 0.4, "initial_divisor": 5, "final_divisor": 50, "anneal": "linear"},
        schedules.OneCycle(0.4, 5, 50, "linear"),
    ),
    "plateau": ({"patience": 3}, schedules.Constant()),
}


def settings(given: Any) -> ScheduleSettings:
    source = {"dataset": "digits", "model": ["flatten", {"dense": "classes"}]}
    source |= {"loss": "cross_entropy", "optimizer": "adam", "schedule": given}
    return load_config(source).schedule


def test_every_schedule_has_a_case() -> None:
    assert CASES.keys() == SCHEDULES.keys()


@pytest.mark.parametrize("name", CASES)
def test_every_setting_arrives_with_and_without_a_warm_up(name: str) -> None:
    given, wanted = CASES[name]
    assert schedule_of(settings({name: given})) == wanted
    warmed = schedule_of(settings({name: given | {"warmup": 1.5}}))
    assert warmed == schedules.Warmup(wanted, 1.5)
    assert (plateau_of(settings({name: given})) is None) == (name != "plateau")


def test_milestones_arrive() -> None:
    found = schedule_of(settings({"step": {"milestones": [2, 4.5]}}))
    assert found == schedules.StepDecay(None, (2.0, 4.5), 0.1)


def test_every_setting_of_a_plateau_arrives() -> None:
    given = {"patience": 3, "factor": 0.5, "min_change": 0.01, "cooldown": 2, "min_rate": 0.02}
    assert plateau_of(settings({"plateau": given})) == schedules.Plateau(0.5, 3, 0.01, 2, 0.02)


@pytest.mark.parametrize("name", ["step", "polynomial", "one_cycle", "cosine_restarts", "plateau"])
def test_defaults_are_the_objects_own(name: str) -> None:
    needed = {"step": {"every": 2}, "cosine_restarts": {"period": 2}, "plateau": {"patience": 10}}
    made = {
        "step": schedules.StepDecay(2),
        "polynomial": schedules.Polynomial(),
        "one_cycle": schedules.OneCycle(),
        "cosine_restarts": schedules.CosineRestarts(2),
        "plateau": schedules.Plateau(),
    }
    chosen = settings({name: needed.get(name, {})})
    found = plateau_of(chosen) if name == "plateau" else schedule_of(chosen)
    assert found == made[name]
