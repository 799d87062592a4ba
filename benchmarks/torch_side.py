"""PyTorch's side of the race. cnnopt itself never imports PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import numpy as np
import torch
from torch import nn

from benchmarks.side import LEARNING_RATE, batches
from benchmarks.workloads import Spec, Workload

VARIANTS = ("eager", "channels_last", "fused", "channels_last_fused")
CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
POOL = {1: nn.MaxPool1d, 2: nn.MaxPool2d, 3: nn.MaxPool3d}
NORM = {1: nn.BatchNorm1d, 2: nn.BatchNorm2d, 3: nn.BatchNorm3d}
LAYOUT = {2: torch.channels_last, 3: torch.channels_last_3d}


class Flatten(nn.Module):
    """Flatten with channels last, in cnnopt's order, where weights are to be the same ones."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (B, everything)."""
        return x.movedim(1, -1).flatten(1)


class TorchSide:
    """One workload on PyTorch."""

    def __init__(self, workload: Workload, threads: int, dropout: bool, variant: str) -> None:
        torch.set_num_threads(threads)
        torch.manual_seed(0)
        self._rank = len(workload.input_shape) - 1
        checks = not dropout
        modules: list[nn.Module] = []
        shape = workload.input_shape
        for spec in workload.layers:
            if spec[0] != "dropout" or dropout:
                modules.append(_module(spec, shape, self._rank, checks))
                shape = _shape_after(spec, shape, self._rank)
        self._network = nn.Sequential(*modules)
        layout = LAYOUT.get(self._rank) if "channels_last" in variant else None
        if layout is not None:
            self._network = self._network.to(memory_format=layout)
        self._fused = "fused" in variant
        squared = workload.loss == "squared_error"
        self._loss = nn.MSELoss() if squared else nn.CrossEntropyLoss()
        self._batches = []
        for x, y in batches(workload):
            inputs = torch.from_numpy(x)
            if self._rank:
                inputs = inputs.movedim(-1, 1).contiguous()
            if layout is not None:
                inputs = inputs.contiguous(memory_format=layout)
            self._batches.append((inputs, torch.from_numpy(y)))
        self._optimizer = self._adam()

    def _adam(self) -> torch.optim.Adam:
        return torch.optim.Adam(
            self._network.parameters(), LEARNING_RATE, fused=True if self._fused else None
        )

    def load(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take over weights by name, and forget the optimizer's state."""
        counts: dict[str, int] = {}
        with torch.no_grad():
            for module in self._network:
                kind = _kind(module)
                if not kind:
                    continue
                counts[kind] = counts.get(kind, 0) + 1
                name = f"{kind}_{counts[kind]}"
                if kind == "batch_norm":
                    module.weight.copy_(torch.from_numpy(weights[f"{name}.scale"]))
                    module.bias.copy_(torch.from_numpy(weights[f"{name}.shift"]))
                    continue
                weight = torch.from_numpy(weights[f"{name}.weight"])
                module.weight.copy_(weight.movedim((-1, -2), (0, 1)))
                module.bias.copy_(torch.from_numpy(weights[f"{name}.bias"]))
        self._optimizer = self._adam()

    def step(self, number: int) -> float:
        """Make a training step on batch `number` and return its loss."""
        x, y = self._batches[number % len(self._batches)]
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss(self._network(x), y)
        loss.backward()
        self._optimizer.step()
        return float(loss)


def _kind(module: nn.Module) -> str:
    if isinstance(module, nn.Linear):
        return "dense"
    if isinstance(module, tuple(CONV.values())):
        return "conv"
    return "batch_norm" if isinstance(module, tuple(NORM.values())) else ""


def _module(spec: Spec, shape: tuple[int, ...], rank: int, checks: bool) -> nn.Module:
    match spec:
        case ("conv", filters, kernel, stride, padding):
            pad = {"same": kernel // 2, "valid": 0}.get(padding, padding)
            return CONV[rank](shape[-1], filters, kernel, stride, pad)
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
            # Timed as people write it; compared in the order that makes weights the same.
            return Flatten() if checks else nn.Flatten()


def _shape_after(spec: Spec, shape: tuple[int, ...], rank: int) -> tuple[int, ...]:
    match spec:
        case ("conv", filters, kernel, stride, padding):
            pad = {"same": kernel // 2, "valid": 0}.get(padding, padding)
            return (*((n + 2 * pad - kernel) // stride + 1 for n in shape[:-1]), filters)
        case ("max_pool", kernel, stride):
            return (*((n - kernel) // stride + 1 for n in shape[:-1]), shape[-1])
        case ("dense", units):
            return (units,)
        case ("flatten",):
            return (prod(shape),)
        case _:
            return shape
