"""Noise on the gradient that fades."""

from __future__ import annotations

from dataclasses import dataclass

from cnnopt.arrays import Array
from cnnopt.randomness import stream
from cnnopt.regularizers.tensor import Tensor


@dataclass(frozen=True)
class GradientNoise:
    """g ← g + N(0, σ²) with σ² = η/(1 + t)^γ, t the steps done before, from 0.

    After clipping, so that its size is what the formula says.

    Args:
        eta: η, the first step's variance, at least 0.
        gamma: γ, at least 0: how fast it fades; 0 keeps it.
        tensors: whose gradient; each draws from `stream(seed, "gradient_noise", name, step)`.

    Source: Neelakantan et al. 2015, "Adding gradient noise improves learning for very deep
    networks", equation 1; η from {0.01, 0.3, 1}, γ = 0.55.

    Example:
        >>> rule = GradientNoise(eta=1.0, gamma=0.5, tensors=())
        >>> rule.sd(1), rule.sd(16)
        (1.0, 0.5)
    """

    eta: float
    gamma: float
    tensors: tuple[Tensor, ...]

    def sd(self, step: int) -> float:
        """Return σ of `step`, counted from 1."""
        return float((self.eta / step**self.gamma) ** 0.5)

    def add(self, gradient: Array, seed: int, step: int) -> None:
        """Add the noise of `step` to `gradient` (P,), in place."""
        sd = gradient.dtype.type(self.sd(step))
        for tensor in self.tensors:
            g = gradient[tensor.range]
            generator = stream(seed, "gradient_noise", tensor.name, step)
            g += generator.standard_normal(len(g), dtype=gradient.dtype) * sd
