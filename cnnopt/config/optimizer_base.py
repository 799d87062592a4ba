"""What the settings of every optimizer have."""

from __future__ import annotations

from typing import ClassVar

from cnnopt.config.settings import Settings
from cnnopt.config.values import PositiveReal


class OptimizerSettings(Settings):
    """The settings of an optimizer."""

    main: ClassVar[str] = "learning_rate"
    kind: str
    learning_rate: PositiveReal
