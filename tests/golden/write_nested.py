"""Write keeping.npz and composites.npz with PyTorch: activations, norms, drops, nested layers.

Run it where PyTorch (2.13 was used) and NumPy are installed: `python tests/golden/write_nested.py`.
Arrays are stored as cnnopt has them, channels last; keys are `case/x`, `case/p/weight`, `case/y`,
`case/dy`, `case/dx`, `case/d/weight`, and `case/noise` where numbers are dropped. Inputs are whole
numbers over 4, which float32 holds exactly and of which some are 0, where rectifiers have a kink.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

HERE = Path(__file__).parent
Arrays = dict[str, np.ndarray]
Shape = tuple[int, ...]
Tensors = dict[str, torch.Tensor]
Function = Callable[[torch.Tensor, Tensors], torch.Tensor]
BATCH = 3


def quarters(generator: np.random.Generator, shape: Shape) -> np.ndarray:
    return generator.integers(-8, 9, shape) / 4


def run(
    function: Function,
    shape: Shape,
    parameters: dict[str, Shape] | None = None,
    *,
    seed: int,
    noise: Shape | None = None,
    far: bool = False,
) -> Arrays:
    """Return inputs, outputs and gradients; `far` adds inputs where exponentials end."""
    generator = np.random.default_rng(seed)
    x = quarters(generator, (BATCH, *shape))
    if far:
        x.reshape(-1)[:8] = [-200, -90, -30, -9, 9, 30, 90, 200]
    given = {name: quarters(generator, size) for name, size in (parameters or {}).items()}
    tensors = {name: torch.tensor(a, requires_grad=True) for name, a in given.items()}
    found = {"x": x} | {f"p/{name}": a for name, a in given.items()}
    if noise is not None:
        found["noise"] = generator.integers(0, 16, noise) / 16
        tensors["noise"] = torch.tensor(found["noise"])
    start = torch.tensor(x, requires_grad=True)
    y = function(start, tensors)
    dy = quarters(generator, tuple(y.shape))
    y.backward(torch.tensor(dy))
    found |= {"y": y.detach().numpy(), "dy": dy, "dx": start.grad.numpy()}
    return found | {f"d/{name}": tensors[name].grad.numpy() for name in given}


def plain(function: Callable[[torch.Tensor], torch.Tensor]) -> Function:
    return lambda x, _: function(x)


def group_norm(x: torch.Tensor, p: Tensors, groups: int, epsilon: float = 1e-5) -> torch.Tensor:
    first = x.movedim(-1, 1)
    return functional.group_norm(first, groups, p["scale"], p["shift"], epsilon).movedim(1, -1)


def layer_norm(x: torch.Tensor, p: Tensors, epsilon: float = 1e-5) -> torch.Tensor:
    scale = p["scale"]
    return functional.layer_norm(x, tuple(scale.shape), scale, p["shift"], epsilon)


def kept(noise: torch.Tensor, rate: float) -> torch.Tensor:
    return (noise >= rate).double() / (1 - rate)


def conv(x: torch.Tensor, weight: torch.Tensor, stride: int = 1) -> torch.Tensor:
    """Convolve with the padding that keeps the extents, or halves even ones."""
    size = weight.shape[0]
    around = (size - 1) // 2
    after = size - 1 - around if stride == 1 else size - stride - (size - stride) // 2
    before = around if stride == 1 else (size - stride) // 2
    pads = [max(before, 0), max(after, 0)] * 2
    first = functional.pad(x.movedim(-1, 1), pads)
    return functional.conv2d(first, weight.movedim((-1, -2), (0, 1)), stride=stride).movedim(1, -1)


def keeping() -> dict[str, Arrays]:
    """Return the cases of layers that keep the shape, and of drop connect."""
    affine = {"scale": (6,), "shift": (6,)}
    whole = {"scale": (2, 3, 4), "shift": (2, 3, 4)}
    channels = {"scale": (4,), "shift": (4,)}
    cases: dict[str, tuple[Function, Shape, dict[str, Shape], dict[str, object]]] = {
        "leaky_relu": (plain(functional.leaky_relu), (12,), {}, {}),
        "leaky_relu_steep": (
            plain(partial(functional.leaky_relu, negative_slope=0.3)),
            (12,),
            {},
            {},
        ),
        "elu": (plain(functional.elu), (12,), {}, {"far": True}),
        "elu_low": (plain(partial(functional.elu, alpha=0.4)), (12,), {}, {}),
        "gelu": (plain(functional.gelu), (12,), {}, {"far": True}),
        "gelu_tanh": (
            plain(partial(functional.gelu, approximate="tanh")),
            (12,),
            {},
            {"far": True},
        ),
        "silu": (plain(functional.silu), (12,), {}, {"far": True}),
        "sigmoid": (plain(torch.sigmoid), (12,), {}, {"far": True}),
        "softmax": (plain(partial(torch.softmax, dim=-1)), (7,), {}, {"far": True}),
        "softmax_positions": (plain(partial(torch.softmax, dim=-1)), (2, 3, 4), {}, {}),
        "group_norm_pairs": (partial(group_norm, groups=3), (3, 2, 6), affine, {}),
        "group_norm_all": (partial(group_norm, groups=1), (4, 6), affine, {}),
        "group_norm_single": (partial(group_norm, groups=6), (2, 2, 2, 6), affine, {}),
        "group_norm_flat": (partial(group_norm, groups=2, epsilon=0.1), (6,), affine, {}),
        "layer_norm": (layer_norm, (2, 3, 4), whole, {}),
        "layer_norm_channels": (layer_norm, (2, 3, 4), channels, {}),
        "layer_norm_epsilon": (partial(layer_norm, epsilon=0.1), (6,), affine, {}),
        "spatial_dropout": (
            lambda x, p: x * kept(p["noise"], 0.25)[:, None, None, :],
            (3, 2, 4),
            {},
            {"noise": (BATCH, 4)},
        ),
        "drop_connect_dense": (
            lambda x, p: x @ (p["weight"] * kept(p["noise"], 0.5)),
            (5,),
            {"weight": (5, 4)},
            {"noise": (5, 4)},
        ),
        "drop_connect_conv": (
            lambda x, p: conv(x, p["weight"] * kept(p["noise"], 0.25)),
            (4, 3, 2),
            {"weight": (3, 3, 2, 2)},
            {"noise": (3, 3, 2, 2)},
        ),
        "dropout": (
            lambda x, p: x * kept(p["noise"], 0.25),
            (3, 2, 4),
            {},
            {"noise": (BATCH, 3, 2, 4)},
        ),
    }
    return {
        name: run(function, shape, parameters, seed=seed, **more)  # type: ignore[arg-type]  # settings of run
        for seed, (name, (function, shape, parameters, more)) in enumerate(cases.items())
    }


def two(x: torch.Tensor, p: Tensors, at: str = "", stride: int = 1) -> torch.Tensor:
    """conv 3x3, bias, relu, conv 3x3, bias."""
    z = conv(x, p[f"{at}conv2d_1.weight"], stride) + p[f"{at}conv2d_1.bias"]
    return conv(torch.relu(z), p[f"{at}conv2d_2.weight"]) + p[f"{at}conv2d_2.bias"]


def projected(x: torch.Tensor, p: Tensors) -> torch.Tensor:
    return two(x, p, stride=2) + conv(x, p["projection.weight"], 2)


def flat(x: torch.Tensor, p: Tensors) -> torch.Tensor:
    return torch.tanh(x @ p["dense_1.weight"]) + x @ p["projection.weight"]


def first_relu(x: torch.Tensor, p: Tensors) -> torch.Tensor:
    return x + conv(torch.relu(x), p["conv2d_1.weight"])


def branches(x: torch.Tensor, p: Tensors) -> torch.Tensor:
    one = conv(x, p["branch_1.conv2d_1.weight"])
    two = torch.tanh(conv(x, p["branch_2.conv2d_1.weight"]) + p["branch_2.conv2d_1.bias"])
    return torch.cat([one, two, x], -1)


def nested(x: torch.Tensor, p: Tensors) -> torch.Tensor:
    """A residual layer around a residual layer and group norm."""
    inner = {name.removeprefix("residual_1."): t for name, t in p.items() if "residual" in name}
    norm = {"scale": p["group_norm_1.scale"], "shift": p["group_norm_1.shift"]}
    return x + group_norm(x + two(x, inner), norm, 2)


def convs(inputs: int, filters: int, at: str = "") -> dict[str, Shape]:
    return {
        f"{at}conv2d_1.weight": (3, 3, inputs, filters),
        f"{at}conv2d_1.bias": (filters,),
        f"{at}conv2d_2.weight": (3, 3, filters, filters),
        f"{at}conv2d_2.bias": (filters,),
    }


def composites() -> dict[str, Arrays]:
    """Return the cases of residual and parallel layers."""
    cases: dict[str, tuple[Function, Shape, dict[str, Shape]]] = {
        "residual": (lambda x, p: x + two(x, p), (4, 3, 2), convs(2, 2)),
        "residual_projected": (
            projected,
            (4, 6, 2),
            {**convs(2, 3), "projection.weight": (1, 1, 2, 3)},
        ),
        "residual_flat": (flat, (5,), {"dense_1.weight": (5, 3), "projection.weight": (5, 3)}),
        "residual_relu_first": (first_relu, (3, 4, 2), {"conv2d_1.weight": (3, 3, 2, 2)}),
        "parallel": (
            branches,
            (3, 4, 2),
            {
                "branch_1.conv2d_1.weight": (1, 1, 2, 3),
                "branch_2.conv2d_1.weight": (5, 5, 2, 2),
                "branch_2.conv2d_1.bias": (2,),
            },
        ),
        "residual_nested": (
            nested,
            (3, 3, 4),
            {**convs(4, 4, "residual_1."), "group_norm_1.scale": (4,), "group_norm_1.shift": (4,)},
        ),
    }
    return {
        name: run(function, shape, parameters, seed=100 + seed)
        for seed, (name, (function, shape, parameters)) in enumerate(cases.items())
    }


def main() -> None:
    """Write both files."""
    for file, cases in (("keeping.npz", keeping()), ("composites.npz", composites())):
        arrays = {f"{case}/{name}": a for case, found in cases.items() for name, a in found.items()}
        np.savez_compressed(HERE / file, **arrays)


if __name__ == "__main__":
    main()
