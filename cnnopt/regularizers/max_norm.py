"""A longest length for the weights that lead into a unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnopt.arrays import Array
from cnnopt.regularizers.tensor import Tensor


@dataclass(frozen=True)
class MaxNorm:
    """w ← w·min(1, c/‖w‖) after each update, for the weights w into each unit or filter.

    Not in the loss: it leaves weights alone that are short enough. A unit's weights are all that
    lie at one place of the last axis: a column of a dense layer, a filter of a convolution; the
    bias is not among them (Keras: `max_norm(c, axis=[0, 1, 2])`; PyTorch has outputs on the first
    axis: `torch.renorm(w, 2, 0, c)`).

    Args:
        limit: c, above 0.
        tensors: which weights.

    Source: Srivastava et al. 2014, "Dropout", section 5.1, with c from 3 to 4.

    Example:
        >>> w = np.array([3.0, 0.3, 4.0, 0.4])  # (2, 2): columns of length 5 and 0.5
        >>> MaxNorm(1.0, (Tensor("dense_1.weight", 0, 4, (2, 2)),)).shorten(w)
        >>> w.tolist()
        [0.6000000000000001, 0.3, 0.8, 0.4]
    """

    limit: float
    tensors: tuple[Tensor, ...]

    def shorten(self, weights: Array) -> None:
        """Shorten what is too long, in place, in `weights` (P,)."""
        for tensor in self.tensors:
            columns = tensor.of(weights).reshape(-1, tensor.shape[-1])
            norms = np.linalg.norm(columns.astype(np.float64), axis=0)
            if (norms > self.limit).any():
                factors = self.limit / np.maximum(norms, self.limit)
                with np.errstate(invalid="ignore"):  # infinite weights: the next step says so
                    columns *= factors.astype(weights.dtype)
