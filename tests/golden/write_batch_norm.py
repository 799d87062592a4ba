"""Write batch_norm.npz with PyTorch: a network with two batch norms over three training steps.

Run it where PyTorch (2.13 was used) and NumPy are installed. Arrays are as cnnopt has them,
channels last; all of it is float64. Per step: loss, all gradients, running values; in the end the
outputs in evaluation mode.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

BATCH, CHANNELS, CLASSES, RATE, STEPS = 10, 2, 4, 0.05, 3


def main() -> None:
    generator = np.random.default_rng(7)
    x = 5 + 3 * generator.normal(size=(BATCH, 6, 6, CHANNELS))
    labels = generator.integers(0, CLASSES, BATCH)
    network = nn.Sequential(
        nn.Conv2d(CHANNELS, 3, 3, padding=1, bias=False),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(3, 5, 3, padding=1, bias=False),
        nn.BatchNorm2d(5, momentum=0.3, eps=1e-3),
        nn.ReLU(),
    ).double()
    head = nn.Linear(3 * 3 * 5, CLASSES, bias=False).double()
    with torch.no_grad():
        for p in [*network.parameters(), head.weight]:
            p.copy_(torch.tensor(0.5 * generator.normal(size=tuple(p.shape))))

    def run() -> torch.Tensor:
        planes = network(torch.tensor(x).movedim(-1, 1))
        return head(planes.movedim(1, -1).flatten(1))

    def named(gradient: bool) -> dict[str, np.ndarray]:
        def values(p: torch.Tensor) -> np.ndarray:
            return (p.grad if gradient else p.detach()).numpy().copy()

        found = {}
        for name, place in (("conv2d_1", 0), ("conv2d_2", 4)):
            found[f"{name}.weight"] = values(network[place].weight).transpose(2, 3, 1, 0)
        for name, place in (("batch_norm_1", 1), ("batch_norm_2", 5)):
            found[f"{name}.scale"] = values(network[place].weight)
            found[f"{name}.shift"] = values(network[place].bias)
            if not gradient:
                found[f"{name}.running_mean"] = network[place].running_mean.numpy().copy()
                found[f"{name}.running_variance"] = network[place].running_var.numpy().copy()
        return found | {"dense_1.weight": values(head.weight).T}

    stored = {"x": x, "labels": labels}
    stored |= {f"start/{name}": value for name, value in named(False).items()}
    optimizer = torch.optim.SGD([*network.parameters(), *head.parameters()], lr=RATE)
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(run(), torch.tensor(labels))
        loss.backward()
        stored[f"loss/{step}"] = loss.detach().numpy()
        stored |= {f"gradient/{step}/{name}": value for name, value in named(True).items()}
        optimizer.step()
        stored |= {f"weights/{step}/{name}": value for name, value in named(False).items()}
    network.eval()
    stored["outputs"] = run().detach().numpy()
    np.savez_compressed(Path(__file__).with_name("batch_norm.npz"), **stored)


if __name__ == "__main__":
    main()
