"""Groups and timelines: part of a data set and of its fingerprint, where there are any."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from cnnopt.data import Dataset, Timeline, load

ROWS = np.arange(3, dtype=np.int64)
PLAIN = Dataset("own", np.ones((3, 2)), np.zeros((3, 1)))
LINE = Timeline(0 * ROWS, ROWS, ROWS + 4, ROWS + 5, ("a", "b", "c"), forecast=True, period=7)
FULL = replace(PLAIN, groups=ROWS % 2, group_names=("x", "y"), timeline=LINE)


@pytest.mark.parametrize(
    ("name", "fingerprint"),
    [
        ("digits", "9297cac279f0ef8e80cb1e2123318a94"),
        ("digits3d", "c7e5aa599856bb1da861c32036b934b5"),
    ],
)
def test_sets_without_groups_keep_the_fingerprint_of_older_runs(
    name: str, fingerprint: str
) -> None:
    assert load(SimpleNamespace(name=name, path=None)).fingerprint == fingerprint


def test_the_fingerprint_tells_any_change_of_groups_and_timeline() -> None:
    changed = [
        PLAIN,
        FULL,
        replace(FULL, groups=None),
        replace(FULL, timeline=None),
        replace(FULL, groups=ROWS // 2),
        replace(FULL, group_names=("x", "z")),
        *(
            replace(FULL, timeline=replace(LINE, **{part: getattr(LINE, part) + ROWS}))
            for part in ("series", "first", "origin", "last")
        ),
        replace(FULL, timeline=replace(LINE, times=("a", "b", "d"))),
        replace(FULL, timeline=replace(LINE, forecast=False)),
        replace(FULL, timeline=replace(LINE, period=None)),
    ]
    assert len({each.fingerprint for each in changed}) == len(changed)
    assert replace(FULL).fingerprint == FULL.fingerprint


def test_ordered_are_forecasts_only() -> None:
    assert FULL.ordered
    assert not PLAIN.ordered
    assert not replace(FULL, timeline=replace(LINE, forecast=False)).ordered
