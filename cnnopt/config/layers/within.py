"""Rules between the settings of one layer that need no shapes."""

from __future__ import annotations

from collections.abc import Iterator

from cnnopt.config.layers.convolution import ConvSettings
from cnnopt.config.layers.pooling import AvgPoolSettings, MaxPoolSettings
from cnnopt.config.settings import Settings


def unfit(layer: Settings) -> Iterator[tuple[str, str, str]]:
    """Yield (setting to blame, rule, remedy) for settings that contradict each other."""
    if isinstance(layer, ConvSettings) and layer.filters % layer.groups:
        remedy = f"Use a divisor of {layer.filters}"
        yield "groups", "must divide the number of filters", remedy
    if not isinstance(layer, MaxPoolSettings | AvgPoolSettings):
        return
    if layer.ceil and layer.padding == "same":
        # The padding is chosen so that no cell is left over.
        yield "ceil", "has no effect with padding: same", "Remove it"
    if isinstance(layer, AvgPoolSettings) and layer.count_padding and not _pads(layer):
        yield "count_padding", "has no effect without padding", "Remove it, or set padding"


def _pads(layer: AvgPoolSettings) -> bool:
    if isinstance(layer.padding, str):
        return layer.padding == "same"
    return any(map(sum, layer.padding))
