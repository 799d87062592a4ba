"""The audit of the parts that a training would use."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cnnopt.config import Config
from cnnopt.data.audit import Finding, audit_parts
from cnnopt.trials.splitting import split_of
from cnnopt.trials.trial import load_data

SCHEMA = 1


@dataclass(frozen=True)
class Audit:
    """What the audit of a data set's parts found.

    Attributes:
        dataset: its name in the config.
        rows: number of examples, those that take no part included.
        parts: number of rows of each part.
        findings: one per check, leaks first, then remarks.
        notes: what is known of the data besides.
    """

    dataset: str
    rows: int
    parts: dict[str, int]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def leaks(self) -> tuple[Finding, ...]:
        """The findings that make a result on these parts too good."""
        return tuple(finding for finding in self.findings if finding.leaks)

    def to_json(self) -> dict[str, Any]:
        """Return all of it, JSON-ready; `leaks` is how many checks found one."""
        return {"schema": SCHEMA} | asdict(self) | {"leaks": len(self.leaks)}


def audit_config(config: Config) -> Audit:
    """Audit the parts that `train` would use with this config.

    Raises:
        ConfigError, DataError: as when the config is trained.
    """
    data = load_data(config)
    parts = split_of(config, None, data).parts()
    counts = {name: len(rows) for name, rows in parts.items()}
    return Audit(data.name, data.rows, counts, tuple(audit_parts(data, parts)), data.notes)
