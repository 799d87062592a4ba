"""From the settings of `augment` to its transforms, where they have a meaning for the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cnnopt.arrays import Shape
from cnnopt.config import Config
from cnnopt.config import augmentation as settings
from cnnopt.config.augment import Augment, name_of
from cnnopt.data import augmentation
from cnnopt.errors import ConfigError, Fault

_KINDS = {0: "tables", 1: "series", 2: "images", 3: "volumes"}
_AXES = {"horizontal": 1, "vertical": 2, "depth": 3}
"""Of an axis, how far it is from the last: also the fewest axes in space that data need for it."""

_INSTEAD = {
    "rotate": "time_warp or shift",
    "shear": "time_warp or shift",
    "elastic": "time_warp",
    "brightness": "jitter or scale",
    "contrast": "scale",
    "jitter": "brightness or elastic",
    "scale": "contrast or zoom",
    "time_warp": "elastic or shear",
}
"""What to use where a transform has no meaning."""

_FEWEST = {"rotate": 2, "shear": 2, "elastic": 2, "brightness": 2, "contrast": 2}
_SERIES_ONLY = ("jitter", "scale", "time_warp")


def build_augmentation(
    config: Config, entry: Augment, path: str, input_shape: Shape
) -> augmentation.Augment:
    """Return what changes the training batches.

    Args:
        config: all settings: it knows where they were written.
        entry: those of the augmentation.
        path: where they stand, such as `regularizers.0.augment`.
        input_shape: shape of one example, channels last.

    Raises:
        ConfigError: transforms without a meaning for such data, with the place of each.
    """
    faults = []
    for index, transform in enumerate(entry.transforms):
        place = f"{path}.{index}.{transform.kind}"
        faults += [
            Fault(f"{place}.{key}" if key else place, rule, given, remedy)
            for key, rule, given, remedy in _unfit(transform, input_shape[:-1])
        ]
    if faults:
        raise ConfigError(*map(config.located, faults))
    return augmentation.Augment(
        tuple(
            augmentation.Entry(name_of(each), each.probability, _made(each, len(input_shape) - 1))
            for each in entry.transforms
        )
    )


def _unfit(transform: Any, extents: Shape) -> Iterator[tuple[str, str, str, str]]:
    """Yield key, rule, given and remedy of what has no meaning for data of such extents."""
    kind, rank = transform.kind, len(extents)
    if rank == 0:
        rule = "has no meaning for tables, whose columns have no neighbours"
        yield "", rule, "", "Remove it"
        return
    if rank < _FEWEST.get(kind, 1) or (rank > 1 and kind in _SERIES_ONLY):
        yield "", f"has no meaning for {_KINDS[rank]}", "", f"Use {_INSTEAD[kind]}"
        return
    axis = getattr(transform, "axis", None)
    if axis is not None and rank < _AXES[axis]:
        known = ", ".join(name for name, needed in _AXES.items() if needed <= rank)
        yield "axis", f"{_KINDS[rank]} have no such axis", axis, f"Use {known}"
    elif kind == "rotate" and axis is not None and rank < 3:
        rule = "has no effect on images, which turn in their own plane"
        yield "axis", rule, axis, "Remove it"
    least = min(extents)
    size = " x ".join(map(str, extents))
    if kind == "shift" and transform.pixels >= least:
        rule = f"must be less than {least}, the shortest side of {size}"
        yield "pixels", rule, f"{transform.pixels:g}", "Use a smaller number"
    if kind == "crop" and transform.padding >= least:
        rule = f"must be less than {least}, the shortest side of {size}"
        yield "padding", rule, str(transform.padding), "Use a smaller number"
    if kind == "elastic" and transform.alpha and transform.sigma > max(extents):
        rule = f"must be at most {max(extents)}, the longest side of {size}"
        yield "sigma", rule, f"{transform.sigma:g}", "Use a smaller number"


def _made(transform: Any, rank: int) -> augmentation.Moving | augmentation.Change:
    match transform:
        case settings.Rotate(degrees=degrees, axis=axis):
            return augmentation.Rotate(degrees, _plane(axis, rank))
        case settings.Shift(pixels=pixels, whole=whole):
            return augmentation.Shift(pixels, whole)
        case settings.Flip(axis=axis):
            return augmentation.Flip(rank - _AXES[axis])
        case settings.Shear(degrees=degrees):
            return augmentation.Shear(degrees)
        case settings.Zoom(factor=(low, high)):
            return augmentation.Zoom(low, high)
        case settings.Crop(padding=padding, fill=fill):
            return augmentation.Crop(padding, fill)
        case settings.Elastic(alpha=alpha, sigma=sigma):
            return augmentation.Elastic(alpha, sigma)
        case settings.Brightness(change=change):
            return augmentation.Brightness(change)
        case settings.Contrast(factor=(low, high)):
            return augmentation.Contrast(low, high)
        case settings.Jitter(sd=sd):
            return augmentation.Jitter(sd)
        case settings.Scaled(factor=(low, high)):
            return augmentation.Scale(low, high)
        case settings.TimeWarp(change=change, knots=knots):
            return augmentation.TimeWarp(change, knots)
    raise TypeError(f"no transform is made of {transform!r}")


def _plane(axis: str | None, rank: int) -> tuple[int, int]:
    """Return the two axes in space that turn about a third one; of an image the only two."""
    fixed = -1 if rank == 2 else rank - _AXES[axis or "depth"]
    rows, columns = (each for each in range(rank) if each != fixed)
    return rows, columns
