"""cnnopt: a laboratory for convolutional networks and optimization, on NumPy."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnopt.api import Run as Run
    from cnnopt.api import compare_optimizers as compare_optimizers
    from cnnopt.api import cross_validate as cross_validate
    from cnnopt.api import describe as describe
    from cnnopt.api import gradcheck as gradcheck
    from cnnopt.api import load_run as load_run
    from cnnopt.api import predict as predict
    from cnnopt.api import resume as resume
    from cnnopt.api import train as train

__version__ = "0.1.0"

_PUBLIC = (
    "Run",
    "compare_optimizers",
    "cross_validate",
    "describe",
    "gradcheck",
    "load_run",
    "predict",
    "resume",
    "train",
)
__all__ = ["__version__", *_PUBLIC]


def __getattr__(name: str) -> Any:
    """Load the functions when one is first asked for: `--help` needs none of them."""
    if name not in _PUBLIC:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from cnnopt import api

    return getattr(api, name)
