"""Early stopping by a metric of its own, and which weights it has training keep."""

from typing import Any

import numpy as np
import pytest
from training_problems import experiment, misleading, run

from cnnopt.config import load_config
from cnnopt.config.training import Best, Last
from cnnopt.regularizers import EarlyStopping, Patience

SETTINGS = {"epochs": 30, "batch_size": 8}


def ran(**stopping: Any) -> Any:
    entry = {"early_stopping": {"patience": 3, **stopping}}
    return run(experiment(regularizers=[entry], training=SETTINGS), misleading())


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
@pytest.mark.parametrize("min_change", [0.0, 0.05])
def test_it_stops_by_its_metric(metric: str, min_change: float) -> None:
    found = ran(metric=metric, min_change=min_change)
    sign = -1 if metric == "accuracy" else 1
    state, rule = Patience(), EarlyStopping(3, min_change)
    waited = []
    for row in found.rows:
        state.take(rule, sign * row[f"validation_{metric}"])
        waited.append(state.waited)
    assert found.end.reason == "early_stopping"
    assert waited.index(3) == len(waited) - 1


def test_without_a_metric_it_goes_by_what_is_selected() -> None:
    entry = {"early_stopping": 3}
    for select in ("loss", "accuracy"):
        built = experiment(regularizers=[entry], training=SETTINGS | {"select": {"best": select}})
        assert built.stopping == EarlyStopping(3, 0.0, select)
    assert experiment(regularizers=[entry], training={"select": "last"}).stopping == EarlyStopping(
        3
    )


def test_restore_best_keeps_the_best_by_its_metric() -> None:
    found = ran(metric="accuracy", restore_best=True)
    values = [row["validation_accuracy"] for row in found.rows]
    row = int(np.argmax(values))
    assert found.end.best_epoch == row + 1 < len(values)
    np.testing.assert_array_equal(
        found.training.selected_weights, found.snapshots[row].arrays["weights"]
    )
    last = ran(metric="accuracy", restore_best=False)
    assert last.end.best_epoch == len(last.rows)
    np.testing.assert_array_equal(last.training.selected_weights, last.weights)
    # Without a word on it, training.select decides: the best loss.
    usual = ran(metric="accuracy")
    losses = [row["validation_loss"] for row in usual.rows]
    assert usual.end.best_epoch == int(np.argmin(losses)) + 1


def config(**stopping: Any) -> Any:
    return load_config(
        {
            "dataset": "digits",
            "model": ["flatten", {"dense": "classes"}],
            "loss": "cross_entropy",
            "optimizer": "sgd",
            "regularizers": [{"early_stopping": {"patience": 3, **stopping}}],
        }
    )


@pytest.mark.parametrize(
    ("stopping", "select"),
    [
        ({"metric": "accuracy", "restore_best": True}, Best(metric="accuracy")),
        ({"restore_best": True}, Best()),
        ({"metric": "accuracy"}, Best()),
        ({"metric": "accuracy", "restore_best": False}, Last()),
    ],
)
def test_the_resolved_config_says_what_is_kept(stopping: dict[str, Any], select: Any) -> None:
    found = config(**stopping)
    assert found.training.select == select
    assert load_config(found.resolved()) == found
