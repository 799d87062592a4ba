"""Networks that have, between them, every layer and every way to run one."""

from network_runs import BIASED, cnn, many_stages, mlp, named

from cnnopt.layers import (
    AvgPool,
    BatchNorm,
    Bias,
    Conv,
    Dense,
    DropConnect,
    Dropout,
    Elu,
    Flatten,
    Gelu,
    GlobalAvgPool,
    GlobalMaxPool,
    GroupNorm,
    LayerNorm,
    LeakyRelu,
    MaxPool,
    Parallel,
    Relu,
    Residual,
    Sigmoid,
    Silu,
    Softmax,
    SpatialDropout,
    Tanh,
)
from cnnopt.network import Network

LAST = (Flatten(), Dense(3), Bias(BIASED))

NETWORKS = {
    "cnn": cnn(rate=0.3),
    "mlp": mlp(7, 6, 3, rate=0.3),
    "many stages": many_stages(),
    "bilinear": Network.of(
        (14, 14, 20),
        named(
            Conv(24, (3, 3), padding="same"),
            Bias(BIASED),
            Relu(),
            MaxPool((2, 2)),
            Conv(24, (3, 3), padding="same"),
            BatchNorm(),
            Relu(),
            Conv(20, (3, 3)),
            *LAST,
        ),
    ),
    "batch norm": Network.of(
        (6, 7, 2),
        named(
            Conv(4, (3, 3), padding="same"),
            BatchNorm(),
            Relu(),
            MaxPool((2, 2)),
            Dropout(0.2),
            Conv(5, (2, 2)),
            BatchNorm(),
            BatchNorm(),
            Tanh(),
            Flatten(),
            Dense(20),
            BatchNorm(),
            Relu(),
            Dense(3),
        ),
    ),
    "batch norm first": Network.of(
        (5, 4, 2), named(BatchNorm(), Conv(4, (3, 3)), BatchNorm(), Relu(), Flatten(), Dense(3))
    ),
    "every way to convolve": Network.of(
        (9, 8, 6),
        named(
            Conv(6, (3, 3), groups=6, padding="same"),
            LeakyRelu(),
            Conv(8, (5, 5), groups=2, padding="same"),
            Elu(),
            Conv(3, (1, 1)),
            Silu(),
            Conv(4, (3, 3), (2, 1), ((1, 0), (2, 1)), dilation=(1, 2), flip=True),
            Gelu(),
            Conv(6, (4, 5), padding="same"),
            Gelu("tanh"),
            Conv(4, (1, 1), padding=((1, 1), (0, 1))),
            *LAST,
        ),
    ),
    "every pooling": Network.of(
        (12, 13, 3),
        named(
            MaxPool((2, 2), (1, 1)),
            Conv(4, (2, 2)),
            MaxPool((3, 3), (2, 2), "same"),
            Sigmoid(),
            AvgPool((2, 3), (1, 2), ((1, 0), (1, 1)), ceil=True),
            Softmax(),
            MaxPool((2, 2), padding=((1, 1), (1, 1))),
            Parallel(((("p", GlobalAvgPool()),), (("q", GlobalMaxPool()),))),
            *LAST,
        ),
    ),
    "along a line": Network.of(
        (30, 1),
        named(
            Conv(5, (3,), padding="same"),
            Bias(BIASED),
            Relu(),
            MaxPool((3,), (2,)),
            GroupNorm(1),
            Conv(6, (4,)),
            SpatialDropout(0.3),
            LayerNorm(),
            *LAST,
        ),
    ),
    "in three dimensions": Network.of(
        (5, 6, 4, 2),
        named(Conv(4, (2, 3, 2), padding="same"), BatchNorm(), MaxPool((2, 2, 2)), Relu(), *LAST),
    ),
    "nested": Network.of(
        (6, 6, 2),
        named(
            Residual((("c", Conv(4, (3, 3), padding="same")), ("n", BatchNorm()), ("t", Tanh()))),
            Relu(),
            Parallel(((("c", Conv(2, (3, 3))), ("r", Relu())), (("c", Conv(3, (3, 3))),))),
            Dropout(0.3),
            Flatten(),
            DropConnect(Dense(9), 0.4),
            LayerNorm(),
            Dense(3),
        ),
    ),
}
