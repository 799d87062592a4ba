"""The live display: a few lines on the terminal that are drawn over again."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from types import TracebackType

from rich.console import Console, ConsoleOptions, RenderResult
from rich.live import Live
from rich.text import Text

from cnnopt.display.lines import HEAD, epoch_line, notice_lines, study_line, trial_line
from cnnopt.display.panels import study_panel, training_panel
from cnnopt.display.progress import Clock, StudyProgress, TrainingProgress
from cnnopt.training.events import EpochDone, Event, Started
from cnnopt.trials.events import Plan, RunReady, StudyEvent, StudyStarted, TrialDone

STOPPING = "Stopping after this batch and saving. Ctrl-C once more ends at once."
REFRESH = 4  # times per second: smooth to the eye, under 1 % of one core


def hang(line: str, hanging: str, width: int) -> str:
    """Return a line broken at blanks to fit `width`, all but its first part behind `hanging`."""
    if len(line) <= width:
        return line
    return textwrap.fill(
        line,
        width,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


class LiveDisplay:
    """A listener that draws; a context manager that leaves the terminal as it was.

    Args:
        console: a terminal.
        clock: seconds since some instant.
        stopping: whether the user has asked to stop.
        verbose: let a line per epoch or trial scroll past above.
    """

    def __init__(
        self, console: Console, clock: Clock, stopping: Callable[[], bool], *, verbose: bool
    ) -> None:
        self.training = TrainingProgress(clock)
        self.study = StudyProgress(clock)
        self._stopping = stopping
        self._verbose = verbose
        self._console = console
        self._live = Live(self, console=console, refresh_per_second=REFRESH, transient=True)

    def __enter__(self) -> LiveDisplay:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.stop()

    def __call__(self, event: Event | StudyEvent) -> None:
        """Take the event in; print it above the live lines if it is worth keeping."""
        self.training.hear(event)
        self.study.hear(event)
        hanging = " " * HEAD if isinstance(event, Plan | RunReady) else ""
        for line in notice_lines(event):
            style = "yellow" if line.startswith("warning:") else ""
            text = hang(line, hanging, self._console.width)
            self._console.print(Text(text, style=style), soft_wrap=True)
        match event:
            case Started() | StudyStarted():
                if isinstance(event, StudyStarted):
                    self._console.print(study_line(event))
                self._live.start()
            case EpochDone() if self._verbose and self.study.started is None:
                self._console.print(epoch_line(self.training, event, verbose=True))
            case TrialDone() if self._verbose:
                self._console.print(trial_line(self.study, event, verbose=True))

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the state as it is now; called by the refreshing thread."""
        if self.study.started is not None:
            yield study_panel(self.study)
        elif self.training.started is not None:
            yield training_panel(self.training)
        if self._stopping():
            yield Text(STOPPING, style="bold yellow")
