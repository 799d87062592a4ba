"""Two series that ship with the package: yearly sunspots, and weekly carbon dioxide in the air."""

from __future__ import annotations

from importlib import resources

from cnnopt.data.dataset import Dataset
from cnnopt.data.series import Cutting
from cnnopt.data.series_table import load_series

SUNSPOTS_PERIOD = 11
"""Years of a solar cycle, on average; single cycles last 9 to 14."""

CO2_PERIOD = 52
"""Weeks of a year."""


def sunspots(window: int = 33, horizon: int = 1, *, relative: bool = False) -> Dataset:
    """Return windows of the yearly mean sunspot number, 1700 to 2008: 309 samples.

    Args:
        window: years that the input sees; 33 are three cycles.
        horizon: the target is the number so many years after the window's last.
        relative: differences to the window's last value instead of values.

    Raises:
        DataError: the series is too short for one window.

    Source: National Geophysical Data Center (NOAA), the Zurich sunspot numbers; public domain; by
    way of statsmodels.
    """
    cutting = Cutting(window, horizon, relative, SUNSPOTS_PERIOD)
    return _packed("sunspots", "YEAR", "SUNACTIVITY", cutting)


def co2(window: int = 104, horizon: int = 1, *, relative: bool = True) -> Dataset:
    """Return windows of the weekly CO2 at Mauna Loa, ppm, 29 March 1958 to 29 December 2001.

    2,284 samples of which 59 are missing. The series rises from 316 to 372 ppm, so that what is to
    be predicted was never seen in training: hence `relative`.

    Args:
        window: weeks that the input sees; 104 are two years.
        horizon: the target is the value so many weeks after the window's last.
        relative: differences to the window's last value instead of values.

    Raises:
        DataError: the series is too short for one window.

    Source: C. D. Keeling and T. P. Whorf, Atmospheric CO2 from continuous air samples at Mauna
    Loa Observatory, Hawaii, 1958-2001 (Carbon Dioxide Information Analysis Center, 2004); public
    domain; by way of statsmodels.
    """
    return _packed("co2", "date", "co2", Cutting(window, horizon, relative, CO2_PERIOD))


def _packed(name: str, time: str, target: str, cutting: Cutting) -> Dataset:
    packed = resources.files("cnnopt.data").joinpath(f"{name}.csv")
    with resources.as_file(packed) as path:
        return load_series(path, time, (target,), cutting=cutting, name=name)
