"""Which rows train, validate and test: one split, cross-validation by every scheme, bootstrap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.splits.chaining import forward_chaining
    from cnnopt.splits.examples import Examples, Order
    from cnnopt.splits.folds import Place, fold_split, folds_of, pool_of
    from cnnopt.splits.group_folds import group_k_fold
    from cnnopt.splits.held_apart import group_holdout, last_block
    from cnnopt.splits.holding_out import holdout
    from cnnopt.splits.leaving_out import leave_one_group_out, leave_one_out
    from cnnopt.splits.resampling import bootstrap
    from cnnopt.splits.row_folds import k_fold, stratified
    from cnnopt.splits.scheme import Scheme, check_scheme, fitting_scheme
    from cnnopt.splits.shuffling import shuffle_split
    from cnnopt.splits.sides import Sides
    from cnnopt.splits.split import Split
    from cnnopt.splits.stratified_group_folds import stratified_group
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "resampling": ("bootstrap",),
            "examples": ("Examples", "Order"),
            "folds": ("Place", "fold_split", "folds_of", "pool_of"),
            "chaining": ("forward_chaining",),
            "held_apart": ("group_holdout", "last_block"),
            "group_folds": ("group_k_fold",),
            "holding_out": ("holdout",),
            "row_folds": ("k_fold", "stratified"),
            "leaving_out": ("leave_one_group_out", "leave_one_out"),
            "scheme": ("Scheme", "check_scheme", "fitting_scheme"),
            "shuffling": ("shuffle_split",),
            "sides": ("Sides",),
            "split": ("Split",),
            "stratified_group_folds": ("stratified_group",),
        },
    )

__all__ = [
    "Examples",
    "Order",
    "Place",
    "Scheme",
    "Sides",
    "Split",
    "bootstrap",
    "check_scheme",
    "fitting_scheme",
    "fold_split",
    "folds_of",
    "forward_chaining",
    "group_holdout",
    "group_k_fold",
    "holdout",
    "k_fold",
    "last_block",
    "leave_one_group_out",
    "leave_one_out",
    "pool_of",
    "shuffle_split",
    "stratified",
    "stratified_group",
]
