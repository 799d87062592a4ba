"""The picture of the folds: the splits that the trials have, shares that add up, honest ticks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from drawn_folds import grouped, make_cv, make_series_cv, series
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.testing import assert_allclose

from cnnopt.config import load_config
from cnnopt.data.digits import digits
from cnnopt.plots import draw_cv
from cnnopt.plots.fold_map import MOST
from cnnopt.plots.strips import MUTED, stacked
from cnnopt.plots.style import TEST, TRAIN, VALIDATION
from cnnopt.plots.time_ticks import time_ticks
from cnnopt.records.read import load_run
from cnnopt.studies.fold_plan import plan_folds

NAME = ("fold_map",)


def shares(axes: Axes, strip: int, colour: str) -> np.ndarray:
    """Return how much of each column of a strip has a colour."""
    image = axes.get_images()[strip].get_array()
    return np.isclose(image, to_rgb(colour)).all(axis=2).mean(axis=0)


def test_strips_are_the_splits_of_the_trials(tmp_path: Path, figures: dict[str, Figure]) -> None:
    folder, data = make_series_cv(tmp_path / "run", changes=("cv.gap=7",)), series(500)
    draw_cv(folder, data, NAME)
    curve, strips = figures["fold_map"].axes[:2]
    planned = plan_folds(load_config(load_run(folder).config), data)
    assert len(strips.get_images()) == 5
    for number, split in enumerate(planned.splits):
        parts = split.train, split.validation, split.test
        for look, rows in zip((TRAIN, VALIDATION, TEST), parts, strict=True):
            assert np.flatnonzero(shares(strips, number, look.colour)).tolist() == rows.tolist()
    assert_allclose(curve.lines[0].get_xydata(), np.c_[np.arange(1, 501), data.y[:, 0]])
    begins = [line.get_xdata()[0] for line in curve.lines[1:]]
    assert begins == [split.test[0] + 0.5 for split in planned.splits]


def test_of_many_rows_the_test_part_keeps_its_share(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    draw_cv(make_cv(tmp_path / "run"), digits(), NAME)
    strips = figures["fold_map"].axes[0]
    assert "about 6 rows" in strips.get_title()
    for strip in range(5):
        assert shares(strips, strip, TEST.colour).mean() == pytest.approx(0.2, abs=0.005)
    sizes = [text.get_text() for text in strips.texts]
    assert sizes[0] == "1,293 / 144 / 360"


def test_only_the_first_folds_of_the_first_repetition(
    tmp_path: Path, figures: dict[str, Figure]
) -> None:
    folder, data = make_cv(tmp_path / "run", 20, repeats=2), grouped(600)
    draw_cv(folder, data, NAME)
    strips = figures["fold_map"].axes[0]
    assert len(strips.get_images()) == MOST
    first = plan_folds(load_config(load_run(folder).config), data).tested[0]
    for number in range(MOST):
        tested = np.flatnonzero(shares(strips, number, TEST.colour))
        assert tested.tolist() == first[number].tolist()
    assert "the first 12 of 20 folds, the first of 2 repetitions" in strips.get_title()


def test_classes_and_groups_have_their_colours(tmp_path: Path, figures: dict[str, Figure]) -> None:
    data = grouped(400, 5)
    draw_cv(make_cv(tmp_path / "run", 5, scheme="leave_one_group_out"), data, NAME)
    folds, classes, groups, keys = figures["fold_map"].axes
    assert data.groups is not None
    for axes, numbers in ((classes, data.y), (groups, data.groups)):
        for code in np.unique(numbers):
            assert (shares(axes, 0, MUTED[code]) == (numbers == code)).all()
    # A fold tests one group.
    for group in range(5):
        assert (shares(folds, group, TEST.colour) == (data.groups == group)).all()
    words = {text.get_text() for legend in keys.artists for text in legend.get_texts()}
    assert words == {*data.classes, *data.group_names, "training", "inner validation", "test"}


@given(
    st.lists(st.integers(0, 3), min_size=4, max_size=60),
    st.integers(1, 4),
)
def test_a_value_has_its_share_of_a_column(values: list[int], columns: int) -> None:
    image = stacked(np.array(values), columns, 600)
    assert image.shape == (600, columns)
    assert (np.diff(image, axis=0) >= 0).all()
    edges = [index * len(values) // columns for index in range(columns + 1)]
    for column, (begin, end) in enumerate(pairwise(edges)):
        for value in range(4):
            share = values[begin:end].count(value) / (end - begin)
            assert abs((image[:, column] == value).mean() - share) <= 1 / 600


def test_each_row_is_its_own_column_where_there_is_room() -> None:
    values = np.array([3, 1, 2, 2])
    assert stacked(values, 4, 1).tolist() == [values.tolist()]


def test_ticks_are_round_years_or_moments_as_written() -> None:
    months = [f"{1749 + m // 12}-{m % 12 + 1:02}" for m in range(5, 3000)]
    rows, words = time_ticks(months)
    assert words == [str(year) for year in range(1750, 2000, 25)]
    assert [months[row] for row in rows] == [f"{word}-01" for word in words]
    # Its first row lies in the middle of 1750: no tick says that the year begins there.
    assert time_ticks(months[12:])[1][0] == "1775"
    assert time_ticks([f"19{year}0326" for year in range(58, 70)])[1][:2] == ["1958", "1959"]
    assert time_ticks(["19580326", "19580402"])[1] == ["19580326", "19580402"]
    assert time_ticks(["1990-03", "1990-04", "1990-05"]) == (
        [0, 1, 2], ["1990-03", "1990-04", "1990-05"],
    )  # fmt: skip
    assert time_ticks(["12:00"]) == ([0], ["12:00"])
