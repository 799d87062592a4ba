"""Are both sides the same network? Checked on every workload before it is timed.

From the same weights and over the same batches, with dropout off, ten steps of Adam have to give
losses within 1e-4 of each other, relative, for every variant of PyTorch that may be timed. Adam
hides a gradient that is wrong by a factor, so the gradients of the first step are compared, too,
tensor by tensor; within 2e-2, since an input of a relu that rounding takes across 0, or another
winner of a pooling, sends a gradient elsewhere: between its layouts, PyTorch differs by 4e-3.

The steps of the check are gentle ones, at a learning rate of 1e-5. At Adam's usual 1e-3 the
first steps of `cifar-3c3d` are chaotic: the loss leaps from 6.5 to 12, and rounding grows so fast
that PyTorch differs from itself, channels first against channels last, by 1.5e-2 at the tenth step
(and by 3e-4 on `cifar-vgg-bn`), as much as from cnnopt. At 1e-5 it differs from itself by
1.5e-6 at most, while the losses of each workload still move by more than the tolerance.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.process import Process, SideError

STEPS = 10
TOLERANCE = 1e-4
GRADIENT_TOLERANCE = 2e-2
LEARNING_RATE = 1e-5


@dataclass(frozen=True)
class Differences:
    """How far the sides are apart.

    Attributes:
        losses: cnnopt's from those of the PyTorch variant that is farthest away, relative.
        gradients: the same of the first step's gradients: the tensor that is farthest away.
        torch: losses of PyTorch's variants from those of the first one, the largest, relative.
        variants: those that were compared.
    """

    losses: float
    gradients: float
    torch: float
    variants: tuple[str, ...]


def compare(cnnopt: Process, torch: Process, workload: str, variants: Sequence[str]) -> Differences:
    """Make the steps on both sides and compare.

    A variant that `torch.compile` cannot make is said to be so, and left out.

    Raises:
        SideError: they are not the same network, or a side failed.
    """
    losses: dict[str, list[float]] = {}
    gradients: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        weights, ours, theirs = (str(Path(folder) / f"{name}.npz") for name in "wct")
        cnnopt.ask("weights", workload=workload, path=weights)
        order = {"workload": workload, "weights": weights, "steps": STEPS, "rate": LEARNING_RATE}
        losses["cnnopt"] = cnnopt.ask("check", variant="", gradients=ours, **order)
        for variant in variants:
            try:
                losses[variant] = torch.ask("check", variant=variant, gradients=theirs, **order)
            except SideError as error:
                if "compile" not in variant:
                    raise
                print(f"{workload}: {variant} left out: torch.compile failed: {brief(error)}")
                continue
            gradients[variant] = cnnopt.ask("compare", first=ours, second=theirs)
    return judge(workload, losses, gradients)


def brief(error: Exception) -> str:
    """Return what an error says first."""
    return next((line for line in str(error).splitlines() if line.strip()), "")


def judge(
    workload: str, losses: Mapping[str, Sequence[float]], gradients: Mapping[str, float]
) -> Differences:
    """Return the differences, if they are small enough.

    Args:
        workload: its name.
        losses: of `cnnopt` and of each variant of PyTorch.
        gradients: how far those of each variant are from cnnopt's.

    Raises:
        SideError: they are not.
    """
    variants = tuple(gradients)
    from_cnnopt = {v: relative(losses["cnnopt"], losses[v]) for v in variants}
    for kind, found, tolerance in (
        ("losses", from_cnnopt, TOLERANCE),
        ("first gradients", gradients, GRADIENT_TOLERANCE),
    ):
        for variant, difference in found.items():
            if not difference <= tolerance:
                raise SideError(
                    f"{workload}: not the same network: {kind} of cnnopt and PyTorch "
                    f"({variant}) differ by {difference:.1e}, more than {tolerance:g}"
                )
    return Differences(
        losses=max(from_cnnopt.values()),
        gradients=max(gradients.values()),
        torch=max(relative(losses[v], losses[variants[0]]) for v in variants),
        variants=variants,
    )


def relative(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the largest |a - b| / |b|; NaN where a number is."""
    differences = [abs(a - b) / abs(b) for a, b in zip(first, second, strict=True)]
    return next((d for d in differences if d != d), max(differences))
