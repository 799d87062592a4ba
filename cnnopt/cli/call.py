"""One call of the command line: what it prints where, and what it came to."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from cnnopt.cli.signals import Stop, caught
from cnnopt.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from cnnopt.training.events import Event
    from cnnopt.trials.events import Listener, StudyEvent

USUAL = gc.get_threshold()
WHILE_LOADING = 100_000
"""New objects between two searches for garbage until the first event: modules make none."""


@dataclass
class Call:
    """What the commands and the outer ladder share.

    Attributes:
        as_json: exactly one JSON document goes to stdout and all else to stderr.
        quiet: nothing but errors is printed.
        verbose: more is printed.
        folder: the run folder, as soon as there is one.
        stop: the flag that a signal sets.
        told: the notes that were shown while the command ran.
    """

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    folder: Path | None = None
    stop: Stop = field(default_factory=Stop)
    told: set[str] = field(default_factory=set)

    def hear(self, event: Event | StudyEvent) -> None:
        """Keep in mind the run folder, so that a failure can name it, and the notes told."""
        from cnnopt.trials.events import RunReady, StudyNote

        if isinstance(event, RunReady):
            self.folder = event.folder
        elif isinstance(event, StudyNote):
            self.told.add(event.text)

    @contextmanager
    def listening(self) -> Iterator[tuple[Listener, Stop]]:
        """Show the events of a run as they come; hand out the listener and the stop flag."""
        with caught() as self.stop, ExitStack() as display:

            @cache
            def show() -> Listener:
                # At the first event: until then there is more urgent work than loading a display.
                from cnnopt.display.console import make_console
                from cnnopt.display.show import showing

                if gc.get_threshold()[0] == WHILE_LOADING:
                    gc.freeze()
                    gc.set_threshold(*USUAL)
                console = make_console(to_stderr=self.as_json)
                listener, live = display.enter_context(showing(console, self.level, self.stop))
                self.stop.announces = not live
                return listener

            def listener(event: Event | StudyEvent) -> None:
                self.hear(event)
                show()(event)

            yield listener, self.stop

    @property
    def level(self) -> int:
        """Return -1 for quiet, 0, or 1 for verbose."""
        return int(self.verbose) - int(self.quiet)

    def finish(self, summary: Mapping[str, Any], folder: Path) -> None:
        """Show what a run came to: as JSON, or as tables unless quiet."""
        if self.as_json:
            print_json(summary)
        elif not self.quiet:
            from cnnopt.display.console import make_console
            from cnnopt.display.results import show_result

            show_result(make_console(), summary, folder, self.told)

    def document(self, command: str, error: BaseException, code: int) -> dict[str, Any]:
        """Return the JSON document of a call that failed: the run's summary, if it wrote one."""
        status = {
            ExitCode.DIVERGED: "diverged",
            ExitCode.INTERRUPTED: "interrupted",
            ExitCode.TERMINATED: "interrupted",
        }.get(ExitCode(code), "failed")
        folder = str(self.folder) if self.folder else None
        document: dict[str, Any] = {}
        if self.folder and (self.folder / "summary.json").is_file():
            import json

            document = json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))
        # How this call ended counts, whatever an earlier one has written.
        document |= {"command": command, "status": status, "folder": folder}
        return document | {"exit_code": code, "error": str(error)}


def begin(
    context: typer.Context, *, as_json: bool = False, quiet: bool = False, verbose: bool = False
) -> Call:
    """Return the call of a command, with what its options say.

    Raises:
        UsageError: quiet and verbose at once.
    """
    if quiet and verbose:
        raise UsageError("--quiet and --verbose cannot both be given. Choose one.")
    call: Call = context.obj
    call.as_json, call.quiet, call.verbose = as_json, quiet, verbose
    return call


def print_json(document: Any) -> None:
    """Print one JSON document on stdout; NaN and infinities become null."""
    from cnnopt.files import to_json

    sys.stdout.write(to_json(document))
    sys.stdout.flush()
