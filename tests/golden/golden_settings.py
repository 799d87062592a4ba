"""What the golden files hold: read by the scripts that write them and by the tests."""

from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
LAYERS, OPTIMIZERS = HERE / "layers.npz", HERE / "optimizers.npz"

Settings = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[tuple[int, int], ...]]

# shape of one input (channels last), kernel, stride, padding
CONVOLUTIONS: dict[str, Settings] = {
    "conv_same": ((5, 6, 2), (3, 3), (1, 1), ((1, 1), (1, 1))),
    "conv_strided": ((7, 6, 2), (3, 2), (2, 1), ((0, 0), (0, 0))),
    "conv_one_channel": ((6, 6, 1), (3, 3), (2, 2), ((0, 1), (0, 1))),
    "conv_wide": ((6, 7, 2), (5, 5), (1, 1), ((2, 2), (2, 2))),
    "conv_one_cell": ((3, 4, 3), (1, 1), (1, 1), ((0, 0), (0, 0))),
    "conv_line": ((9, 2), (5,), (2,), ((1, 1),)),
    "conv_volume": ((4, 3, 4, 2), (2, 3, 2), (1, 1, 1), ((0, 1), (1, 1), (0, 1))),
}
FILTERS = 3
# shape of one input, kernel, stride
POOLS: dict[str, tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]] = {
    "pool_2x2": ((5, 6, 2), (2, 2), (2, 2)),
    "pool_3x3_by_2": ((7, 7, 2), (3, 3), (2, 2)),
    "pool_line": ((8, 3), (3,), (1,)),
    "pool_volume": ((4, 4, 5, 1), (2, 2, 2), (2, 2, 2)),
}
BATCH = 3

# name in cnnopt -> settings; None stands for the defaults
OPTIMIZER_SETTINGS: dict[str, tuple[str, dict[str, float]]] = {
    "sgd": ("sgd", {"learning_rate": 0.05}),
    "momentum": ("momentum", {"learning_rate": 0.02, "momentum": 0.9}),
    "nesterov": ("nesterov", {"learning_rate": 0.02, "momentum": 0.9}),
    "nesterov_short": ("nesterov", {"learning_rate": 0.05, "momentum": 0.5}),
    "adagrad": ("adagrad", {"learning_rate": 0.1}),
    "adagrad_initial": ("adagrad", {"learning_rate": 0.1, "initial": 0.1, "epsilon": 1e-3}),
    "adadelta": ("adadelta", {}),
    "adadelta_paper": ("adadelta", {"learning_rate": 0.5, "rho": 0.95, "epsilon": 1e-3}),
    "rmsprop": ("rmsprop", {}),
    "rmsprop_centered": ("rmsprop", {"rho": 0.9, "centered": True}),
    "rmsprop_momentum": ("rmsprop", {"learning_rate": 3e-3, "momentum": 0.8}),
    "rmsprop_both": (
        "rmsprop",
        {"learning_rate": 3e-3, "momentum": 0.8, "centered": True, "epsilon": 1e-4},
    ),
    "adam": ("adam", {"learning_rate": 0.01}),
    "adam_other_settings": (
        "adam",
        {"learning_rate": 0.05, "beta1": 0.7, "beta2": 0.9, "epsilon": 1e-3},
    ),
    "amsgrad": ("adam", {"learning_rate": 0.05, "beta2": 0.9, "amsgrad": True}),
    "adamw": ("adamw", {"learning_rate": 0.02, "weight_decay": 0.1}),
    "adamw_amsgrad": ("adamw", {"learning_rate": 0.02, "beta2": 0.9, "amsgrad": True}),
    "radam": ("radam", {"learning_rate": 0.02}),
    "radam_short": ("radam", {"learning_rate": 0.02, "beta1": 0.8, "beta2": 0.9, "epsilon": 1e-3}),
    "radam_decay": ("radam", {"learning_rate": 0.02, "weight_decay": 0.1}),
    "adamp": ("adamp", {"learning_rate": 0.01}),
    "adamp_nesterov": ("adamp", {"learning_rate": 0.01, "nesterov": True, "weight_decay": 0.1}),
    "adamp_wide": (
        "adamp",
        {"learning_rate": 0.02, "delta": 0.5, "decay_ratio": 0.3, "weight_decay": 0.2},
    ),
    "adamp_never": ("adamp", {"learning_rate": 0.01, "delta": 0.0, "weight_decay": 0.2}),
    "lion": ("lion", {"learning_rate": 0.003}),
    "lion_decay": ("lion", {"learning_rate": 0.01, "beta1": 0.8, "weight_decay": 0.3}),
}
"""By key: name and settings. Weight decay is of all tensors here."""

TENSORS = {"line": (8,), "plain": (5, 7), "by_filter": (3, 3, 2, 4), "as_a_whole": (4, 6)}
"""Shapes, outputs on the last axis. In the last two, gradients stand at a right angle to weights:
filter by filter, and of the tensor as a whole. AdamP projects there."""


def slope(
    w: dict[str, np.ndarray], curves: np.ndarray, phases: np.ndarray
) -> dict[str, np.ndarray]:
    """Return a gradient at the weights, tensor by tensor; `curves` and `phases` (P,) shape it."""
    found, start = {}, 0
    for name, shape in TENSORS.items():
        stop = start + int(np.prod(shape))
        g = (curves[start:stop] * w[name].ravel() + phases[start:stop] - 0.5).reshape(shape)
        if name == "by_filter":
            axes = (0, 1, 2)
            g = g - w[name] * (g * w[name]).sum(axes) / (w[name] ** 2).sum(axes)
        if name == "as_a_whole":
            g = g - w[name] * (g * w[name]).sum() / (w[name] ** 2).sum()
        found[name], start = g, stop
    return found


STEPS, EVERY = 200, 10
