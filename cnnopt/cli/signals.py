"""The first SIGINT or SIGTERM asks the command to stop; the second ends the process at once."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from cnnopt.errors import ExitCode

NOTICE = "Stopping after this batch and saving. Once more ends at once."
SHOW_CURSOR = b"\x1b[?25h"

EXIT_CODES = {signal.SIGINT: ExitCode.INTERRUPTED, signal.SIGTERM: ExitCode.TERMINATED}


class Stop:
    """A flag that a signal sets; called, it says whether to stop.

    Attributes:
        exit_code: what to exit with, by the signal that came; None as long as none did.
        announces: whether the handler itself tells the user (a live display does it otherwise).
    """

    def __init__(self) -> None:
        self.exit_code: ExitCode | None = None
        self.announces = True

    def __call__(self) -> bool:
        """Return whether the user asked to stop."""
        return self.exit_code is not None

    def handle(self, number: int, _: FrameType | None = None) -> None:
        """Note the first signal; end the process on the second."""
        code = EXIT_CODES[signal.Signals(number)]
        if self.exit_code is not None:
            # No clean-up: it could wait for a worker. Runs are safe against SIGKILL anyway.
            if sys.stderr.isatty():
                os.write(2, SHOW_CURSOR)
            os._exit(code)
        self.exit_code = code
        if self.announces:
            # A buffered stream may be in the middle of a write when the signal comes.
            os.write(2, f"\n{NOTICE}\n".encode())


@contextmanager
def caught() -> Iterator[Stop]:
    """Hand out a `Stop` that SIGINT and SIGTERM set while the block runs."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # Python lets only the main thread handle signals
        return
    before = {number: signal.signal(number, stop.handle) for number in EXIT_CODES}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
