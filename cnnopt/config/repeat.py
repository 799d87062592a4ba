"""`repeat: {times: 3, layers: [...]}` to the layers themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnopt.config.layers.table import Repeat
from cnnopt.config.node import join
from cnnopt.config.settings import Settings

MOST_LAYERS = 10_000


class TooManyLayers(ValueError):
    """The repeats make more layers than `MOST_LAYERS`."""


def unroll(entries: Sequence[Settings], path: str) -> list[tuple[Settings, str]]:
    """Return the layers in order, each with the path where it was written.

    Args:
        entries: layers and repeats.
        path: the path of the list.

    Raises:
        TooManyLayers: repeats within repeats grow fast.
    """
    layers: list[tuple[Settings, str]] = []
    for layer in _walk(entries, path):
        if len(layers) == MOST_LAYERS:
            raise TooManyLayers
        layers.append(layer)
    return layers


def _walk(entries: Sequence[Settings], path: str) -> Iterator[tuple[Settings, str]]:
    for index, entry in enumerate(entries):
        where = join(path, index)
        if isinstance(entry, Repeat):
            for _ in range(entry.times):
                yield from _walk(entry.layers, f"{where}.repeat.layers")
        else:
            yield entry, where
