"""Which numbers of folds can be made."""

from __future__ import annotations

from cnnopt.errors import ConfigError, Fault


def check_plural(folds: int) -> None:
    """Raise where there are fewer than 2 folds.

    Raises:
        ConfigError: at `cv.folds`.
    """
    if folds < 2:
        rule = "must be at least 2: one fold says nothing of the spread (scheme holdout is one)"
        raise ConfigError(Fault("cv.folds", rule, str(folds), "Use 5 or 10"))


def check_folds(folds: int, most: int, of_what: str, otherwise: str) -> None:
    """Raise unless 2 <= folds <= most.

    Args:
        folds: how many are asked for.
        most: how many there can be.
        of_what: what limits them, with its number: `the 8 groups`.
        otherwise: the remedy where not even 2 folds can be made.

    Raises:
        ConfigError: at `cv.folds`.
    """
    check_plural(folds)
    if folds > most:
        remedy = f"Use at most {most}" if most > 1 else otherwise
        raise ConfigError(Fault("cv.folds", f"must not exceed {of_what}", str(folds), remedy))
