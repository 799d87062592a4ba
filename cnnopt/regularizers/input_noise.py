"""Noise on the inputs of training batches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnopt.regularizers.batch import Batch


@dataclass(frozen=True)
class InputNoise:
    """x ← x + N(0, sd²); then a share of the pixels becomes black or white, each half of the time.

    A pixel is a place with all its channels; where inputs are tables (B, C) it is a single number.

    Args:
        sd: standard deviation in the unit of the scaled data (1 is that of a channel with
            `scale: standard`, the range of values with `unit`), at least 0.
        salt_and_pepper: share of the pixels that are replaced, in [0, 1].

    Source: Goodfellow, Bengio & Courville 2016, section 7.5; Bishop 1995, "Training with noise is
    equivalent to Tikhonov regularization".
    """

    sd: float = 0.0
    salt_and_pepper: float = 0.0

    name = "input_noise"

    def apply(self, batch: Batch, generator: np.random.Generator) -> None:
        """Change `batch.x` in place."""
        x = batch.x
        if self.sd:
            noise = generator.standard_normal(x.shape, dtype=x.dtype)
            noise *= x.dtype.type(self.sd)
            x += noise
        if self.salt_and_pepper:
            places = generator.random(x.shape if x.ndim == 2 else (*x.shape[:-1], 1))
            half = self.salt_and_pepper / 2
            np.copyto(x, batch.low.astype(x.dtype), where=places < half)
            salt = (places >= half) & (places < self.salt_and_pepper)
            np.copyto(x, batch.high.astype(x.dtype), where=salt)
