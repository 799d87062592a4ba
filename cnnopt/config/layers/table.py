"""The table of layers by their names in the config, and `repeat`."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from cnnopt.config.layers.activation import (
    ActivationSettings,
    Elu,
    Gelu,
    LeakyRelu,
    Relu,
    Sigmoid,
    Silu,
    Softmax,
    Tanh,
)
from cnnopt.config.layers.batch_norm import BatchNorm
from cnnopt.config.layers.convolution import Conv1d, Conv2d, Conv3d, ConvSettings
from cnnopt.config.layers.dense import Dense, Flatten
from cnnopt.config.layers.dropout import Dropout, SpatialDropout
from cnnopt.config.layers.normalization import GroupNorm, LayerNorm
from cnnopt.config.layers.pooling import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    AvgPoolSettings,
    GlobalAvgPool,
    GlobalMaxPool,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    MaxPoolSettings,
)
from cnnopt.config.rule import Named, Rule
from cnnopt.config.settings import Settings
from cnnopt.config.values import whole

Pooling = MaxPoolSettings | AvgPoolSettings | GlobalAvgPool | GlobalMaxPool
Norm = BatchNorm | GroupNorm | LayerNorm
Dropping = Dropout | SpatialDropout
LayerSettings = ConvSettings | Pooling | Dense | Flatten | Norm | ActivationSettings | Dropping
Layer = Annotated[LayerSettings, Field(discriminator="kind")]

MOST_REPEATS = 1000
Times = Annotated[
    int,
    Field(strict=True, ge=0, le=MOST_REPEATS),
    BeforeValidator(whole),
    Rule(f"must be a whole number from 0 to {MOST_REPEATS}"),
]

LAYERS: dict[str, type[Settings]] = {
    "conv1d": Conv1d,
    "conv2d": Conv2d,
    "conv3d": Conv3d,
    "max_pool1d": MaxPool1d,
    "max_pool2d": MaxPool2d,
    "max_pool3d": MaxPool3d,
    "avg_pool1d": AvgPool1d,
    "avg_pool2d": AvgPool2d,
    "avg_pool3d": AvgPool3d,
    "global_avg_pool": GlobalAvgPool,
    "global_max_pool": GlobalMaxPool,
    "dense": Dense,
    "flatten": Flatten,
    "batch_norm": BatchNorm,
    "group_norm": GroupNorm,
    "layer_norm": LayerNorm,
    "relu": Relu,
    "leaky_relu": LeakyRelu,
    "elu": Elu,
    "gelu": Gelu,
    "silu": Silu,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
    "softmax": Softmax,
    "dropout": Dropout,
    "spatial_dropout": SpatialDropout,
}
ENTRIES: dict[str, type[Settings]] = dict(LAYERS)
"""What may stand in `model`: the layers, and `repeat`, which is gone once the config is read."""

LAYERS_NAMED = Named("layer", ENTRIES, many=True)


class Repeat(Settings):
    """The same layers several times over, each time with weights of their own."""

    kind: Literal["repeat"] = "repeat"
    times: Times
    layers: Annotated[tuple[Settings, ...], Field(min_length=1), LAYERS_NAMED]


ENTRIES["repeat"] = Repeat
