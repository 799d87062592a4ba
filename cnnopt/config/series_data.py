"""Settings of data that are cut from series: how long a window is, and what it has to tell."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from cnnopt.config.dataset_base import DatasetBase
from cnnopt.config.rule import Rule
from cnnopt.config.values import LARGEST, Flag, Positive, SomeColumns, Text, whole

Season = Annotated[
    int,
    Field(strict=True, ge=2, le=LARGEST),
    BeforeValidator(whole),
    Rule("must be a whole number of samples, at least 2"),
]
"""Samples after which a series is like itself again: 12 months, 52 weeks."""


class Sunspots(DatasetBase):
    """The embedded yearly sunspot numbers, 1700 to 2008, with cycles of about 11 years.

    `window` years are seen; the target is the number `horizon` years after the last of them.
    """

    name: Literal["sunspots"] = "sunspots"
    window: Positive = 33
    horizon: Positive = 1
    relative: Flag = False

    @property
    def path(self) -> None:
        """None: these data lie in no file of the user's."""


class Co2(DatasetBase):
    """The embedded weekly carbon dioxide at Mauna Loa, 1958 to 2001, which rises year by year.

    `window` weeks are seen; the target is the value `horizon` weeks after the last of them.
    `relative`: inputs and target are differences to the window's last value.
    """

    name: Literal["co2"] = "co2"
    window: Positive = 104
    horizon: Positive = 1
    relative: Flag = True

    @property
    def path(self) -> None:
        """None: these data lie in no file of the user's."""


def _target(given: dict[str, Any]) -> Any:
    return given.get("target")


def _window(given: dict[str, Any]) -> Any:
    return given.get("window")


class Series(DatasetBase):
    """A table with a column of times, cut to windows.

    The model sees `window` samples of the columns `values`; it predicts `target`, `horizon` samples
    after the window's last. `relative`: all are differences to the window's last value.
    """

    name: Literal["series"] = "series"
    path: Text
    time: Text
    target: SomeColumns
    values: SomeColumns = Field(default_factory=_target)
    window: Positive = 24
    horizon: Positive = 1
    relative: Flag = False
    period: Season | None = None


class Watch(DatasetBase):
    """Shoulder exercises of ten people, recorded by a smart watch at 50 Hz, cut to windows.

    `path` is watch.npz or its folder. `stride` samples lie between the starts of two windows; by
    default a whole window, so that none overlap.
    """

    name: Literal["watch"] = "watch"
    path: Text | None = None
    window: Positive = 100
    stride: Positive = Field(default_factory=_window)
