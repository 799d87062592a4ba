"""Settings of data augmentation as a whole, and what its transforms would do to the labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from cnnopt.config.augmentation import AUGMENTATIONS_NAMED, Flip, Rotate, Shift, Transform
from cnnopt.config.breach import Breach
from cnnopt.config.settings import Settings
from cnnopt.config.values import Flag
from cnnopt.data.class_changes import change_of


class Augment(Settings):
    """Changes training examples at random, in the order of its list, each in its own way.

    `labels_may_change` allows what would turn one class of the data set into another.
    """

    main: ClassVar[str] = "transforms"
    kind: Literal["augment"] = "augment"
    transforms: Annotated[tuple[Transform, ...], Field(min_length=1), AUGMENTATIONS_NAMED]
    labels_may_change: Flag = False


def breaches_of_augmentation(augment: Augment, path: str, data_set: str) -> Iterator[Breach]:
    """Yield what is wrong between the transforms, and what the labels would not survive.

    Args:
        augment: the settings.
        path: where they stand.
        data_set: name of the data set; empty where that is not known.
    """
    seen: set[str] = set()
    for index, entry in enumerate(augment.transforms):
        place = f"{path}.{index}.{entry.kind}"
        name = name_of(entry)
        if name in seen:
            yield Breach(place, f"{name} must stand there once", "Remove one")
        seen.add(name)
        if isinstance(entry, Shift) and entry.whole and not entry.pixels.is_integer():
            rule = "must be whole where whole pixels are drawn"
            yield Breach(f"{place}.pixels", rule, "Round it, or say whole: false")
        change = change_of(data_set, entry.kind, *_extent(entry))
        if change and not augment.labels_may_change:
            yield Breach(place, f"would change labels of {data_set}: {change.what}", change.remedy)


def notes_of(augment: Augment, data_set: str) -> tuple[str, ...]:
    """Return what is to be said of labels that do not survive, though they may change."""
    found = (
        (name_of(entry), change_of(data_set, entry.kind, *_extent(entry)))
        for entry in augment.transforms
    )
    return tuple(
        f"Augmentation by {name} may change labels of {data_set}: {change.what}."
        for name, change in found
        if change
    )


def name_of(entry: Any) -> str:
    """Return what a transform is called: its kind, and for a flip its axis."""
    return f"{entry.kind} {entry.axis}" if isinstance(entry, Flip) else str(entry.kind)


def _extent(entry: Any) -> tuple[str, float]:
    """Return along or about what a transform works, and how far it may go."""
    if isinstance(entry, Flip):
        return entry.axis, entry.probability
    if isinstance(entry, Rotate):
        return entry.axis or "", entry.degrees if entry.probability else 0.0
    first = vars(entry)[entry.main]
    strength = max(abs(each - 1) for each in first) if isinstance(first, tuple) else float(first)
    return "", strength if entry.probability else 0.0
