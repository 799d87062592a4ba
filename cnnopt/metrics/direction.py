"""Names of metrics in YAML and in column heads, which way is better, which one leads."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

OF_CLASSES = MappingProxyType(
    {
        "accuracy": True,
        "balanced_accuracy": True,
        "precision": True,
        "recall": True,
        "f1": True,
        "auc": True,
        "top_3": True,
        "top_5": True,
        "log_loss": False,
    }
)
"""Metrics of classification: name → whether higher is better."""

OF_NUMBERS = MappingProxyType({"mse": False, "mae": False, "r2": True})
"""Metrics of regression, likewise."""

USUAL = MappingProxyType({True: ("accuracy",), False: ("mae", "r2")})
"""What is measured where `training.metrics` names nothing, by whether the data has classes."""

_HIGHER = MappingProxyType({"loss": False, **OF_CLASSES, **OF_NUMBERS})


def higher_is_better(name: str) -> bool:
    """Return whether a larger value of the metric `name` is the better one.

    Args:
        name: `loss`, or a metric such as `accuracy`, `auc`, `mae` or `r2`.

    Raises:
        ValueError: there is no metric of this name.

    Example:
        >>> higher_is_better("accuracy"), higher_is_better("loss")
        (True, False)
    """
    if name not in _HIGHER:
        raise ValueError(f"metric must be one of {', '.join(_HIGHER)}, got {name!r}.")
    return _HIGHER[name]


def leading(chosen: Sequence[str] | None, classification: bool) -> str:
    """Return the metric that speaks for a study: the first of those chosen.

    Args:
        chosen: `training.metrics`; None or empty where the user left it to us: accuracy for
            classes, the loss for numbers.
        classification: whether the data has classes.
    """
    if chosen:
        return chosen[0]
    return "accuracy" if classification else "loss"
