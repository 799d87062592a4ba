"""Which rows train, validate and test: holdout and k-fold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnopt.splits.folds import Scheme, apart, fold_split, folds_of, k_fold, stratified
    from cnnopt.splits.holding_out import holdout
    from cnnopt.splits.split import Split

__all__ = ["Scheme", "Split", "apart", "fold_split", "folds_of", "holdout", "k_fold", "stratified"]

_HOMES = {
    "Scheme": "folds",
    "Split": "split",
    "apart": "folds",
    "fold_split": "folds",
    "folds_of": "folds",
    "holdout": "holding_out",
    "k_fold": "folds",
    "stratified": "folds",
}


def __getattr__(name: str) -> Any:
    """Load a name's module when it is first asked for: all of them import numpy."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
