"""PyTorch's side of the race. cnnopt itself never imports PyTorch.

A variant is named by what it switches on, with `_` between: `channels_last`, `fused` (Adam in one
kernel), `compile` (network and loss through `torch.compile`); `eager` is none of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np
import torch
from torch import nn

from benchmarks.side import batches
from benchmarks.workloads import Shape, Spec, Workload, pad_of, shape_after

CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
POOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
NORM = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
LAYOUT = {2: torch.channels_last, 3: torch.channels_last_3d}

Turn = Callable[[torch.Tensor], torch.Tensor]


class TorchSide:
    """One workload on PyTorch."""

    def __init__(
        self, workload: Workload, threads: int, dropout: bool, rate: float, variant: str
    ) -> None:
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        rank = len(workload.input_shape) - 1
        modules: list[nn.Module] = []
        self._flattened: Shape = ()  # what stands before the flatten, if there is one
        shape = workload.input_shape
        for spec in workload.layers:
            if spec[0] == "flatten":
                self._flattened = shape
            if spec[0] != "dropout" or dropout:
                modules.append(_module(spec, shape, rank))
            shape = shape_after(spec, shape)
        self._network = nn.Sequential(*modules)
        layout = LAYOUT.get(rank) if "channels_last" in variant else None
        if layout is not None:
            self._network = self._network.to(memory_format=layout)
        self._batches = [
            (_inputs(x, rank, layout), torch.from_numpy(y)) for x, y in batches(workload)
        ]
        self._fused, self._rate = "fused" in variant, rate
        self._criterion = (
            nn.MSELoss() if workload.loss == "squared_error" else nn.CrossEntropyLoss()
        )
        self._loss = torch.compile(self._evaluate) if "compile" in variant else self._evaluate
        self._optimizer = self._adam()

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take over weights by name, and forget the optimizer's state."""
        with torch.no_grad():
            for name, parameter, to_torch, _ in self._parameters():
                parameter.copy_(to_torch(torch.from_numpy(weights[name])))
        self._optimizer = self._adam()

    def step(self, number: int) -> float:
        """Make a training step on batch `number` and return its loss."""
        x, y = self._batches[number % len(self._batches)]
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss(x, y)
        loss.backward()
        self._optimizer.step()
        value: float = loss.item()
        return value

    def gradients(self) -> dict[str, np.ndarray]:
        """Return the last step's gradients by name, channels last."""
        return {
            name: from_torch(parameter.grad).numpy()
            for name, parameter, _, from_torch in self._parameters()
        }

    def _evaluate(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self._criterion(self._network(x), y)

    def _adam(self) -> torch.optim.Adam:
        return torch.optim.Adam(
            self._network.parameters(), self._rate, fused=True if self._fused else None
        )

    def _parameters(self) -> list[tuple[str, nn.Parameter, Turn, Turn]]:
        """Return (cnnopt's name, tensor, how to turn into PyTorch's order, and back)."""
        found: list[tuple[str, nn.Parameter, Turn, Turn]] = []
        counts: Counter[str] = Counter()
        for module in self._network:
            kind = _kind(module)
            if not kind:
                continue
            counts[kind] += 1
            name = f"{kind}_{counts[kind]}"
            if kind == "batch_norm":
                found.append((f"{name}.scale", module.weight, _same, _same))
                found.append((f"{name}.shift", module.bias, _same, _same))
                continue
            flattened = self._flattened if name == "dense_1" else ()
            found.append((f"{name}.weight", module.weight, *_turns(flattened)))
            found.append((f"{name}.bias", module.bias, _same, _same))
        return found


def _same(tensor: torch.Tensor) -> torch.Tensor:
    return tensor


def _turns(flattened: Shape) -> tuple[Turn, Turn]:
    """Return how a weight (*kernel, C, F) becomes (F, C, *kernel), and back.

    The rows of a dense layer behind a flatten come in the order of (*extents, C) on cnnopt's
    side, in that of (C, *extents) on PyTorch's.
    """
    if not flattened:
        return (
            lambda w: w.movedim((-1, -2), (0, 1)),
            lambda w: w.movedim((0, 1), (-1, -2)),
        )
    *extents, channels = flattened
    return (
        lambda w: w.reshape(*extents, channels, -1).movedim((-1, -2), (0, 1)).flatten(1),
        lambda w: w.reshape(-1, channels, *extents).movedim((0, 1), (-1, -2)).flatten(0, -2),
    )


def _inputs(x: np.ndarray, rank: int, layout: torch.memory_format | None) -> torch.Tensor:
    inputs = torch.from_numpy(x)
    if rank:
        inputs = inputs.movedim(-1, 1)
    return inputs.contiguous(memory_format=layout or torch.contiguous_format)


def _kind(module: nn.Module) -> str:
    if isinstance(module, nn.Linear):
        return "dense"
    if isinstance(module, tuple(CONV.values())):
        return "conv"
    return "batch_norm" if isinstance(module, tuple(NORM.values())) else ""


def _module(spec: Spec, shape: Shape, rank: int) -> nn.Module:
    match spec:
        case ("conv", filters, kernel, stride, padding):
            return CONV[rank](shape[-1], filters, kernel, stride, pad_of(kernel, padding))
        case ("max_pool", kernel, stride):
            return POOL[rank](kernel, stride)
        case ("dense", units):
            return nn.Linear(shape[-1], units)
        case ("dropout", rate):
            return nn.Dropout(rate)
        case ("batch_norm",):
            return NORM[rank](shape[-1])
        case ("relu",):
            return nn.ReLU()
        case ("tanh",):
            return nn.Tanh()
        case _:
            return nn.Flatten()
