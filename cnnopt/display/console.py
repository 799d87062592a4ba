"""The console that everything is printed on."""

from __future__ import annotations

from rich.console import Console


def make_console(*, to_stderr: bool = False) -> Console:
    """Return a console on stdout or stderr; rich itself respects NO_COLOR and a dumb terminal."""
    return Console(stderr=to_stderr, highlight=False, emoji=False, markup=False)


def can_live(console: Console) -> bool:
    """Return whether lines can be drawn over again."""
    return console.is_terminal and not console.is_dumb_terminal
