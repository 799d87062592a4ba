"""The names of the schemes; apart, because a config is checked before NumPy is loaded."""

from typing import Literal

SchemeName = Literal[
    "holdout",
    "k_fold",
    "stratified",
    "group",
    "stratified_group",
    "leave_one_out",
    "leave_one_group_out",
    "shuffle",
    "forward_chaining",
]

K_FOLD_KINDS: tuple[SchemeName, ...] = ("k_fold", "stratified", "group", "stratified_group")
"""Every row is tested once in each repetition, in a fold that a draw puts it into."""

CORRECTED: tuple[SchemeName, ...] = (*K_FOLD_KINDS, "shuffle")
"""Folds are many enough, and alike enough, for an interval from their own spread."""

IN_TIME: tuple[SchemeName, ...] = ("holdout", "forward_chaining")
"""What trains lies before what is tested, where the rows are in order of time."""

OF_GROUPS: tuple[SchemeName, ...] = ("group", "stratified_group", "leave_one_group_out")
"""No group is on both sides."""
