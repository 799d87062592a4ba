"""Settings of data sets: what is common to all, and what a format or a set has of its own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from cnnopt.config.rule import Named
from cnnopt.config.settings import Settings
from cnnopt.config.values import (
    Columns,
    Count,
    Pair,
    PartSize,
    Positive,
    Size,
    SomeColumns,
    TestSize,
    Text,
)

Task = Literal["classification", "regression"]
Scale = Literal["standard", "unit", "none"]
IdxName = Literal[
    "mnist",
    "fashion-mnist",
    "kmnist",
    "emnist-byclass",
    "emnist-bymerge",
    "emnist-balanced",
    "emnist-letters",
    "emnist-digits",
    "emnist-mnist",
]


class _DatasetSettings(Settings):
    """Parts and scaling, which every data set has.

    `limit` uses only so many rows of the training side, drawn by `split_seed`: for a quick look.
    """

    name: str
    test: TestSize = 0.2
    validation: PartSize = 0.1
    split_seed: Count = 0
    scale: Scale = "standard"
    limit: Positive | None = None


class Digits(_DatasetSettings):
    """The embedded UCI digits: 1,797 grey images of 8 x 8."""

    name: Literal["digits"] = "digits"

    @property
    def path(self) -> None:
        """None: these data lie in no file of the user's."""


class Idx(_DatasetSettings):
    """A named set of 28 x 28 grey images in IDX files, with its official test part."""

    name: IdxName
    path: Text | None = None
    test: TestSize = "official"


def _npz_test(given: dict[str, Any]) -> Any:
    return "official" if given.get("x_test") else 0.2


class Npz(Settings):
    """Arrays of a NumPy `.npz` file."""

    # not on the common base: the default of `test` has to stand after what it follows from

    name: Literal["npz"] = "npz"
    path: Text
    x: Text = "x"
    y: Text = "y"
    x_test: Text | None = None
    y_test: Text | None = None
    task: Task | None = None
    test: TestSize = Field(default_factory=_npz_test)
    validation: PartSize = 0.1
    split_seed: Count = 0
    scale: Scale = "standard"
    limit: Positive | None = None


class Images(_DatasetSettings):
    """A folder with one sub-folder of images per class."""

    name: Literal["images"] = "images"
    path: Text
    size: Pair | None = None
    colour: Literal["grey", "rgb"] = "grey"


class Csv(_DatasetSettings):
    """A table with one example per row."""

    name: Literal["csv"] = "csv"
    path: Text
    target: SomeColumns
    task: Task | None = None
    ignore: Columns = ()


class Regression(_DatasetSettings):
    """The lesson's function, generated: y = exp(-x²)·cos(10x) + noise·N(0, 1), x ~ U(-3, 3)."""

    name: Literal["regression"] = "regression"
    examples: Positive = 10_000
    noise: Size = 0.03
    data_seed: Count = 0

    @property
    def path(self) -> None:
        """None: these data lie in no file of the user's."""


DatasetSettings = Digits | Idx | Npz | Images | Csv | Regression
Dataset = Annotated[DatasetSettings, Field(discriminator="name")]

IDX_NAMES: tuple[str, ...] = IdxName.__args__  # type: ignore[attr-defined]  # a Literal's values
DATASETS: dict[str, type[Settings]] = {
    "digits": Digits,
    **dict.fromkeys(IDX_NAMES, Idx),
    "npz": Npz,
    "images": Images,
    "csv": Csv,
    "regression": Regression,
}
DATASETS_NAMED = Named("data set", DATASETS, inside="name")
