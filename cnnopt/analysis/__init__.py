"""What can be said of a config before it is trained: its costs, and whether its gradients hold."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnopt.analysis.describe import Description as Description
    from cnnopt.analysis.describe import describe_config as describe_config
    from cnnopt.analysis.gradcheck import GradCheck as GradCheck
    from cnnopt.analysis.gradcheck import check_config as check_config

_HOMES = {
    "Description": "describe",
    "describe_config": "describe",
    "GradCheck": "gradcheck",
    "check_config": "gradcheck",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Import a name where it is first used: NumPy is not loaded before."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
