"""The public functions that look at data: what their commands do, without the screen.

As in `api`, each imports what it needs when it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnopt.arguments import Source, settings_of
from cnnopt.trials.events import Listener, nobody

if TYPE_CHECKING:
    from cnnopt.analysis import Audit


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
