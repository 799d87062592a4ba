"""What every data set has: its parts, scaling, and how much of it is used."""

from __future__ import annotations

from typing import Literal

from cnnopt.config.settings import Settings
from cnnopt.config.values import Count, PartSize, Positive, TestSize

Scale = Literal["standard", "unit", "none"]


class DatasetBase(Settings):
    """Parts and scaling, which every data set has.

    `limit` uses only so many rows of the training side, drawn by `split_seed`: for a quick look.
    `sort: label` puts the training part in the order of its labels (targets): what a file sorted
    by class does where the order is not shuffled.
    """

    name: str
    test: TestSize = 0.2
    validation: PartSize = 0.1
    split_seed: Count = 0
    scale: Scale = "standard"
    limit: Positive | None = None
    sort: Literal["label"] | None = None
