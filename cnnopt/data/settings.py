"""What `load` reads from the config's `dataset:` entry, one protocol per kind of set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

Task = Literal["classification", "regression"]


class DatasetSettings(Protocol):
    """What every set has: the name decides which of the protocols below holds."""

    @property
    def name(self) -> str:
        """The set's or the format's name."""

    @property
    def path(self) -> object:
        """File or folder (text or Path), or None for the usual places."""


class RegressionSettings(DatasetSettings, Protocol):
    """`regression`: the lesson's function."""

    @property
    def examples(self) -> int:
        """Number of points."""

    @property
    def noise(self) -> float:
        """Standard deviation of the noise."""

    @property
    def data_seed(self) -> int:
        """Which draw of the points."""


class Mnist1dSettings(DatasetSettings, Protocol):
    """`mnist1d`: generated, or read from an official file."""

    @property
    def data_seed(self) -> int:
        """Which draw, where it is generated."""


class NpzSettings(DatasetSettings, Protocol):
    """`npz`: names of the arrays, and what they are for; both of an official part, or none."""

    @property
    def x(self) -> str:
        """Array of inputs."""

    @property
    def y(self) -> str:
        """Array of labels or targets."""

    @property
    def x_test(self) -> str | None:
        """Array of the official test part's inputs."""

    @property
    def y_test(self) -> str | None:
        """Array of the official test part's labels or targets."""

    @property
    def x_validation(self) -> str | None:
        """Array of the official validation part's inputs."""

    @property
    def y_validation(self) -> str | None:
        """Array of the official validation part's labels or targets."""

    @property
    def dimensions(self) -> int | None:
        """Axes in space: 1 series, 2 images, 3 volumes; None: as the shape suggests."""

    @property
    def groups(self) -> str | None:
        """Array of the rows' groups."""

    @property
    def task(self) -> Task | None:
        """None: integers and text are classes, other numbers are targets."""


class ImagesSettings(DatasetSettings, Protocol):
    """`images`: a folder with one sub-folder per class."""

    @property
    def size(self) -> Sequence[int] | None:
        """Height and width to resize to; None: all images must agree."""

    @property
    def colour(self) -> Literal["grey", "rgb"]:
        """Channels to read."""


class CsvSettings(DatasetSettings, Protocol):
    """`csv`: a table with a target column."""

    @property
    def target(self) -> str | Sequence[str]:
        """Column or columns to predict."""

    @property
    def ignore(self) -> Sequence[str]:
        """Columns to leave out."""

    @property
    def groups(self) -> str | None:
        """Column of the rows' groups."""

    @property
    def task(self) -> Task | None:
        """None: integers and text are classes, other numbers are targets."""


class WindowSettings(DatasetSettings, Protocol):
    """`sunspots`, `co2`: how windows are cut from a series."""

    @property
    def window(self) -> int:
        """Samples that the input sees."""

    @property
    def horizon(self) -> int:
        """The target is so many samples after the window's last."""

    @property
    def relative(self) -> bool:
        """Differences to the window's last value instead of values."""


class SeriesSettings(WindowSettings, Protocol):
    """`series`: a table with a column of times."""

    @property
    def time(self) -> str:
        """Column of times."""

    @property
    def target(self) -> str | Sequence[str]:
        """Column or columns to predict."""

    @property
    def values(self) -> Sequence[str]:
        """Columns that the model sees; empty: the targets."""

    @property
    def period(self) -> int | None:
        """Samples of a season."""


class WatchSettings(DatasetSettings, Protocol):
    """`watch`: windows of recorded exercises."""

    @property
    def window(self) -> int:
        """Samples of a window."""

    @property
    def stride(self) -> int | None:
        """Samples from one window's start to the next's; None: a window."""
