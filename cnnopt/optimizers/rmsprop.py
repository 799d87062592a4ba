"""RMSprop: the gradient over its running scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnnopt.arrays import Array
from cnnopt.optimizers.base import Step


@dataclass(frozen=True)
class RmsProp:
    """s ← ρ·s + (1-ρ)·g²; w ← w - η·g/(√s + ε).

    Centered: m ← ρ·m + (1-ρ)·g, and √(s - m²), the running deviation, takes the place of √s.
    With momentum: v ← μ·v + g/(√s + ε); w ← w - η·v.

    Args:
        learning_rate: η, above 0: about the length of a step.
        rho: ρ, in [0, 1): memory of the scale. 0.99 as in PyTorch; 0.9 in the lecture and Keras.
        momentum: μ, in [0, 1); 0 is off.
        centered: divide by the deviation.
        epsilon: ε, above 0, outside the root as in PyTorch (1e-8); Keras has 1e-7 inside it. s
            starts from 0 without correction: the first step is η/√(1-ρ) long, ten times η.
            State: 4 bytes a parameter (s), 4 more for each of momentum and centered.

    Source: Hinton's lecture 6e (2012); Graves 2013, eq. 38 to 45 (centered, momentum).

    Example:
        >>> w, s, room = np.array([1.0]), np.array([4.0]), np.empty(1)
        >>> RmsProp(0.1).update(w, np.array([2.0]), (s,), (room,), Step(2, 0.1))
        >>> w.round(6), s
        (array([0.9]), array([4.]))
    """

    learning_rate: float = 1e-2
    rho: float = 0.99
    momentum: float = 0.0
    centered: bool = False
    epsilon: float = 1e-8

    shaped: ClassVar[bool] = False
    decays: ClassVar[bool] = False
    scratch: ClassVar[int] = 1

    @property
    def slots(self) -> tuple[str, ...]:
        """The running square; with them, the running mean and the velocity."""
        mean = ("mean",) if self.centered else ()
        velocity = ("velocity",) if self.momentum else ()
        return ("square", *mean, *velocity)

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Go along the gradient over its running scale."""
        room, s = scratch[0], slots[0]
        np.multiply(g, g, out=room)
        _mix(s, room, self.rho)
        if self.centered:
            m = slots[1]
            np.copyto(room, g)
            _mix(m, room, self.rho)
            np.multiply(m, m, out=room)
            np.subtract(s, room, out=room)
            np.maximum(room, 0.0, out=room)  # rounding may take an even gradient's below 0
            np.sqrt(room, out=room)
        else:
            np.sqrt(s, out=room)
        room += self.epsilon
        np.divide(g, room, out=room)
        if self.momentum:
            v = slots[-1]
            v *= self.momentum
            v += room
            np.copyto(room, v)
        room *= step.learning_rate
        w -= room


def _mix(kept: Array, new: Array, share: float) -> None:
    """kept ← share·kept + (1 - share)·new; `new` is used up."""
    kept *= share
    new *= 1 - share
    kept += new
