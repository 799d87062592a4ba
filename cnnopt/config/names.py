"""Which known name a misspelt one was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

_ELSEWHERE = {
    "lr": "learning_rate",
    "eta": "learning_rate",
    "batch": "batch_size",
    "beta_1": "beta1",
    "beta_2": "beta2",
    "eps": "epsilon",
    "channels": "filters",
    "out_channels": "filters",
    "kernel_size": "kernel",
    "pool_size": "kernel",
    "strides": "stride",
    "out_features": "units",
    "p": "rate",
    "std": "sd",
    "weight_decay": "l2",
    "color": "colour",
    "gray": "grey",
    "xavier": "glorot",
    "kaiming": "he",
    "mse": "squared_error",
    "l1": "absolute_error",
    "mean_absolute_error": "absolute_error",
    "bce": "binary_cross_entropy",
    "smooth_l1": "huber",
    "roc_auc": "auc",
    "nll": "log_loss",
    "maxpool": "max_pool2d",
    "avgpool": "avg_pool2d",
    "average_pool": "avg_pool2d",
    "adaptive_avg_pool": "global_avg_pool",
    "global_average_pool": "global_avg_pool",
    "global_average_pooling": "global_avg_pool",
    "adaptive_max_pool": "global_max_pool",
    "conv": "conv2d",
    "depthwise_conv2d": "conv2d",
    "dilation_rate": "dilation",
    "ceil_mode": "ceil",
    "count_include_pad": "count_padding",
    "linear": "dense",
    "fc": "dense",
    "data": "dataset",
    "layers": "model",
    "network": "model",
    "n_splits": "folds",
}
"""What other libraries call the same thing."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the name in `known` that `word` was probably meant to be; empty when none is near."""
    names = list(known)
    plain = {_plain(name): name for name in names}
    if (same := plain.get(_plain(word))) is not None:
        return same
    if (ours := _ELSEWHERE.get(word.lower().replace("-", "_"))) in names:
        return str(ours)
    close = difflib.get_close_matches(_plain(word)[:80], plain, n=1, cutoff=0.6)
    return plain[close[0]] if close else ""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown name: the nearest one, or all."""
    names = list(known)
    if found := nearest(word, names):
        return f"Did you mean {found}?"
    return f"Known: {', '.join(names)}" if names else ""


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")
