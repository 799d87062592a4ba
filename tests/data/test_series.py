"""Windows: by hand on tiny series, gaps, and what holds for every series."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.data import series
from cnnopt.data.series import Cutting, Windows, carry_forward, cut_windows
from cnnopt.errors import DataError

GAP = np.nan


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)[:, None]


def cut(values: np.ndarray, targets: np.ndarray | None = None, **settings: object) -> Windows:
    times = [f"t{number}" for number in range(len(values))]
    cutting = Cutting(**{"window": 2, **settings})  # type: ignore[arg-type]  # as the test says
    return cut_windows("own", values, values if targets is None else targets, times, cutting)


def test_one_step_ahead() -> None:
    made = cut(column(1, 2, 4, 8, 16))
    assert made.x.tolist() == [[[1], [2]], [[2], [4]], [[4], [8]]]
    assert made.y.tolist() == [[4], [8], [16]]
    line = made.timeline
    assert line.series.tolist() == [0, 0, 0]
    assert line.first.tolist() == [0, 1, 2]
    assert line.origin.tolist() == [1, 2, 3]
    assert line.last.tolist() == [2, 3, 4]
    assert line.times == ("t2", "t3", "t4")
    assert (line.forecast, line.period, made.notes) == (True, None, ())


def test_three_steps_ahead() -> None:
    made = cut(column(1, 2, 4, 8, 16), horizon=3, period=4)
    assert made.x.tolist() == [[[1], [2]]]
    assert made.y.tolist() == [[16]]
    assert (made.timeline.origin.tolist(), made.timeline.last.tolist()) == ([1], [4])
    assert (made.timeline.times, made.timeline.period) == (("t4",), 4)


def test_relative_to_the_last_value_of_each_channel() -> None:
    values = np.hstack([column(1, 2, 4, 8), column(0, 10, 100, 1000)])
    made = cut(values, column(5, 6, 8, 11), relative=True)
    assert made.x.tolist() == [[[-1, -10], [0, 0]], [[-2, -90], [0, 0]]]
    assert made.y.tolist() == [[2], [3]]
    assert "r2 is about the differences" in made.notes[0]


def test_several_targets() -> None:
    targets = np.hstack([column(1, 2, 3, 4), column(5, 7, 9, 12)])
    assert cut(targets).y.tolist() == [[3, 9], [4, 12]]
    assert cut(targets, relative=True).y.tolist() == [[1, 2], [1, 3]]


def test_gaps_take_the_value_before_and_missing_targets_are_left_out() -> None:
    made = cut(column(1, 2, GAP, GAP, 5, 6))
    assert made.x[..., 0].tolist() == [[2, 2], [2, 5]]
    assert made.y.tolist() == [[5], [6]]
    assert made.timeline.origin.tolist() == [3, 4]
    filled, left_out = made.notes
    assert "filled with the last value before them: 2 of 5, at most 2 in a row" in filled
    assert "because their target is missing: 2." in left_out


def test_a_gap_at_the_origin_is_filled_for_the_difference_too() -> None:
    made = cut(column(1, 2, GAP, 5), relative=True)
    assert made.x[..., 0].tolist() == [[0, 0]]
    assert made.y.tolist() == [[3]]


def test_the_series_begins_where_all_inputs_have() -> None:
    values = np.hstack([column(GAP, 2, 3, 4, 5), column(GAP, GAP, 30, GAP, 50)])
    made = cut(values, column(1, 2, 3, 4, 5))
    assert made.x.tolist() == [[[3, 30], [4, 30]]]
    assert made.timeline.first.tolist() == [2]
    assert made.notes[0] == "Samples before the first with all values, left out: 2."
    assert "1 of 4, at most 1 in a row" in made.notes[1]


def test_differences_need_a_target_value_to_begin_with() -> None:
    made = cut(column(1, 2, 3, 4, 5), column(GAP, GAP, 7, 8, 10), relative=True)
    assert made.y.tolist() == [[2]]
    assert made.timeline.first.tolist() == [2]
    assert cut(column(1, 2, 3, 4, 5), column(GAP, GAP, 7, 8, 10)).y.tolist() == [[7], [8], [10]]


@pytest.mark.parametrize(
    ("values", "settings", "words"),
    [
        (column(1, 2), {}, r"dataset.window: needs at least 3 samples .*, got 2. Use a shorter"),
        (column(GAP, GAP, 3, 4), {}, "needs at least 3 samples .*, got 2"),
        (column(1, 2, 3, 4), {"window": 3, "horizon": 2}, "needs at least 5 samples .*, got 4"),
        (column(GAP, GAP, GAP), {}, "got 0"),
        (column(1, 2, GAP, GAP), {}, "all targets are missing"),
    ],
)
def test_nothing_to_learn_from(values: np.ndarray, settings: dict[str, int], words: str) -> None:
    with pytest.raises(DataError, match=words):
        cut(values, **settings)


@st.composite
def series_and_cutting(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, Cutting]:
    """Return inputs (S, C) and targets (S, T) with gaps, all numbers different, long enough."""
    window, horizon = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    samples = window + horizon + draw(st.integers(0, 12))
    channels, wanted = draw(st.integers(1, 3)), draw(st.integers(1, 2))
    width = channels + wanted
    values = draw(st.permutations(range(samples * width)))
    table = np.array(values, dtype=np.float64).reshape(samples, width)
    holes = draw(st.lists(st.booleans(), min_size=table.size, max_size=table.size))
    missing = np.array(holes).reshape(table.shape)
    missing[0] = False  # so that there is a beginning
    missing[-1, channels:] = False  # and a target
    table[missing] = GAP
    cutting = Cutting(window, horizon, draw(st.booleans()))
    return table[:, :channels], table[:, channels:], cutting


@given(series_and_cutting())
def test_laws(case: tuple[np.ndarray, np.ndarray, Cutting]) -> None:
    inputs, targets, cutting = case
    made = cut_windows("own", inputs, targets, [str(t) for t in range(len(inputs))], cutting)
    line = made.timeline
    assert made.x.shape == (len(line.first), cutting.window, inputs.shape[1])
    assert made.y.shape == (len(line.first), targets.shape[1])
    assert np.isfinite(made.x).all()
    assert np.isfinite(made.y).all()
    assert (line.first >= 0).all()
    assert (line.last < len(inputs)).all()
    np.testing.assert_array_equal(line.origin, line.first + cutting.window - 1)
    np.testing.assert_array_equal(line.last, line.origin + cutting.horizon)
    assert (np.diff(line.last) > 0).all()
    assert line.times == tuple(map(str, line.last))
    # every sample with a target and enough before it has its row, and no other
    whole = ~np.isnan(targets).any(axis=1)
    enough = np.arange(len(inputs)) >= cutting.window - 1 + cutting.horizon
    np.testing.assert_array_equal(line.last, np.flatnonzero(whole & enough))
    for row, origin in enumerate(line.origin):
        base = [latest(column, origin) if cutting.relative else 0.0 for column in targets.T]
        np.testing.assert_array_equal(made.y[row], targets[line.last[row]] - base)
        for channel, column in enumerate(inputs.T):
            seen = [latest(column, sample) for sample in range(line.first[row], origin + 1)]
            less = seen[-1] if cutting.relative else 0.0
            np.testing.assert_array_equal(made.x[row, :, channel], np.array(seen) - less)


def latest(column: np.ndarray, sample: int) -> float:
    """Return the last number up to `sample`, found by going back."""
    while np.isnan(column[sample]):
        sample -= 1
    return float(column[sample])


@given(series_and_cutting(), st.data())
def test_the_future_changes_no_input(
    case: tuple[np.ndarray, np.ndarray, Cutting], data: st.DataObject
) -> None:
    inputs, targets, cutting = case
    times = [str(t) for t in range(len(inputs))]
    before = cut_windows("own", inputs, targets, times, cutting)
    row = data.draw(st.integers(0, len(before.x) - 1))
    changed = inputs.copy()
    changed[before.timeline.origin[row] + 1 :] = -1e6
    after = cut_windows("own", changed, targets, times, cutting)
    np.testing.assert_array_equal(after.x[row], before.x[row])


def test_carry_forward_by_hand() -> None:
    table = np.hstack([column(GAP, 1, GAP, 2), column(5, GAP, GAP, GAP)])
    np.testing.assert_array_equal(
        carry_forward(table), np.hstack([column(GAP, 1, 1, 2), column(5, 5, 5, 5)])
    )


def test_the_examples_run() -> None:
    result = doctest.testmod(series)
    assert (result.failed, result.attempted > 0) == (0, True)
