"""`repeat: {times: 3, layers: [...]}` to the layers themselves, at any depth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnnopt.config.layers.composite import DropConnect, Parallel, Repeat, Residual
from cnnopt.config.node import join
from cnnopt.config.settings import Settings

MOST_LAYERS = 10_000


class TooManyLayers(ValueError):
    """The repeats make more layers than `MOST_LAYERS`."""


@dataclass(frozen=True)
class Placed:
    """A layer in its place.

    Attributes:
        layer: its settings; those of a composite may still hold repeats.
        path: where it stands when all repeats are unrolled, such as `model.3.residual.1`.
        written: where it was written, such as `model.1.repeat.layers.0.residual.1`.
        scope: the path of the list that it stands in, unrolled.
    """

    layer: Settings
    path: str
    written: str
    scope: str


@dataclass(frozen=True)
class Unrolled:
    """Layers without any repeat.

    Attributes:
        layers: those of the list itself, in order.
        placed: all of them at any depth, a composite before its own.
        empty: places as written of the composites that no layer is left in.
    """

    layers: tuple[Settings, ...]
    placed: tuple[Placed, ...]
    empty: tuple[str, ...]


def unroll(entries: Sequence[Settings], path: str) -> Unrolled:
    """Return the layers without repeats, and where each was written.

    Args:
        entries: layers and repeats.
        path: the path of the list.

    Raises:
        TooManyLayers: repeats within repeats grow fast.
    """
    placed: list[Placed] = []
    empty: list[str] = []
    layers = _row(entries, path, path, placed, empty)
    return Unrolled(layers, tuple(placed), tuple(empty))


def _row(
    entries: Sequence[Settings], path: str, written: str, placed: list[Placed], empty: list[str]
) -> tuple[Settings, ...]:
    """Return the layers of one list; `path` counts unrolled layers, `written` as in the file."""
    row: list[Settings] = []
    for entry, origin in _walk(entries, written):
        place = join(path, len(row))
        if len(placed) == MOST_LAYERS:
            raise TooManyLayers
        placed.append(Placed(entry, place, origin, path))
        layer = entry
        if isinstance(entry, Residual):
            below, source = f"{place}.residual", f"{origin}.residual"
            layers = _row(entry.layers, below, source, placed, empty)
            layer = entry.model_copy(update={"layers": layers})
            if not layers:
                empty.append(source)
        elif isinstance(entry, Parallel):
            below, source = f"{place}.parallel", f"{origin}.parallel"
            branches = tuple(
                _row(branch, join(below, index), join(source, index), placed, empty)
                for index, branch in enumerate(entry.branches)
            )
            layer = entry.model_copy(update={"branches": branches})
        elif isinstance(entry, DropConnect):
            below, source = f"{place}.drop_connect", f"{origin}.drop_connect"
            placed.append(Placed(entry.layer, f"{below}.layer", f"{source}.layer", below))
        row.append(layer)
    return tuple(row)


def _walk(entries: Sequence[Settings], path: str) -> Iterator[tuple[Settings, str]]:
    for index, entry in enumerate(entries):
        where = join(path, index)
        if isinstance(entry, Repeat):
            for _ in range(entry.times):
                yield from _walk(entry.layers, f"{where}.repeat.layers")
        else:
            yield entry, where
