"""Which way is better, by a metric's name in YAML and in column heads."""

from types import MappingProxyType

_HIGHER = MappingProxyType({"loss": False, "accuracy": True, "mae": False, "r2": True})


def higher_is_better(name: str) -> bool:
    """Return whether a larger value of the metric `name` is the better one.

    Args:
        name: `loss`, `accuracy`, `mae` or `r2`.

    Raises:
        ValueError: there is no metric of this name.

    Example:
        >>> higher_is_better("accuracy"), higher_is_better("loss")
        (True, False)
    """
    if name not in _HIGHER:
        raise ValueError(f"metric must be one of {', '.join(_HIGHER)}, got {name!r}.")
    return _HIGHER[name]
