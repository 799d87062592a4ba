"""Write losses.npz with PyTorch: values and gradients of all losses, weighted by class and example.

Run it where PyTorch (2.13 was used) and NumPy are installed: `python tests/golden/write_losses.py`.
All of it is float64.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

LOSSES = Path(__file__).parent / "losses.npz"
Arrays = dict[str, np.ndarray]
Function = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
BATCH = 9


def case(function: Function, y: np.ndarray, targets: np.ndarray, scale: np.ndarray) -> Arrays:
    """Return a loss of each example, and the gradient of their sum weighted by `scale`."""
    outputs = torch.tensor(y, requires_grad=True)
    losses = function(outputs, torch.tensor(targets))
    losses = losses.reshape(len(y), -1).mean(dim=1)
    (losses * torch.tensor(scale)).sum().backward()
    found = {"y": y, "targets": targets, "scale": scale}
    return found | {"losses": losses.detach().numpy(), "dy": outputs.grad.numpy()}


def of_classes(seed: int) -> dict[str, Arrays]:
    generator = np.random.default_rng(seed)
    y, scale = 4 * generator.normal(size=(BATCH, 5)), generator.random(BATCH)
    labels, shares = generator.integers(5, size=BATCH), generator.dirichlet(np.ones(5), BATCH)

    def entropy(z: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(z, t, reduction="none")

    def binary(z: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        return functional.binary_cross_entropy_with_logits(z, t, reduction="none")

    one = 6 * generator.normal(size=(BATCH, 1))
    one[:4, 0] = -40, 40, 0, 800
    sides = generator.integers(2, size=(BATCH, 1)).astype(np.float64)
    return {
        "cross_entropy": case(entropy, y, labels, scale),
        "cross_entropy_soft": case(entropy, y, shares, scale),
        "binary_cross_entropy": case(binary, one, sides, scale),
        "binary_cross_entropy_soft": case(binary, y, generator.random((BATCH, 5)), scale),
    }


def of_numbers(seed: int) -> dict[str, Arrays]:
    """The first rows lie at the kinks: y = t and |y - t| = delta."""
    generator = np.random.default_rng(seed)
    t, scale = generator.integers(-8, 8, (BATCH, 3)) / 4, generator.random(BATCH)
    y = t + 2 * generator.normal(size=t.shape)
    y[0], y[1], y[2], y[3] = t[0], t[1] + 1, t[2] - 1, t[3] + 0.25
    functions: dict[str, Function] = {
        "squared_error": lambda a, b: functional.mse_loss(a, b, reduction="none"),
        "absolute_error": lambda a, b: functional.l1_loss(a, b, reduction="none"),
        "huber": lambda a, b: functional.huber_loss(a, b, reduction="none"),
        "huber_narrow": lambda a, b: functional.huber_loss(a, b, reduction="none", delta=0.25),
    }
    return {name: case(function, y, t, scale) for name, function in functions.items()}


def weighted_by_class(seed: int) -> Arrays:
    """PyTorch's own mean under class weights: over the sum of the examples' weights."""
    generator = np.random.default_rng(seed)
    y = torch.tensor(2 * generator.normal(size=(BATCH, 4)), requires_grad=True)
    labels = np.array([0, 0, 0, 0, 1, 1, 2, 3, 3])
    weights = np.array([0.5, 2.0, 3.0, 0.25])
    loss = functional.cross_entropy(y, torch.tensor(labels), weight=torch.tensor(weights))
    loss.backward()
    found = {"y": y.detach().numpy(), "labels": labels, "weights": weights}
    return found | {"loss": loss.detach().numpy(), "dy": y.grad.numpy()}


def main() -> None:
    """Write all cases into one file; keys are `case/array`."""
    cases = of_classes(1) | of_numbers(2) | {"class_weights": weighted_by_class(3)}
    arrays = {f"{name}/{key}": a for name, found in cases.items() for key, a in found.items()}
    np.savez_compressed(LOSSES, **arrays)


if __name__ == "__main__":
    main()
