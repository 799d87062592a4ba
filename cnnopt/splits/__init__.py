"""Which rows train, validate and test: holdout, the kinds of cross-validation, the bootstrap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.splits.chaining import Window, forward_chaining
    from cnnopt.splits.folds import Scheme, apart, fold_split, folds_of, k_fold, stratified
    from cnnopt.splits.group_folds import group_k_fold
    from cnnopt.splits.held_apart import group_holdout, last_block
    from cnnopt.splits.holding_out import holdout
    from cnnopt.splits.leaving_out import leave_one_group_out, leave_one_out
    from cnnopt.splits.resampling import bootstrap
    from cnnopt.splits.shuffling import shuffle_split
    from cnnopt.splits.sides import Sides
    from cnnopt.splits.split import Split
    from cnnopt.splits.stratified_group_folds import stratified_group
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "chaining": ("Window", "forward_chaining"),
            "folds": ("Scheme", "apart", "fold_split", "folds_of", "k_fold", "stratified"),
            "group_folds": ("group_k_fold",),
            "held_apart": ("group_holdout", "last_block"),
            "holding_out": ("holdout",),
            "leaving_out": ("leave_one_group_out", "leave_one_out"),
            "resampling": ("bootstrap",),
            "shuffling": ("shuffle_split",),
            "sides": ("Sides",),
            "split": ("Split",),
            "stratified_group_folds": ("stratified_group",),
        },
    )

__all__ = [
    "Scheme",
    "Sides",
    "Split",
    "Window",
    "apart",
    "bootstrap",
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
    "shuffle_split",
    "stratified",
    "stratified_group",
]
