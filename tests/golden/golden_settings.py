"""What the golden files hold: read by the scripts that write them and by the tests."""

from pathlib import Path

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
    "sgd": ("Sgd", {"learning_rate": 0.05}),
    "momentum": ("Momentum", {"learning_rate": 0.02, "momentum": 0.9}),
    "adam": ("Adam", {"learning_rate": 0.01}),
    "adam_other_settings": (
        "Adam",
        {"learning_rate": 0.05, "beta1": 0.7, "beta2": 0.9, "epsilon": 1e-3},
    ),
}
STEPS, EVERY = 200, 10
