"""From one entry of `config.model` to the layers that it becomes."""

from __future__ import annotations

from collections.abc import Callable

from cnnopt import layers
from cnnopt.config.initial import Initial as InitialSettings
from cnnopt.config.layers import (
    activation,
    batch_norm,
    convolution,
    dense,
    dropout,
    normalization,
    pooling,
)
from cnnopt.config.layers.table import PlainSettings
from cnnopt.config.settings import Settings
from cnnopt.layers import initial
from cnnopt.layers.initial import Initial


def layers_of(
    entry: PlainSettings, defaults: InitialSettings, outputs: int, *, exact: bool = False
) -> tuple[layers.Layer, ...]:
    """Return the layers that one entry of the model becomes: a bias is one of its own.

    Args:
        entry: the settings of the layer.
        defaults: initial values of layers that name none.
        outputs: what `dense: classes` has as units.
        exact: whether convolutions are the plain sums of their formula.
    """
    match entry:
        case convolution.Conv1d() | convolution.Conv2d() | convolution.Conv3d():
            return (_convolution(entry, defaults, exact), *_bias(entry, defaults))
        case dense.Dense():
            weights = initial_values(entry.initial or defaults.weights)
            units = outputs if entry.units == "classes" else entry.units
            return (layers.Dense(units, weights), *_bias(entry, defaults))
        case pooling.MaxPool1d() | pooling.MaxPool2d() | pooling.MaxPool3d():
            return (layers.MaxPool(entry.kernel, entry.stride, entry.padding, entry.ceil),)
        case pooling.AvgPool1d() | pooling.AvgPool2d() | pooling.AvgPool3d():
            window = (entry.kernel, entry.stride, entry.padding, entry.ceil)
            return (layers.AvgPool(*window, entry.count_padding),)
        case pooling.GlobalAvgPool():
            return (layers.GlobalAvgPool(),)
        case pooling.GlobalMaxPool():
            return (layers.GlobalMaxPool(),)
        case dense.Flatten():
            return (layers.Flatten(),)
        case batch_norm.BatchNorm():
            return (layers.BatchNorm(entry.momentum, entry.epsilon),)
        case normalization.GroupNorm():
            return (layers.GroupNorm(entry.groups, entry.epsilon),)
        case normalization.LayerNorm():
            return (layers.LayerNorm(entry.axes, entry.epsilon),)
        case dropout.Dropout():
            return (layers.Dropout(entry.rate),)
        case dropout.SpatialDropout():
            return (layers.SpatialDropout(entry.rate),)
        case _:
            return (_activation(entry),)


def _convolution(
    entry: convolution.ConvSettings, defaults: InitialSettings, exact: bool
) -> layers.Conv:
    return layers.Conv(
        entry.filters,
        entry.kernel,
        entry.stride,
        entry.padding,
        initial_values(entry.initial or defaults.weights),
        entry.dilation,
        entry.groups,
        entry.flip,
        exact,
    )


def _activation(entry: activation.ActivationSettings) -> layers.Layer:
    match entry:
        case activation.Relu():
            return layers.Relu()
        case activation.LeakyRelu():
            return layers.LeakyRelu(entry.slope)
        case activation.Elu():
            return layers.Elu(entry.alpha)
        case activation.Gelu():
            return layers.Gelu(entry.approximate)
        case activation.Silu():
            return layers.Silu()
        case activation.Tanh():
            return layers.Tanh()
        case activation.Sigmoid():
            return layers.Sigmoid()
        case activation.Softmax():
            return layers.Softmax()


def _bias(
    entry: convolution.ConvSettings | dense.Dense, defaults: InitialSettings
) -> tuple[layers.Bias, ...]:
    if entry.bias is False:
        return ()
    chosen = defaults.bias if entry.bias is True else entry.bias
    return (layers.Bias(initial_values(chosen)),)


def initial_values(entry: Settings) -> Initial:
    """Return the rule for initial values that an entry of `config.initial` names."""
    kinds: dict[str, Callable[..., Initial]] = {
        "he": initial.He,
        "glorot": initial.Glorot,
        "lecun": initial.LeCun,
        "orthogonal": initial.Orthogonal,
        "normal": initial.Normal,
        "truncated_normal": initial.TruncatedNormal,
        "constant": initial.Constant,
    }
    values = entry.model_dump()
    return kinds[values.pop("kind")](**values)
