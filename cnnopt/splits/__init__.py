"""Which rows train, validate and test: holdout and k-fold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.splits.folds import Scheme, apart, fold_split, folds_of, k_fold, stratified
    from cnnopt.splits.holding_out import holdout
    from cnnopt.splits.split import Split
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "folds": ("Scheme", "apart", "fold_split", "folds_of", "k_fold", "stratified"),
            "holding_out": ("holdout",),
            "split": ("Split",),
        },
    )

__all__ = ["Scheme", "Split", "apart", "fold_split", "folds_of", "holdout", "k_fold", "stratified"]
