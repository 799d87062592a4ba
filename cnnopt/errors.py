"""Exit codes and the errors that a user may meet; each error knows the code it ends with."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class ExitCode(enum.IntEnum):
    """What `cnnopt` returns to the shell."""

    DONE = 0
    BUG = 1
    USAGE = 2
    DIVERGED = 3
    CHECKPOINT = 4
    LOCKED = 5
    MEMORY = 6
    TRIALS_CRASHED = 7
    CHECK_FAILED = 8
    WRITE_FAILED = 74
    INTERRUPTED = 130
    TERMINATED = 143


class CnnoptError(Exception):
    """An error with a message for the user; never shown with a traceback.

    The message says path, rule, value and remedy, in this order and in whole sentences.
    """

    exit_code: ExitCode = ExitCode.USAGE


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a config.

    Attributes:
        path: where, as `--set` would name it: `optimizer.adam.learning_rate`, `model.0.conv2d`.
        rule: what has to hold: `must be greater than 0`.
        given: what stood there, as YAML text; empty when nothing did.
        remedy: what to do: `Use 1e-3`, `Did you mean 'relu'?`; empty when the rule says it all.
        file: the file's name as the user gave it, or `--set`, or `` for a dict.
        line: line in the file, from 1; 0 where there is none.
    """

    path: str
    rule: str
    given: str = ""
    remedy: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        """Return `file:line: path: rule, got given. Remedy.`"""
        place = f"{self.file}:{self.line}" if self.line else self.file
        head = ": ".join(part for part in (place, self.path) if part)
        text = f"{head}: {self.rule}" if head else self.rule
        text += f", got {self.given}." if self.given else "."
        if not self.remedy or self.remedy.endswith("?"):
            return f"{text} {self.remedy}".rstrip()
        return f"{text} {self.remedy.rstrip('.')}."


class ConfigError(CnnoptError):
    """One or more faults of a config, all told at once."""

    def __init__(self, *faults: Fault) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


class UsageError(CnnoptError):
    """A wrong option or argument on the command line or in a call."""


class DataError(CnnoptError):
    """Data that is missing, unreadable, or does not fit the request."""


class Diverged(CnnoptError):
    """The loss or a gradient became NaN or infinite; the weights were not touched by it."""

    exit_code = ExitCode.DIVERGED


class CheckpointError(CnnoptError):
    """A checkpoint is corrupt or belongs to another config, data set or version."""

    exit_code = ExitCode.CHECKPOINT


class LockedError(CnnoptError):
    """Another process is writing into the run folder."""

    exit_code = ExitCode.LOCKED


class TrialsCrashed(CnnoptError):
    """Some trials of a study ended with an error; the others are kept."""

    exit_code = ExitCode.TRIALS_CRASHED


class WriteError(CnnoptError):
    """A file could not be written: no space left, read-only, no permission."""

    exit_code = ExitCode.WRITE_FAILED


class Interrupted(CnnoptError):
    """The user stopped the command (Ctrl-C, or SIGTERM); what is done is saved."""

    exit_code = ExitCode.INTERRUPTED

    def __init__(self, message: str, exit_code: ExitCode = ExitCode.INTERRUPTED) -> None:
        super().__init__(message)
        self.exit_code = exit_code
