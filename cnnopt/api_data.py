"""The public functions that look at data: what their commands do, without the screen.

As in `api`, each imports what it needs when it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cnnopt.arguments import Source, count_of, settings_of
from cnnopt.trials.events import Listener, nobody

if TYPE_CHECKING:
    from cnnopt.analysis import Audit

VERSIONS = 7
"""Augmented versions of each example that a picture shows."""


@dataclass(frozen=True)
class Shown:
    """A picture of examples.

    Attributes:
        schema: of these keys.
        dataset: name of the data set.
        file: the picture.
        rows: which rows of the data set it shows.
        labels: their labels, as the picture says them.
        versions: how many augmented versions of each it shows.
        transforms: names of what changes them, in order.
        notes: what is known of the data.
    """

    schema: int
    dataset: str
    file: Path
    rows: tuple[int, ...]
    labels: tuple[str, ...]
    versions: int
    transforms: tuple[str, ...]
    notes: tuple[str, ...]


def audit_data(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    listener: Listener = nobody,
) -> Audit:
    """Look for what would make a result too good, in the parts that `train` would use.

    Copies and near copies on both sides of the split, groups on both sides, training rows from the
    future, windows that share samples; and, as remarks, classes out of balance, constant features,
    examples with two labels.

    Args:
        config, overrides, listener: as of `train`.

    Raises:
        ConfigError, DataError: as of `train`. A leak raises nothing: see `leaks`.

    Example:
        >>> import cnnopt
        >>> audit = cnnopt.audit_data("configs/digits.yaml")  # doctest: +SKIP
        >>> len(audit.leaks), audit.parts["test"]  # doctest: +SKIP
        (0, 360)
    """
    from cnnopt.analysis import audit_config

    settings, _ = settings_of(config, overrides, None, listener)
    return audit_config(settings)


def show_data(
    config: Source | None = None,
    overrides: Sequence[str] = (),
    *,
    augmented: bool = False,
    rows: int | None = None,
    seed: int = 0,
    output: str | Path | None = None,
    listener: Listener = nobody,
) -> Shown:
    """Draw training examples with their labels, and what training will make of them.

    Args:
        config, overrides, listener: as of `train`.
        augmented: beside each example seven versions, as the first seven steps would change it.
        rows: how many examples; None: 24, or 10 with their versions.
        seed: which examples are drawn.
        output: the PNG file; None: `NAME-examples.png` or `NAME-augmented.png` in this folder.

    Raises:
        ConfigError, DataError: as of `train`.
        UsageError: nothing in the config changes a training batch.
        WriteError: the picture could not be written.

    Example:
        >>> import cnnopt
        >>> cnnopt.show_data("configs/digits.yaml", rows=3).labels  # doctest: +SKIP
        ('0', '1', '2')
    """
    from cnnopt.analysis import examples_of
    from cnnopt.plots import draw_examples

    count = count_of("rows", rows, 10 if augmented else 24)
    settings, _ = settings_of(config, overrides, None, listener)
    versions = VERSIONS if augmented else 0
    found = examples_of(settings, count, versions=versions, seed=seed)
    kind = "augmented" if augmented else "examples"
    file = draw_examples(found, Path(output or f"{settings.name}-{kind}.png"))
    return Shown(
        1,
        found.dataset,
        file,
        tuple(map(int, found.rows)),
        found.labels[0],
        versions,
        found.transforms,
        found.notes,
    )
