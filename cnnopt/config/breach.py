"""What a broken rule between settings is told with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Breach:
    """A broken rule: the path of the setting to blame, the rule, and what to do."""

    path: str
    rule: str
    remedy: str
