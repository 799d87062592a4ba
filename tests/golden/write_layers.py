"""Write layers.npz with PyTorch: outputs and gradients of layers, losses and a whole network.

Run it where PyTorch (2.13 was used) and NumPy are installed: `python tests/golden/write_layers.py`.
Arrays are stored as cnnopt has them, channels last; all of it is float64.
"""

from collections.abc import Callable

import numpy as np
import torch
from golden_settings import BATCH, CONVOLUTIONS, FILTERS, LAYERS, POOLS
from torch.nn import functional

Arrays = dict[str, np.ndarray]
CONVOLVE = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}
MAX_POOL = {1: functional.max_pool1d, 2: functional.max_pool2d, 3: functional.max_pool3d}
AVG_POOL = {1: functional.avg_pool1d, 2: functional.avg_pool2d, 3: functional.avg_pool3d}


def run(function: Callable[..., torch.Tensor], seed: int, **inputs: np.ndarray) -> Arrays:
    """Return the inputs, y = function(inputs), a random dy, and the gradients."""
    tensors = {name: torch.tensor(a, requires_grad=True) for name, a in inputs.items()}
    y = function(*tensors.values())
    dy = torch.tensor(np.random.default_rng(seed).normal(size=tuple(y.shape)))
    y.backward(dy)
    found = dict(inputs) | {"y": y.detach().numpy(), "dy": dy.numpy()}
    return found | {f"d{name}": t.grad.numpy() for name, t in tensors.items()}


def convolution(name: str, seed: int) -> Arrays:
    shape, kernel, stride, pads = CONVOLUTIONS[name]
    generator = np.random.default_rng(seed)
    rank = len(kernel)

    def function(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        flat = [cells for pad in reversed(pads) for cells in pad]
        padded = functional.pad(x.movedim(-1, 1), flat)
        return CONVOLVE[rank](padded, weight.movedim((-1, -2), (0, 1)), stride=stride).movedim(
            1, -1
        )

    x = generator.normal(size=(BATCH, *shape))
    return run(function, seed, x=x, weight=generator.normal(size=(*kernel, shape[-1], FILTERS)))


def pool(name: str, seed: int, largest: bool) -> Arrays:
    """Few different values, so that max pooling meets ties."""
    shape, kernel, stride = POOLS[name]
    x = np.random.default_rng(seed).integers(0, 4, (BATCH, *shape)).astype(np.float64)
    choice = (MAX_POOL if largest else AVG_POOL)[len(kernel)]
    return run(lambda x: choice(x.movedim(-1, 1), kernel, stride).movedim(1, -1), seed, x=x)


def weighted(losses: torch.Tensor, scale: np.ndarray) -> torch.Tensor:
    return (losses * torch.tensor(scale)).sum()


def cross_entropy(seed: int) -> Arrays:
    generator = np.random.default_rng(seed)
    y = torch.tensor(4 * generator.normal(size=(7, 5)), requires_grad=True)
    targets, scale = generator.dirichlet(np.ones(5), 7), generator.random(7)
    losses = functional.cross_entropy(y, torch.tensor(targets), reduction="none")
    weighted(losses, scale).backward()
    arrays = {"y": y, "losses": losses}
    found = {name: tensor.detach().numpy() for name, tensor in arrays.items()}
    return found | {"targets": targets, "scale": scale, "dy": y.grad.numpy()}


def network(seed: int) -> Arrays:
    """conv 3x3 same, bias, relu, pool 2x2, flatten, dense, bias; weighted cross entropy."""
    generator = np.random.default_rng(seed)
    shapes = {
        "conv.weight": (3, 3, 2, 4),
        "conv.bias": (4,),
        "dense.weight": (3 * 3 * 4, 5),
        "dense.bias": (5,),
    }
    given = {name: generator.normal(size=shape) for name, shape in shapes.items()}
    tensors = {name: torch.tensor(a, requires_grad=True) for name, a in given.items()}
    x, scale = generator.normal(size=(6, 6, 6, 2)), generator.random(6)
    classes = generator.integers(5, size=6)
    weight = tensors["conv.weight"].movedim((-1, -2), (0, 1))
    z = functional.conv2d(
        torch.tensor(x).movedim(-1, 1), weight, tensors["conv.bias"], padding="same"
    )
    pooled = functional.max_pool2d(functional.relu(z), 2).movedim(1, -1)
    y = pooled.flatten(1) @ tensors["dense.weight"] + tensors["dense.bias"]
    loss = weighted(functional.cross_entropy(y, torch.tensor(classes), reduction="none"), scale)
    loss.backward()
    found = {"x": x, "scale": scale, "classes": classes, **given}
    found |= {"y": y.detach().numpy(), "loss": loss.detach().numpy()}
    return found | {f"d{name}": tensor.grad.numpy() for name, tensor in tensors.items()}


def main() -> None:
    """Write all cases into one file; keys are `case/array`."""
    cases: dict[str, Arrays] = {name: convolution(name, 1) for name in CONVOLUTIONS}
    for name in POOLS:
        cases[f"max_{name}"] = pool(name, 2, largest=True)
        cases[f"avg_{name}"] = pool(name, 3, largest=False)
    generator = np.random.default_rng(4)
    x, w = generator.normal(size=(BATCH, 6)), generator.normal(size=(6, 4))
    cases["dense"] = run(lambda x, weight: x @ weight, 4, x=x, weight=w)
    cases["tanh"] = run(torch.tanh, 5, x=generator.normal(size=(BATCH, 7)))
    cases["relu"] = run(
        functional.relu, 6, x=generator.integers(-2, 3, (BATCH, 7)).astype(np.float64)
    )
    cases["cross_entropy"] = cross_entropy(7)
    cases["network"] = network(8)
    arrays = {f"{case}/{name}": a for case, found in cases.items() for name, a in found.items()}
    np.savez_compressed(LAYERS, **arrays)


if __name__ == "__main__":
    main()
