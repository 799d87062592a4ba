"""Small networks to describe and to check."""

from cnnopt.layers import (
    AvgPool,
    BatchNorm,
    Bias,
    Conv,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool,
    Layer,
    MaxPool,
    Parallel,
    Relu,
    Residual,
)
from cnnopt.network import Network

Named = tuple[tuple[str, Layer], ...]

PLAIN: Named = (
    ("conv_1", Conv(3, (3, 3), padding="same")),
    ("conv_1", Bias()),
    ("relu_1", Relu()),
    ("pool_1", MaxPool((2, 2))),
    ("conv_2", Conv(4, (3, 2), stride=(2, 1), dilation=(1, 2))),
    ("conv_2", Bias()),
    ("flatten", Flatten()),
    ("dropout", Dropout(0.3)),
    ("dense", Dense(5)),
    ("dense", Bias()),
)
BLOCK = Residual(
    (
        ("conv_1", Conv(4, (3, 3), (2, 2), "same")),
        ("conv_1", Bias()),
        ("norm_1", BatchNorm()),
        ("relu_1", Relu()),
        ("conv_2", Conv(4, (3, 3), padding="same")),
    )
)
MEANS = AvgPool((3, 3), (1, 1), ((1, 1), (1, 1)))
BRANCHES = Parallel(
    (
        (("conv_1", Conv(2, (5, 5), padding="same")), ("relu_1", Relu())),
        (),
        (("means", MEANS),),
    )
)
NESTED: Named = (
    ("conv_1", Conv(3, (3, 3), padding="same")),
    ("block", BLOCK),
    ("branches", BRANCHES),
    ("relu_1", Relu()),
    ("means", GlobalAvgPool()),
    ("dense", Dense(5)),
    ("dense", Bias()),
)


def plain() -> Network:
    return Network.of((9, 10, 2), PLAIN)


def nested() -> Network:
    return Network.of((9, 9, 2), NESTED)
