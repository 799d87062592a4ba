"""Noise on the weights while the gradient is taken."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnopt.arrays import Array
from cnnopt.randomness import stream
from cnnopt.regularizers.tensor import Tensor


@dataclass(frozen=True)
class WeightNoise:
    """The gradient at w + n updates w; n ~ N(0, sd²), drawn anew for each step.

    There for the forward and the backward pass, gone before the update: what comes back are the
    weights' own bits. Penalties are those of w. With `sam` both passes draw the same numbers.

    Args:
        sd: standard deviation of n, at least 0.
        relative: whether it counts in standard deviations of the tensor's own weights.
        tensors: which weights; each draws from `stream(seed, "weight_noise", name, step)`.

    Source: Goodfellow, Bengio & Courville 2016, section 7.5; Graves 2011.
    """

    sd: float
    relative: bool
    tensors: tuple[Tensor, ...]

    def add(self, weights: Array, seed: int, step: int) -> None:
        """Add the noise of `step` to `weights` (P,), in place."""
        for tensor in self.tensors:
            w = weights[tensor.range]
            generator = stream(seed, "weight_noise", tensor.name, step)
            noise = generator.standard_normal(len(w), dtype=weights.dtype)
            with np.errstate(invalid="ignore"):  # infinite weights: the loss says so
                scale = self.sd * float(np.std(w, dtype=np.float64)) if self.relative else self.sd
                w += noise * weights.dtype.type(scale)
