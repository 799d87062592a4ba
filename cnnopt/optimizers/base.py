"""What every optimizer is: settings, names of its slots, and one update of some weights."""

from __future__ import annotations

from typing import ClassVar, NamedTuple, Protocol

from cnnopt.arrays import Array


class Step(NamedTuple):
    """What an update is told besides the arrays.

    Attributes:
        number: of the update, from 1.
        learning_rate: of this step and these weights, after schedule and parameter group.
        weight_decay: of these weights, decoupled; 0 for biases and norms unless a group says more.
    """

    number: int
    learning_rate: float
    weight_decay: float = 0.0


class Optimizer(Protocol):
    """Settings of an optimizer, as a frozen dataclass: its fields are what a config may set.

    Attributes:
        shaped: whether it wants each tensor by itself, in its shape with outputs on the last axis;
            else weights come as flat blocks cut anywhere.
        decays: whether it makes the weight decay itself; else the updater does, before.
        scratch: how many arrays like the weights it needs while it works.
    """

    shaped: ClassVar[bool]
    decays: ClassVar[bool]
    scratch: ClassVar[int]

    @property
    def learning_rate(self) -> float:
        """The rate before any schedule."""
        ...

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the vectors that it keeps, each as long as the weights, zero at first."""
        ...

    def update(
        self,
        w: Array,
        g: Array,
        slots: tuple[Array, ...],
        scratch: tuple[Array, ...],
        step: Step,
    ) -> None:
        """Change weights and slots by the gradient, all of one shape: (n,), or a tensor's.

        Args:
            w: weights.
            g: their gradient, which must stay as it is.
            slots: what was kept, in the order of `slots`.
            scratch: arrays to write into.
            step: number and rates.
        """
        ...
