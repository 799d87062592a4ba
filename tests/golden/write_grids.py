"""Write convolution_grid.npz and pool_grid.npz with PyTorch: outputs and gradients over options.

Run it where PyTorch (2.13 was used) and NumPy are installed: `python tests/golden/write_grids.py`.
Arrays are stored as cnnopt has them, channels last. Inputs are small whole numbers over 4, so that
float32 holds them exactly, the arrays are small, and pooling meets ties.
"""

import numpy as np
import torch
from grid_settings import (
    CONVOLUTION_GRID,
    POOL_GRID,
    ConvolutionCase,
    Index,
    PoolCase,
    convolutions,
    pack,
    pools,
)
from torch.nn import functional

Arrays = dict[str, np.ndarray]
CONVOLVE = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}
MAX_POOL = {1: functional.max_pool1d, 2: functional.max_pool2d, 3: functional.max_pool3d}
GLOBAL_MAX = {
    1: functional.adaptive_max_pool1d,
    2: functional.adaptive_max_pool2d,
    3: functional.adaptive_max_pool3d,
}
AVG_POOL = {1: functional.avg_pool1d, 2: functional.avg_pool2d, 3: functional.avg_pool3d}


def quarters(generator: np.random.Generator, shape: Index, largest: int = 8) -> torch.Tensor:
    """Return whole numbers up to `largest` over 4, to be differentiated by."""
    values = generator.integers(-largest, largest + 1, shape) / 4
    return torch.tensor(values, requires_grad=True)


def back(y: torch.Tensor, generator: np.random.Generator) -> Arrays:
    """Run the backward pass from a random gradient."""
    dy = quarters(generator, tuple(y.shape)).detach()
    y.backward(dy)
    return {"y": y.detach().numpy(), "dy": dy.numpy()}


def convolution(case: ConvolutionCase, seed: int) -> Arrays:
    generator = np.random.default_rng(seed)
    x = quarters(generator, (case.batch, *case.x))
    shape = (*case.kernel, case.x[-1] // case.groups, case.filters)
    weight = quarters(generator, shape)
    first = weight.movedim((-1, -2), (0, 1))  # PyTorch: (F, C/groups, *kernel)
    if case.flip:
        first = first.flip(tuple(range(2, first.ndim)))
    given, padding = x.movedim(-1, 1), "same"
    if case.padding != "same":
        flat = [cells for pad in reversed(case.padding) for cells in pad]
        given, padding = functional.pad(given, flat), 0
    y = CONVOLVE[len(case.kernel)](
        given, first, None, case.stride, padding, case.dilation, case.groups
    )
    found = back(y.movedim(1, -1), generator)
    inputs = {"x": x.detach().numpy(), "weight": weight.detach().numpy()}
    return found | inputs | {"dx": x.grad.numpy(), "dweight": weight.grad.numpy()}


def pool(case: PoolCase, seed: int) -> Arrays:
    generator = np.random.default_rng(seed)
    x = quarters(generator, (case.batch, *case.x), largest=2)
    given, window = x.movedim(-1, 1), (case.kernel, case.stride, case.padding)
    rank = len(case.kernel)
    if case.kind.startswith("global"):
        spatial = tuple(range(2, given.ndim))
        y = given.mean(spatial) if case.kind == "global_avg" else GLOBAL_MAX[rank](given, 1)
        found = back(y.reshape(y.shape[:2]), generator)
        return found | {"x": x.detach().numpy(), "dx": x.grad.numpy()}
    if case.kind == "max":
        y = MAX_POOL[rank](given, *window, ceil_mode=case.ceil)
    else:
        y = AVG_POOL[rank](given, *window, case.ceil, case.count_padding)
    found = back(y.movedim(1, -1), generator)
    return found | {"x": x.detach().numpy(), "dx": x.grad.numpy()}


def main() -> None:
    """Write both grids, each packed into a few arrays."""
    for path, function, cases in (
        (CONVOLUTION_GRID, convolution, convolutions()),
        (POOL_GRID, pool, pools()),
    ):
        found = [function(case, number) for number, case in enumerate(cases)]
        np.savez_compressed(path, **pack(found))


if __name__ == "__main__":
    main()
