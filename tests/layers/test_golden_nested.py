"""Activations, norms, drops and nested layers against PyTorch's, as write_nested.py stored them."""

from pathlib import Path

import numpy as np
import pytest
from composite_cases import named, parallel, residual, same
from harness import TOLERANCE, Case, Inputs, Runner, error

from cnnopt.layers import (
    Bias,
    Conv,
    Dense,
    DropConnect,
    Dropout,
    Elu,
    Gelu,
    GroupNorm,
    Layer,
    LayerNorm,
    LeakyRelu,
    Noisy,
    Relu,
    Residual,
    Sigmoid,
    Silu,
    Softmax,
    SpatialDropout,
    Tanh,
)

GOLDEN = Path(__file__).parent.parent / "golden"
TWO = (same(2), Bias(), Relu(), same(2), Bias())
KEEPING: dict[str, Layer] = {
    "leaky_relu": LeakyRelu(),
    "leaky_relu_steep": LeakyRelu(0.3),
    "elu": Elu(),
    "elu_low": Elu(0.4),
    "gelu": Gelu(),
    "gelu_tanh": Gelu("tanh"),
    "silu": Silu(),
    "sigmoid": Sigmoid(),
    "softmax": Softmax(),
    "softmax_positions": Softmax(),
    "group_norm_pairs": GroupNorm(3),
    "group_norm_all": GroupNorm(1),
    "group_norm_single": GroupNorm(6),
    "group_norm_flat": GroupNorm(2, epsilon=0.1),
    "layer_norm": LayerNorm(),
    "layer_norm_channels": LayerNorm("channels"),
    "layer_norm_epsilon": LayerNorm(epsilon=0.1),
    "spatial_dropout": SpatialDropout(0.25),
    "dropout": Dropout(0.25),
    "drop_connect_dense": DropConnect(Dense(4), 0.5),
    "drop_connect_conv": DropConnect(Conv(2, (3, 3), padding="same"), 0.25),
}
COMPOSITES: dict[str, Layer] = {
    "residual": residual(*TWO),
    "residual_projected": residual(same(3, 3, 2), Bias(), Relu(), same(3), Bias()),
    "residual_flat": residual(Dense(3), Tanh()),
    "residual_relu_first": residual(Relu(), same(2)),
    "parallel": parallel((same(3, 1),), (same(2, 5), Bias(), Tanh()), ()),
    "residual_nested": Residual(
        (
            ("residual_1", residual(same(4), Bias(), Relu(), same(4), Bias())),
            ("group_norm_1", GroupNorm(2)),
        )
    ),
}
FILES = {"keeping.npz": KEEPING, "composites.npz": COMPOSITES}
ALL = [(file, name) for file, cases in FILES.items() for name in cases]


def nothing(*arrays: np.ndarray) -> np.ndarray:
    raise AssertionError("PyTorch is the oracle here")


def golden(file: str, case: str) -> dict[str, np.ndarray]:
    with np.load(GOLDEN / file) as arrays:
        names = [name for name in arrays.files if name.split("/")[0] == case]
        return {name.removeprefix(f"{case}/"): arrays[name] for name in names}


@pytest.mark.parametrize("file", FILES)
def test_everything_stored_is_compared(file: str) -> None:
    with np.load(GOLDEN / file) as arrays:
        assert {name.split("/")[0] for name in arrays.files} == set(FILES[file])


def test_names_of_layers_inside_are_those_of_a_config() -> None:
    assert [name for name, _ in named(*TWO)] == ["conv_1", "conv_1", "relu_1", "conv_2", "conv_2"]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize(("file", "name"), ALL, ids=[name for _, name in ALL])
def test_layers_give_pytorchs_numbers(file: str, name: str, dtype: str) -> None:
    layer, wanted = FILES[file][name], golden(file, name)
    batch, *shape = wanted["x"].shape
    # the cases call a convolution `conv_1` where a config's is `conv2d_1`
    names = [p.name.replace("conv_", "conv2d_") for p in layer.parameters(tuple(shape))]
    assert {f"p/{each}" for each in names} == {each for each in wanted if each.startswith("p/")}
    noise = (wanted["noise"],) if isinstance(layer, Noisy) and "noise" in wanted else ()
    inputs = Inputs(wanted["x"], tuple(wanted[f"p/{n}"] for n in names), wanted["dy"], noise)
    found = Runner(Case(name, layer, tuple(shape), nothing, nothing), batch, dtype).run(inputs)
    assert found.dx is not None
    pairs = {"y": found.y, "dx": found.dx}
    pairs |= {f"d/{n}": g for n, g in zip(names, found.gradients, strict=True)}
    errors = {key: error(value, wanted[key]) for key, value in pairs.items()}
    assert max(errors.values()) <= TOLERANCE[dtype], errors
