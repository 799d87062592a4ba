"""What is read from the losses of a range test, on curves whose answer is known."""

import numpy as np
import pytest

from cnnopt.trials.range_curve import Watch, geometric_rate, reach, read, smoothed


def test_the_rates_are_a_geometric_row_with_exact_ends() -> None:
    rates = [geometric_rate(1e-6, 10.0, step, 71) for step in range(1, 72)]
    assert (rates[0], rates[-1]) == (1e-6, 10.0)
    np.testing.assert_allclose(rates, np.geomspace(1e-6, 10.0, 71), rtol=1e-13)
    np.testing.assert_allclose(np.divide(rates[1:], rates[:-1]), 10**0.1, rtol=1e-13)


def test_smoothing_keeps_a_line_and_drops_an_outlier() -> None:
    line = np.arange(60.0)
    np.testing.assert_array_equal(smoothed(line, 60), line)
    losses = np.ones(60)
    losses[30] = 100
    np.testing.assert_array_equal(smoothed(losses, 60), np.ones(60))


def test_smoothing_by_hand() -> None:
    assert smoothed(np.array([5.0, 1, 4, 2, 9, 3]), 10).tolist() == [5, 4, 4, 3, 3, 3]
    assert smoothed(np.array([]), 10).tolist() == []


@pytest.mark.parametrize(("steps", "h"), [(10, 2), (40, 2), (100, 5), (400, 20)])
def test_a_median_is_of_a_tenth_of_the_test(steps: int, h: int) -> None:
    assert reach(steps) == h


@pytest.mark.parametrize("middle", [40, 55, 70])
def test_the_steepest_place_of_a_falling_step_is_its_middle(middle: int) -> None:
    steps = np.arange(100)
    fall = 2 / (1 + np.exp((steps - middle) / 4))
    reading = read(fall + 0.001 * np.maximum(0, steps - 85) ** 2, 100, 7.0)
    assert reading.steepest == middle
    assert reading.lowest is not None
    assert reading.lowest >= 80


def test_the_slope_is_by_tenfold_rates() -> None:
    reading = read(np.linspace(3.0, 1.0, 81), 81, 4.0)
    assert reading.slope == pytest.approx(-0.5)


def test_a_loss_that_only_rises_suggests_nothing() -> None:
    reading = read(np.linspace(1.0, 3.0, 81), 81, 4.0)
    assert reading.steepest is None
    assert reading.slope is None


def test_too_few_losses_say_nothing() -> None:
    assert read(np.array([3.0, 2, 1, 0.5]), 10, 4.0) == read(np.array([]), 10, 4.0)
    assert read(np.array([3.0, 2, 1, 0.5]), 10, 4.0).lowest is None


def test_the_watch_ends_above_four_times_the_lowest_mean() -> None:
    watch = Watch(40)  # means of 5
    assert not any(watch.take(loss) for loss in [9.0, 8, 7, 1, 1, 1, 1, 1, 1, 1])
    assert not watch.take(16.0)  # a mean of 4 is not above 4
    assert watch.take(1.1)
    assert watch.losses[-1] == 1.1


def test_the_watch_bears_one_bad_batch() -> None:
    watch = Watch(200)
    assert not any(watch.take(loss) for loss in [1.0] * 50 + [30.0] + [1.0] * 50)
