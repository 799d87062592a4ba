"""Write optimizers.npz with PyTorch: the ways of SGD, momentum and Adam over 200 steps, float64.

Run it where PyTorch (2.13 was used) and NumPy are installed:
`python tests/golden/write_optimizers.py`.
"""

import numpy as np
import torch
from golden_settings import EVERY, OPTIMIZER_SETTINGS, OPTIMIZERS, STEPS


def optimizer(
    name: str, settings: dict[str, float], weights: torch.Tensor
) -> torch.optim.Optimizer:
    """Return PyTorch's optimizer of cnnopt's name and settings."""
    rate = settings["learning_rate"]
    if name == "Adam":
        betas = settings.get("beta1", 0.9), settings.get("beta2", 0.999)
        return torch.optim.Adam([weights], rate, betas, settings.get("epsilon", 1e-8))
    return torch.optim.SGD([weights], rate, settings.get("momentum", 0.0))


def main() -> None:
    """Store the gradients' coefficients, and the weights after every tenth step."""
    generator = np.random.default_rng(0)
    arrays = {"start": generator.normal(size=8), "curves": np.geomspace(1e-2, 10, 8)}
    arrays["phases"] = generator.random((STEPS, 8))
    for key, (name, settings) in OPTIMIZER_SETTINGS.items():
        weights = torch.tensor(arrays["start"], requires_grad=True)
        chosen = optimizer(name, settings, weights)
        path = []
        for step in range(STEPS):
            w = weights.detach().numpy()
            weights.grad = torch.tensor(arrays["curves"] * w + arrays["phases"][step] - 0.5)
            chosen.step()
            if (step + 1) % EVERY == 0:
                path.append(weights.detach().numpy().copy())
        arrays[key] = np.array(path)
    np.savez_compressed(OPTIMIZERS, **arrays)


if __name__ == "__main__":
    main()
