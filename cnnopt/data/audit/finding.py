"""What one check of the audit found, and how it names rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SHOWN = 3  # a detail names so many of what was found; the number says how many there are


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        check: what was looked for: `exact duplicates across parts`.
        found: how many.
        detail: which rows, names and counts; or what was looked at when nothing was found.
        leak: whether what was found makes a result too good; else it is a remark.
        remedy: what to do where it is a leak.
    """

    check: str
    found: int
    detail: str
    leak: bool
    remedy: str = ""

    @property
    def leaks(self) -> bool:
        """Whether there is a leak: something was found, and it is no mere remark."""
        return self.leak and self.found > 0

    def entry(self) -> dict[str, Any]:
        """Return check, found, detail and leak, JSON-ready: as a summary lists them."""
        return {
            "check": self.check,
            "found": self.found,
            "detail": self.detail,
            "leak": self.leak,
        }


def few(names: Iterable[str]) -> str:
    """Return the first few names with commas between, and `...` where there are more."""
    listed = list(names)
    return ", ".join(listed[:SHOWN]) + (", ..." if len(listed) > SHOWN else "")


def number(n: int, one: str, many: str = "") -> str:
    """Return `1 row`, `1,797 rows`, `3 classes`."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"
