"""The run folder: made, written, read back."""

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.records.checkpoint import Checkpoint as Checkpoint
    from cnnopt.records.create import create_run as create_run
    from cnnopt.records.create import enter_trial as enter_trial
    from cnnopt.records.machine import blas as blas
    from cnnopt.records.machine import blas_warning as blas_warning
    from cnnopt.records.machine import environment as environment
    from cnnopt.records.read import Record as Record
    from cnnopt.records.read import find_run as find_run
    from cnnopt.records.read import find_unfinished as find_unfinished
    from cnnopt.records.read import list_runs as list_runs
    from cnnopt.records.read import load_run as load_run
    from cnnopt.records.run_folder import RunFolder as RunFolder
    from cnnopt.records.run_folder import open_run as open_run
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "checkpoint": ("Checkpoint",),
            "create": ("create_run", "enter_trial"),
            "machine": ("blas", "blas_warning", "environment"),
            "read": ("Record", "find_run", "find_unfinished", "list_runs", "load_run"),
            "run_folder": ("RunFolder", "open_run"),
        },
    )

__all__ = [
    "Checkpoint",
    "Record",
    "RunFolder",
    "blas",
    "blas_warning",
    "create_run",
    "enter_trial",
    "environment",
    "find_run",
    "find_unfinished",
    "list_runs",
    "load_run",
    "open_run",
]
