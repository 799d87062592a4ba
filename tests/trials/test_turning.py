"""The epoch at which validation turned: by hand, and in a run's summary."""

from math import nan

import numpy as np
import pytest

from cnnopt.trials.turning import turned, turning_row


@pytest.mark.parametrize(
    ("values", "higher", "row"),
    [
        ([3, 2, 1], False, None),
        ([3, 1, 2], False, 1),
        ([3, 1, 2], True, 0),
        ([1, 2, 3], True, None),
        ([2, 1, 1], False, None),  # no later one is worse
        ([1, 2, 2, 1.5], True, 1),  # the earlier on a tie
        ([1, 2, 0, 3], False, 2),
        ([nan, 1, 2], False, 1),
        ([nan, nan], False, None),
        ([1], False, None),
    ],
)
def test_by_hand(values: list[float], higher: bool, row: int | None) -> None:
    assert turning_row(np.array(values, float), higher) == row


def test_loss_and_metric_can_disagree() -> None:
    history = {
        "epoch": [1.0, 2.0, 3.0, 4.0],
        "train_loss": [4.0, 3.0, 2.0, 3.0],
        "validation_loss": [2.0, 1.0, 3.0, 4.0],
        "validation_accuracy": [0.1, 0.2, 0.3, 0.2],
        "validation_mae": [4.0, 3.0, 2.0, 1.0],
    }
    assert turned(history) == {"loss": 2, "accuracy": 3, "mae": None}
    assert turned({"epoch": [1.0], "train_loss": [1.0]}) == {}
