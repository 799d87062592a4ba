"""A folder with one sub-folder of images per class."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.dataset import Dataset
from cnnopt.data.faults import data_error
from cnnopt.data.images import SUFFIXES, read_image


def load_image_folder(
    path: Path, size: tuple[int, int] | None = None, colour: Literal["grey", "rgb"] = "grey"
) -> Dataset:
    """Return the images of all sub-folders; classes are the sub-folders, by name.

    Args:
        path: the folder. Hidden entries are passed over; files that are no images are noted.
        size: height and width to resize every image to; None: all must agree.
        colour: channels to read, grey or rgb.

    Raises:
        DataError: no such folder, fewer than two sub-folders, one without images, an unreadable
            image, or images of different sizes where no size is given.
    """
    if not path.is_dir():
        rule = "no such folder" if not path.exists() else "must be a folder, one sub-folder a class"
        raise data_error(path, rule, place="dataset.path")
    folders = sorted(entry for entry in _visible(path) if entry.is_dir())
    if len(folders) < 2:
        raise data_error(
            path,
            "must have a sub-folder of images for each of at least two classes",
            given=f"{len(folders)} sub-folders",
        )
    others = sum(entry.is_file() for entry in _visible(path))
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    first: Path | None = None
    for number, folder in enumerate(folders):
        entries = sorted(_visible(folder))
        files = [entry for entry in entries if entry.suffix.lower() in SUFFIXES]
        others += len(entries) - len(files)
        if not files:
            rule = f"must hold images ({', '.join(SUFFIXES)})"
            raise data_error(folder, rule, remedy="Add images, or remove the folder")
        for file in files:
            first = first or file
            image = read_image(file, colour, size)
            if images and image.shape != images[0].shape:
                raise _sizes_differ(file, image, first, images[0])
            images.append(image)
        labels.extend([number] * len(files))
    names = tuple(folder.name for folder in folders)
    notes = (f"{others} entries of {path} are no images and were left out.",) if others else ()
    y = np.asarray(labels, dtype=np.int64)
    return Dataset("images", np.stack(images), y, names, {}, 255.0, notes)


def _visible(folder: Path) -> list[Path]:
    """Return the entries that are not hidden, such as .DS_Store."""
    return [entry for entry in folder.iterdir() if not entry.name.startswith(".")]


def _sizes_differ(
    file: Path, image: NDArray[np.uint8], first: Path, like: NDArray[np.uint8]
) -> Exception:
    height, width = image.shape[:2]
    return data_error(
        file,
        f"must be {like.shape[0]} x {like.shape[1]} (height x width) as {first} is",
        given=f"{height} x {width}",
        remedy=f"Say dataset.size: [{like.shape[0]}, {like.shape[1]}] to resize all",
    )
