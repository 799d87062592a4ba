"""The run folder: made, written, read back."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cnnopt.records.checkpoint import Checkpoint as Checkpoint
    from cnnopt.records.create import create_run as create_run
    from cnnopt.records.create import enter_trial as enter_trial
    from cnnopt.records.machine import blas as blas
    from cnnopt.records.machine import environment as environment
    from cnnopt.records.read import Record as Record
    from cnnopt.records.read import find_run as find_run
    from cnnopt.records.read import find_unfinished as find_unfinished
    from cnnopt.records.read import list_runs as list_runs
    from cnnopt.records.read import load_run as load_run
    from cnnopt.records.run_folder import RunFolder as RunFolder
    from cnnopt.records.run_folder import open_run as open_run

_HOMES = {
    "Checkpoint": "checkpoint",
    "create_run": "create",
    "enter_trial": "create",
    "blas": "machine",
    "environment": "machine",
    "Record": "read",
    "find_run": "read",
    "find_unfinished": "read",
    "list_runs": "read",
    "load_run": "read",
    "RunFolder": "run_folder",
    "open_run": "run_folder",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Import a name where it is first used: NumPy is not loaded before."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
