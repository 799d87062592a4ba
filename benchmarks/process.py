"""The parent's end of a side's process."""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Any

from benchmarks.machine import ROOT, clean_environment


class SideError(Exception):
    """A side could not do what it was asked to do."""


class Process:
    """A side in a process of its own; a context, so that it never outlives its use.

    The parent loads neither NumPy nor PyTorch: Linux hands the memory that a parent has in use at
    the start of a child on into the child's own peak.

    Args:
        side: `cnnopt` or `torch`.
        threads: of everything in it.
        kept_memory: see `machine.KEPT_MEMORY`.
    """

    def __init__(self, side: str, threads: int, kept_memory: bool) -> None:
        self._name = side
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.side", side, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=clean_environment(threads, kept_memory=kept_memory),
        )

    def __enter__(self) -> Process:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is not None:
            self._process.kill()
        self._process.communicate()

    def ask(self, do: str, **order: Any) -> Any:
        """Send an order and return the answer; see `side.Orders`.

        Raises:
            SideError: the side says that it failed, or is gone.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do} | order) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            code = self._process.wait()
            raise SideError(f"the process of {self._name} ended with code {code} on '{do}'")
        answer = json.loads(line)
        if "error" in answer:
            raise SideError(answer["error"])
        return answer["answer"]
