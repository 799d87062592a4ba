"""The two sides of a fold: what is learnt from, and what is tested on."""

from __future__ import annotations

from typing import NamedTuple

from cnnopt.arrays import Rows


class Sides(NamedTuple):
    """Positions, from 0, among the rows that were split; both ascending, none on both sides.

    Attributes:
        train: rows of the training side (its validation part is still in it), shape (n_train,).
        test: rows of the test side, shape (n_test,).
    """

    train: Rows
    test: Rows
