"""cnnopt: a laboratory for convolutional networks and optimization, on NumPy."""

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.api import describe as describe
    from cnnopt.api import describe_schedule as describe_schedule
    from cnnopt.api import explain_optimizers as explain_optimizers
    from cnnopt.api import gradcheck as gradcheck
    from cnnopt.api import load_run as load_run
    from cnnopt.api import predict as predict
    from cnnopt.api import range_test as range_test
    from cnnopt.api import resume as resume
    from cnnopt.api import train as train
    from cnnopt.api_ablate import ablate as ablate
    from cnnopt.api_data import audit_data as audit_data
    from cnnopt.api_data import show_data as show_data
    from cnnopt.api_folds import compare_schemes as compare_schemes
    from cnnopt.api_folds import cross_validate as cross_validate
    from cnnopt.api_search import search as search
    from cnnopt.api_studies import compare as compare
    from cnnopt.api_studies import compare_optimizers as compare_optimizers
    from cnnopt.api_studies import run_study as run_study
    from cnnopt.run import Run as Run
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "api": (
                "describe",
                "describe_schedule",
                "explain_optimizers",
                "gradcheck",
                "load_run",
                "predict",
                "range_test",
                "resume",
                "train",
            ),
            "api_ablate": ("ablate",),
            "api_data": ("audit_data", "show_data"),
            "api_folds": ("compare_schemes", "cross_validate"),
            "api_studies": ("compare", "compare_optimizers", "run_study"),
            "api_search": ("search",),
            "run": ("Run",),
        },
    )

__version__ = "0.1.0"

__all__ = [
    "Run",
    "__version__",
    "ablate",
    "audit_data",
    "compare",
    "compare_optimizers",
    "compare_schemes",
    "cross_validate",
    "describe",
    "describe_schedule",
    "explain_optimizers",
    "gradcheck",
    "load_run",
    "predict",
    "range_test",
    "resume",
    "run_study",
    "search",
    "show_data",
    "train",
]
