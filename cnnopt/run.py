"""A run as the public functions return it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Run:
    """A finished run or study, as its folder tells it.

    Attributes:
        folder: where everything lies.
        summary: content of `summary.json`.
        history: columns of `metrics.csv`, one number an epoch; empty for a study.
        config: the resolved config.
        meta: content of `meta.json`.
    """

    folder: Path
    summary: Mapping[str, Any]
    history: Mapping[str, list[float]]
    config: Mapping[str, Any]
    meta: Mapping[str, Any]
