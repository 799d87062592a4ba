"""Write optimizers.npz: all optimizers over 200 steps in float64, by their makers' code.

PyTorch's own; AdamP of its authors' package `adamp`; Lion of the package `lion-pytorch`. Run it
where PyTorch (2.13 was used), adamp (0.3.0), lion-pytorch (0.2.5) and NumPy are installed:
`python tests/golden/write_optimizers.py`.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from adamp import AdamP
from golden_settings import EVERY, OPTIMIZER_SETTINGS, OPTIMIZERS, STEPS, TENSORS, slope
from lion_pytorch import Lion


def optimizer(
    name: str, settings: dict[str, Any], weights: Iterable[torch.Tensor]
) -> torch.optim.Optimizer:
    """Return the optimizer of cnnopt's name and settings; what is not set is cnnopt's default."""
    s = dict(settings)
    optim = torch.optim
    betas = s.pop("beta1", 0.9), s.pop("beta2", 0.99 if name == "lion" else 0.999)
    rate = s.pop("learning_rate", {"adadelta": 1.0, "rmsprop": 0.01}.get(name))
    eps = s.pop("epsilon", {"adagrad": 1e-10, "adadelta": 1e-6}.get(name, 1e-8))
    match name:
        case "sgd" | "momentum" | "nesterov":
            return optim.SGD(weights, rate, nesterov=name == "nesterov", **s)
        case "adagrad":
            initial = s.pop("initial", 0.0)
            return optim.Adagrad(weights, rate, initial_accumulator_value=initial, eps=eps)
        case "adadelta":
            return optim.Adadelta(weights, rate, s.pop("rho", 0.9), eps)
        case "rmsprop":
            return optim.RMSprop(weights, rate, s.pop("rho", 0.99), eps, **s)
        case "adam":
            return optim.Adam(weights, rate, betas, eps, **s)
        case "adamw":
            return optim.AdamW(weights, rate, betas, eps, **s)
        case "radam":
            return optim.RAdam(weights, rate, betas, eps, decoupled_weight_decay=True, **s)
        case "adamp":
            return AdamP(weights, rate, betas, eps, wd_ratio=s.pop("decay_ratio", 0.1), **s)
        case _:
            return Lion(weights, rate, betas, **s)


def outputs_first(a: np.ndarray) -> torch.Tensor:
    """Return a tensor as PyTorch has it."""
    return torch.tensor(np.ascontiguousarray(np.moveaxis(a, -1, 0)))


def outputs_last(t: torch.Tensor) -> np.ndarray:
    """Return a tensor as cnnopt has it."""
    return np.moveaxis(t.detach().numpy(), 0, -1).copy()


def main() -> None:
    """Store the gradients' coefficients, and the weights after every tenth step."""
    generator = np.random.default_rng(0)
    size = sum(int(np.prod(shape)) for shape in TENSORS.values())
    arrays = {"start": generator.normal(size=size), "curves": np.geomspace(1e-2, 10, size)}
    generator.shuffle(arrays["curves"])
    arrays["phases"] = generator.random((STEPS, size))
    cuts = np.cumsum([int(np.prod(shape)) for shape in TENSORS.values()])[:-1]
    start = dict(zip(TENSORS, np.split(arrays["start"], cuts), strict=True))
    for key, (name, settings) in OPTIMIZER_SETTINGS.items():
        weights = {
            each: outputs_first(start[each].reshape(shape)).requires_grad_()
            for each, shape in TENSORS.items()
        }
        chosen = optimizer(name, settings, weights.values())
        path = []
        for step in range(STEPS):
            at = {each: outputs_last(w) for each, w in weights.items()}
            for each, g in slope(at, arrays["curves"], arrays["phases"][step]).items():
                weights[each].grad = outputs_first(g)
            chosen.step()
            if (step + 1) % EVERY == 0:
                path.append(np.concatenate([outputs_last(w).ravel() for w in weights.values()]))
        arrays[key] = np.array(path)
    np.savez_compressed(OPTIMIZERS, **arrays)


if __name__ == "__main__":
    main()
