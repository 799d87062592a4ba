"""Write regularizers.npz with PyTorch: soft targets, decoupled decay and renormed weights.

Run it where PyTorch (2.13 was used) and NumPy are installed:
`python tests/golden/write_regularizers.py`.
All of it is float64.
"""

from pathlib import Path

import numpy as np
import torch
from golden_settings import TENSORS, slope
from torch.nn import functional

REGULARIZERS = Path(__file__).parent / "regularizers.npz"
STEPS = 50
Arrays = dict[str, np.ndarray]


def soft_targets(seed: int) -> Arrays:
    """Smoothed labels, with class weights too; and the mean of two losses, blended by a share."""
    generator = np.random.default_rng(seed)
    y = torch.tensor(3 * generator.normal(size=(7, 4)), requires_grad=True)
    a, b = (torch.tensor(generator.integers(4, size=7)) for _ in range(2))
    weights = torch.tensor([0.5, 2.0, 3.0, 0.25])
    found = {"y": y.detach().numpy(), "a": a.numpy(), "b": b.numpy(), "weights": weights.numpy()}
    weights = weights.double()
    smooth = functional.one_hot(a, 4).double() * 0.8 + 0.2 / 4
    losses = {
        "smooth": functional.cross_entropy(y, a, label_smoothing=0.2),
        "smooth_weighted": functional.cross_entropy(y, smooth, weight=weights, reduction="sum")
        / (smooth @ weights).sum(),
        "blend": 0.7 * functional.cross_entropy(y, a) + 0.3 * functional.cross_entropy(y, b),
        "blend_weighted": (
            0.7 * functional.cross_entropy(y, a, weight=weights, reduction="sum")
            + 0.3 * functional.cross_entropy(y, b, weight=weights, reduction="sum")
        )
        / (0.7 * weights[a] + 0.3 * weights[b]).sum(),
    }
    one = torch.tensor(3 * generator.normal(size=(7, 1)), requires_grad=True)
    sides = torch.tensor(generator.integers(2, size=(7, 1))).double()
    found |= {"one": one.detach().numpy(), "sides": sides[:, 0].numpy().astype(np.int64)}
    binary = functional.binary_cross_entropy_with_logits
    losses["binary_smooth"] = binary(one, sides * 0.8 + 0.1)
    for name, loss in losses.items():
        [dy] = torch.autograd.grad(loss, one if name == "binary_smooth" else y)
        found |= {f"{name}_loss": loss.detach().numpy(), f"{name}_dy": dy.numpy()}
    return found


def outputs_first(a: np.ndarray) -> torch.Tensor:
    return torch.tensor(np.ascontiguousarray(np.moveaxis(a, -1, 0)))


def outputs_last(t: torch.Tensor) -> np.ndarray:
    return np.moveaxis(t.detach().numpy(), 0, -1).copy()


def decayed(seed: int) -> Arrays:
    """AdamW's own way, and SGD with momentum whose weights are multiplied before each step."""
    generator = np.random.default_rng(seed)
    size = sum(int(np.prod(shape)) for shape in TENSORS.values())
    start, curves = generator.normal(size=size), np.geomspace(1e-2, 10, size)
    phases = generator.random((STEPS, size))
    found = {"start": start, "curves": curves, "phases": phases}
    cuts = np.cumsum([int(np.prod(shape)) for shape in TENSORS.values()])[:-1]
    parts = dict(zip(TENSORS, np.split(start, cuts), strict=True))
    for key in ("adam", "momentum"):
        weights = {
            name: outputs_first(parts[name].reshape(shape)).requires_grad_()
            for name, shape in TENSORS.items()
        }
        if key == "adam":
            rule = torch.optim.AdamW(weights.values(), 0.01, weight_decay=0.3)
        else:
            rule = torch.optim.SGD(weights.values(), 0.01, momentum=0.9)
        for step in range(STEPS):
            at = {name: outputs_last(w) for name, w in weights.items()}
            for name, g in slope(at, curves, phases[step]).items():
                weights[name].grad = outputs_first(g)
            if key == "momentum":
                with torch.no_grad():
                    for w in weights.values():
                        w.mul_(1 - 0.01 * 0.3)
            rule.step()
        found[key] = np.concatenate([outputs_last(w).ravel() for w in weights.values()])
    return found


def renormed(seed: int) -> Arrays:
    """Weights of a dense and of a convolution layer, as cnnopt has them, and cut to length 2."""
    generator = np.random.default_rng(seed)
    found = {}
    for name, shape in (("dense", (6, 5)), ("conv", (3, 3, 2, 4))):
        w = generator.normal(size=shape) * np.linspace(0.3, 3, shape[-1])
        found |= {name: w, f"{name}_cut": outputs_last(torch.renorm(outputs_first(w), 2, 0, 2.0))}
    return found


def main() -> None:
    """Write all cases into one file; keys are `case/array`."""
    cases = {"soft": soft_targets(1), "decay": decayed(2), "norm": renormed(3)}
    arrays = {f"{name}/{key}": a for name, found in cases.items() for key, a in found.items()}
    np.savez_compressed(REGULARIZERS, **arrays)


if __name__ == "__main__":
    main()
