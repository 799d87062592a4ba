"""What a command tells while it runs, besides the events of the training itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from cnnopt.data.dataset import Dataset
    from cnnopt.training.events import Event


@dataclass(frozen=True)
class Plan:
    """What will be trained, said before it starts: one line per fact."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class RunReady:
    """The run folder exists; from here on everything is written into it.

    Attributes:
        folder: where.
        data: the run's data set; None for a study.
    """

    folder: Path
    data: Dataset | None = None


@dataclass(frozen=True)
class StudyStarted:
    """A study begins: so many trials in all, so many of them finished before."""

    command: str
    trials: int
    finished: int


@dataclass(frozen=True)
class TrialStarted:
    """A trial of a study begins; `index` counts from 1."""

    index: int
    label: str


@dataclass(frozen=True)
class TrialDone:
    """A trial of a study ended.

    Attributes:
        index: its place, from 1.
        label: what a person calls it.
        status: completed, diverged or failed.
        seconds: that it took.
        result: as `run_trial` returns it, empty where it failed.
        group: the optimizer or arm that it belongs to; empty where there is none.
    """

    index: int
    label: str
    status: str
    seconds: float
    result: Mapping[str, Any]
    group: str = ""


@dataclass(frozen=True)
class StudyNote:
    """A sentence about the study worth telling at once, such as a best rate on its grid's edge."""

    text: str


StudyEvent = Plan | RunReady | StudyStarted | TrialStarted | TrialDone | StudyNote
Listener: TypeAlias = "Callable[[Event | StudyEvent], None]"


def nobody(_: Event | StudyEvent) -> None:
    """Listen to nothing."""
