"""Names of a package that are imported when they are first asked for.

`cnnopt --help` and tab completion would otherwise wait for NumPy and SciPy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def lazy_names(package: str, homes: Mapping[str, tuple[str, ...]]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package's `__init__.py` (PEP 562).

    It belongs under `else` of `if TYPE_CHECKING`, where the same names are imported: seen by a
    type-checker, a `__getattr__` would let every misspelt name pass.

    Args:
        package: its `__name__`.
        homes: names by the module of the package that has them.

    Example:
        >>> get = lazy_names("cnnopt.metrics", {"accuracy": ("Accuracy",)})
        >>> get("Accuracy").__module__
        'cnnopt.metrics.accuracy'
    """
    home_of = {name: home for home, names in homes.items() for name in names}

    def get(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{home_of[name]}"), name)

    return get
