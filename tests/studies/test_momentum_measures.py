"""The measures of `momentum-why`: by hand, and on a training that they must not touch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import CONV_NET, problem, write_npz

from cnnopt.config import load_config
from cnnopt.network import Crew
from cnnopt.network.network import Evaluator
from cnnopt.studies.momentum_measures import Probe, cosine, gradient_noise, other_rows
from cnnopt.studies.momentum_trial import Watched, batches_of, measures_of, steps_to, watch
from cnnopt.studies.momentum_why import Options, arm_config
from cnnopt.training.stepper import Stepper
from cnnopt.training.task import measure
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.trial import load_data

NO_DROPOUT = [part for part in CONV_NET if "dropout" not in part]


def never() -> bool:
    return False


def prepared(folder: Path, arm: str, seed: int = 3, **changes: Any) -> Prepared:
    data = write_npz(folder / "data.npz", rows=100)
    config = load_config(problem(data, **{"model": NO_DROPOUT} | changes))
    settings = arm_config(config, Options(0.02, 0.9, 24), arm, seed)
    return prepare_trial(settings, None, load_data(settings))


def test_noise_by_hand() -> None:
    # Mean (2, 0); squares around it 1 + 4, 1 + 4, 4, 4: 18 / 3 over |mean|² = 4.
    gradients = np.array([[3.0, 2.0], [1.0, -2.0], [2.0, 2.0], [2.0, -2.0]])
    found = gradient_noise(gradients, gradients.mean(axis=0))
    assert found.ratio == pytest.approx(1.5)
    pairs = [cosine(a, b) for i, a in enumerate(gradients) for b in gradients[:i]]
    assert found.cosine == pytest.approx(np.mean(pairs))


def test_equal_gradients_have_no_noise_and_opposite_ones_no_mean() -> None:
    same = gradient_noise(np.ones((3, 2)), np.ones(2))
    assert same == pytest.approx((0.0, 1.0))
    opposite = gradient_noise(np.array([[1.0], [-1.0]]), np.zeros(1))
    assert opposite.ratio == np.inf
    assert opposite.cosine == pytest.approx(-1.0)


def test_another_batch_shares_no_row_and_is_the_same_for_all_arms() -> None:
    rows = np.array([4, 1, 7])
    found = other_rows(rows, 10, seed=5, step=2)
    assert len(found) == 3
    assert not set(found) & set(rows)
    assert found.tolist() == other_rows(rows, 10, seed=5, step=2).tolist()
    assert found.tolist() != other_rows(rows, 10, seed=5, step=3).tolist()


def test_the_full_gradient_is_that_of_one_batch_of_all(tmp_path: Path) -> None:
    trial = prepared(tmp_path, "sgd", training={"epochs": 1, "batch_size": 16})
    rows = len(trial.task.parts["train"])
    assert rows % 16, "with a ragged last batch"
    with Crew(1) as crew:
        probe = Probe(trial.experiment, trial.task, crew, 16)
        full, _ = probe.full()
        assert full == pytest.approx(probe.gradient(np.arange(rows)), rel=1e-4, abs=1e-6)


def test_arms_begin_at_the_same_weights_with_the_same_batches(tmp_path: Path) -> None:
    seen: dict[str, tuple[bytes, list[list[int]], float]] = {}
    for arm in ("sgd", "momentum", "sgd at the effective rate"):
        trial = prepared(tmp_path, arm)
        batches = batches_of(trial)
        start = trial.experiment.network.layout.initial(trial.experiment.seed)
        rows = [batches.rows(step).tolist() for step in range(1, 25)]
        with Crew(1) as crew:
            first = watch(trial, crew, never)
        seen[arm] = start.tobytes(), rows, first.points[0]["noise"]
    assert len({(w, str(r), n) for w, r, n in seen.values()}) == 1


def test_watching_changes_no_bit_of_the_training(tmp_path: Path) -> None:
    trial = prepared(tmp_path, "momentum", model=CONV_NET)
    train = trial.task.parts["train"]
    with Crew(1) as crew:
        stepper = Stepper(trial.experiment, train, batches_of(trial), 24, crew)
        for step in range(1, 25):
            stepper.step(step)
        outputs = Evaluator(trial.experiment.network, stepper.weights, crew).outputs(train.x)
        plain = measure(outputs, train, trial.task, trial.experiment.loss, ())["loss"]
        watched = watch(trial, crew, never)
    assert watched.losses[-1] == (24, plain)


def test_sgd_goes_exactly_its_rate_and_momentum_first_likewise(tmp_path: Path) -> None:
    with Crew(1) as crew:
        sgd = watch(prepared(tmp_path, "sgd"), crew, never)
        momentum = watch(prepared(tmp_path, "momentum"), crew, never)
        longer = watch(prepared(tmp_path, "sgd at the effective rate"), crew, never)
    assert [row["effective_step"] for row in sgd.steps] == pytest.approx([1.0] * 24, rel=1e-4)
    assert momentum.steps[0]["length"] == pytest.approx(sgd.steps[0]["length"], rel=1e-5)
    assert longer.steps[0]["length"] == pytest.approx(10 * sgd.steps[0]["length"], rel=1e-4)
    # The second update is μ times the first and the new gradient, so it keeps the direction.
    assert momentum.steps[1]["update_cosine"] > sgd.steps[1]["update_cosine"]


def test_numbers_of_a_run_by_hand() -> None:
    steps = [
        {"step": 1, "used": -0.4, "other": -0.1, "length": 2.0, "effective_step": 1.0,
         "update_cosine": float("nan")},
        {"step": 2, "used": -0.2, "other": -0.2, "length": 4.0, "effective_step": 3.0,
         "update_cosine": 0.5},
    ]  # fmt: skip
    points = [{"step": 0, "noise": 2.0, "batch_cosine": 0.1, "alignment": 0.3}]
    seen = Watched("", steps, points, [(0, 2.0), (1, 1.0), (2, 0.5)])
    found = measures_of(seen)
    assert found["carried"] == pytest.approx(0.5)
    assert found["excess"] == pytest.approx(0.15)
    assert (found["effective_step"], found["update_cosine"]) == (2.0, 0.5)
    assert steps_to(seen, 1.0) == 1.0
    assert np.isnan(steps_to(seen, 0.4))
    assert all(np.isnan(value) for value in measures_of(seen._replace(diverged="so")).values())
