"""What every layer is: frozen settings. Its arrays are arguments, its buffers are planned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import numpy as np

from cnnopt.arrays import Array, Shape
from cnnopt.buffers import Buffers
from cnnopt.errors import CnnoptError
from cnnopt.layers.initial import Initial

Memory = Literal["own", "in place", "view"]


class ShapeError(CnnoptError):
    """A layer does not fit its input; whoever knows the layer's path adds it."""

    def __init__(self, rule: str, remedy: str = "") -> None:
        super().__init__(f"{rule}. {remedy}" if remedy else rule)
        self.rule, self.remedy = rule, remedy


@dataclass(frozen=True)
class Parameter:
    """One tensor that a layer learns.

    Attributes:
        name: `weight` or `bias`.
        shape: its shape.
        fan_in: how many inputs meet in one output.
        fan_out: how many outputs one input reaches.
        initial: how it is drawn.
        decays: whether norm penalties apply (to weights, not to biases).
        trains: whether it has a gradient; a running mean has none.
    """

    name: str
    shape: Shape
    fan_in: int
    fan_out: int
    initial: Initial
    decays: bool = True
    trains: bool = True


@dataclass(frozen=True, slots=True)
class Wires:
    """The arrays that join a layer to its neighbours, for one chunk of B examples.

    Attributes:
        x: input, (B, *shape).
        y: output; the memory of `x` where the layer works in place.
        dx: gradient of the loss by `x`; None where nobody needs it.
        dy: gradient of the loss by `y`; None where the layer has no backward pass to make.
        training: whether the plan is for training; also where there is no gradient to make, noise
            acts only then.
    """

    x: Array
    y: Array
    dx: Array | None
    dy: Array | None
    training: bool


class Layer(Protocol):
    """Settings of a layer and what they compute.

    `memory` says where the output lies: `"own"`; `"in place"`, over the input, which is then
    never read again; or `"view"`, the input's memory in another shape, with nothing to compute.
    `reads_output`: backward reads `y`, so that no later layer may work in place on it.
    `reads_input`: backward reads `x`, so that its memory may not be used for another array.
    `trains_only`: the identity outside training, left out of a plan for inference.
    """

    memory: ClassVar[Memory]
    reads_output: ClassVar[bool]

    @property
    def reads_input(self) -> bool:
        """See above."""
        ...

    trains_only: ClassVar[bool]

    def output_shape(self, x: Shape) -> Shape:
        """Return the shape of one output, without the batch; raise `ShapeError` if none fits."""
        ...

    def parameters(self, x: Shape) -> tuple[Parameter, ...]:
        """Return the tensors to learn for inputs of shape `x`."""
        ...

    def multiply_adds(self, x: Shape) -> int:
        """Return the multiply-additions of one example's forward pass in matrix products."""
        ...

    def plan(self, wires: Wires, make: Buffers) -> Any:
        """Return the layer's space: the wires and what else it needs. Only here memory is made."""
        ...

    def forward(self, s: Any, parameters: tuple[Array, ...]) -> None:
        """Compute `y` from `x`."""
        ...

    def backward(self, s: Any, parameters: tuple[Array, ...], gradients: tuple[Array, ...]) -> None:
        """Overwrite `gradients`, and `dx` where there is one, from `dy`."""
        ...


@dataclass(frozen=True)
class Draw:
    """Random numbers that a layer takes in every step of training.

    Attributes:
        shape: of one example's numbers, or of the step's where all examples share them.
        fill: fills an array, (B, *shape) or `shape`, from the generator.
        shared: whether all examples of a batch have the same numbers.
        name: of the layer inside the layer that takes them, `` for the layer itself; names the
            stream.
    """

    shape: Shape
    fill: Callable[[Array, np.random.Generator], None]
    shared: bool = False
    name: str = ""


def fill_uniform(noise: Array, generator: np.random.Generator) -> None:
    """Fill `noise` with uniform numbers of [0, 1)."""
    generator.random(out=noise, dtype=noise.dtype.type)


@runtime_checkable
class Noisy(Protocol):
    """A layer that draws: numbers come for the whole batch, then each chunk takes its rows."""

    def draws(self, x: Shape) -> tuple[Draw, ...]:
        """Return what is drawn in a step, for inputs of shape `x`."""
        ...

    def use(self, s: Any, noise: tuple[Array, ...]) -> None:
        """Take the chunk's part of each draw into the space before its forward pass."""
        ...


@runtime_checkable
class Coupled(Protocol):
    """A layer whose output for one example depends on the others of the batch.

    It runs in phases. `batch` is what all chunks share, made by `share`; `part` is one shard's.
    """

    def share(self, x: Shape, shards: int, make: Buffers) -> Any:
        """Return room for what the chunks of a batch share; it has `parts`, one a shard."""
        ...

    def plan_chunk(self, wires: Wires, make: Buffers, batch: Any) -> Any:
        """Return the space of one of several chunks."""
        ...

    def room(self, x: Shape, examples: int, make: Buffers) -> Any:
        """Return scratch for `measure` and `finish` on chunks of up to so many examples."""
        ...

    def measure(self, part: Any, x: Array, room: Any) -> None:
        """Add a chunk's inputs to its shard's sums."""
        ...

    def combine(self, batch: Any, parameters: tuple[Array, ...]) -> None:
        """Combine the shards' sums, in their order, before any chunk goes forward."""
        ...

    def reduce(self, batch: Any, gradients: Sequence[tuple[Array, ...]]) -> None:
        """Combine the shards' gradients, in their order, when all chunks have gone back."""
        ...

    def finish(self, batch: Any, dy: Array, x: Array, room: Any) -> None:
        """Turn a chunk's `dy` into its `dx`, in place."""
        ...


@runtime_checkable
class Prepared(Protocol):
    """A layer that does a part of its work once a step instead of once a chunk.

    What it prepares from its parameters is read by all chunks of a batch; what they tell of its
    gradients is summed by shard, and settled when a shard's chunks have all gone back.
    """

    def reserve(self, x: Shape, examples: int, make: Buffers) -> Any:
        """Return room for what is prepared, or None where nothing is, for batches of so many
        examples of shape `x`."""
        ...

    def tally(self, prepared: Any, make: Buffers) -> Any:
        """Return room for a shard's sums, which is empty."""
        ...

    def prepare(self, prepared: Any, parameters: tuple[Array, ...]) -> None:
        """Prepare a step: its parameters are what they are now."""
        ...

    def plan_prepared(self, wires: Wires, make: Buffers, prepared: Any, tally: Any) -> Any:
        """Return the space of a chunk; without a tally in a plan for inference."""
        ...

    def settle(self, tally: Any, gradients: tuple[Array, ...]) -> None:
        """Overwrite `gradients` with what a shard's chunks have told, and empty the tally."""
        ...
