"""Chooses how events are shown: not at all, line by line, or live."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from cnnopt.display.console import can_live
from cnnopt.display.lines import Lines
from cnnopt.display.live import LiveDisplay
from cnnopt.trials.events import Listener, nobody


@contextmanager
def showing(
    console: Console, level: int, stopping: Callable[[], bool]
) -> Iterator[tuple[Listener, bool]]:
    """Hand out a listener that shows events on `console` while the block runs.

    Args:
        console: where to.
        level: -1 shows nothing, 0 the usual, 1 more.
        stopping: whether the user has asked to stop; a live display says so.

    Yields:
        The listener, and whether it draws live.
    """
    if level < 0:
        yield nobody, False
    elif can_live(console):
        with LiveDisplay(console, time.monotonic, stopping, verbose=level > 0) as display:
            yield display, True
    else:

        def write(line: str) -> None:
            # No wrapping: one event is one line, whatever the width of a log is taken for.
            console.out(line)
            console.file.flush()

        yield Lines(write, time.monotonic, verbose=level > 0), False
