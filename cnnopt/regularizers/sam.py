"""Sharpness-aware minimization: the gradient where the loss is worst nearby."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnopt.arrays import Array


@dataclass(frozen=True)
class Sam:
    """w ← the optimizer's step from w along ∇L(w + ρ·g/‖g‖), with g = ∇L(w).

    Wraps whatever optimizer there is. Each step takes two passes over the batch, so twice the
    time. Both see the same masks; running means follow the first alone. L is the whole objective,
    norm penalties included (the authors' code leaves weight decay to the optimizer).

    Args:
        rho: ρ, above 0: how far to climb; 0.05 in the paper for CIFAR.

    Source: Foret et al. 2021, algorithm 1.

    Example:
        >>> w = np.array([0.0, 0.0])
        >>> Sam(0.5).climb(w, np.array([3.0, 4.0]))
        >>> w
        array([0.3, 0.4])
    """

    rho: float = 0.05

    def climb(self, weights: Array, gradient: Array) -> None:
        """Go ρ along the gradient's direction, in place; nowhere where it is 0."""
        norm = float(np.linalg.norm(gradient.astype(np.float64)))
        if norm:
            weights += gradient * gradient.dtype.type(self.rho / norm)
