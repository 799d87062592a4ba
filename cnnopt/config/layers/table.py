"""The table of layers by their names in the config, and `repeat`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

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
from cnnopt.config.layers.composite import (
    ENTRIES,
    LAYERS_NAMED,
    WEIGHTED,
    CompositeSettings,
    DropConnect,
    Parallel,
    Repeat,
    Residual,
)
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
from cnnopt.config.settings import Settings

Pooling = MaxPoolSettings | AvgPoolSettings | GlobalAvgPool | GlobalMaxPool
Norm = BatchNorm | GroupNorm | LayerNorm
Dropping = Dropout | SpatialDropout
PlainSettings = ConvSettings | Pooling | Dense | Flatten | Norm | ActivationSettings | Dropping
LayerSettings = PlainSettings | CompositeSettings
Layer = Annotated[LayerSettings, Field(discriminator="kind")]

__all__ = ["ENTRIES", "LAYERS", "LAYERS_NAMED", "Layer", "LayerSettings", "PlainSettings"]

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
    "drop_connect": DropConnect,
    "residual": Residual,
    "parallel": Parallel,
}
ENTRIES.update(LAYERS)
ENTRIES["repeat"] = Repeat
WEIGHTED.update({name: LAYERS[name] for name in ("conv1d", "conv2d", "conv3d", "dense")})
