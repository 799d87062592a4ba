"""What `data list` shows: every set by name, and whether its files are on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cnnopt.arrays import Shape
from cnnopt.data.cifar import CHANNELS, CIFAR_SETS
from cnnopt.data.cifar import SIDE as CIFAR_SIDE
from cnnopt.data.cifar import files_of as cifar_files
from cnnopt.data.cifar import find_folder as cifar_folder
from cnnopt.data.named import NAMED_SETS, SIDE, files_of, find_folder
from cnnopt.data.places import places
from cnnopt.data.watch import CHANNELS as WATCH_CHANNELS
from cnnopt.data.watch import CLASSES as WATCH_CLASSES
from cnnopt.data.watch import FILE as WATCH_FILE
from cnnopt.data.watch import WINDOW as WATCH_WINDOW
from cnnopt.data.watch import find_file as watch_file


@dataclass(frozen=True)
class Entry:
    """A data set that can be named in `dataset:`.

    Attributes:
        name: the name to use.
        shape: one example, channels last.
        rows: number of examples, official test part included; of series, the windows that the
            default settings cut.
        classes: number of classes; 0 for regression.
        where: `embedded`, `generated`, or the folder where the files lie or have to be put.
        present: whether it can be used now.
        files: the files that belong into the folder; empty where none are needed.
    """

    name: str
    shape: Shape
    rows: int
    classes: int
    where: str
    present: bool
    files: tuple[str, ...] = ()


FORMATS: dict[str, str] = {
    "npz": "your arrays x and y in one .npz file",
    "images": "your folder with one sub-folder of images per class",
    "csv": "your table with a target column",
    "series": "your table with a column of times, cut to windows",
}
"""The user's own data: name in `dataset:` and what `path` has to be."""


def data_sets() -> list[Entry]:
    """Return all named sets, those that need no files first."""
    entries = [
        Entry("digits", (8, 8, 1), 1_797, 10, "embedded", True),
        Entry("digits3d", (8, 8, 8, 1), 1_797, 10, "embedded", True),
        Entry("mnist1d", (40, 1), 5_000, 10, "generated", True),
        Entry("regression", (1,), 10_000, 0, "generated", True),
        Entry("sunspots", (33, 1), 276, 0, "embedded", True),
        Entry("co2", (104, 1), 2_140, 0, "embedded", True),
    ]
    for name, fixed in NAMED_SETS.items():
        found: Path | None = find_folder(name)
        entries.append(
            Entry(
                name=name,
                shape=(SIDE, SIDE, 1),
                rows=fixed.train + fixed.test,
                classes=len(fixed.classes),
                where=str(found or places(name)[0]),
                present=found is not None,
                files=files_of(name),
            )
        )
    for name, cifar in CIFAR_SETS.items():
        found = cifar_folder(name)
        entries.append(
            Entry(
                name=name,
                shape=(CIFAR_SIDE, CIFAR_SIDE, CHANNELS),
                rows=cifar.train + cifar.test,
                classes=len(cifar.classes),
                where=str(found or places(name)[0]),
                present=found is not None,
                files=cifar_files(name),
            )
        )
    file = watch_file()
    entries.append(
        Entry(
            name="watch",
            shape=(WATCH_WINDOW, WATCH_CHANNELS),
            rows=2_369,
            classes=WATCH_CLASSES,
            where=str(file.parent if file is not None else places("watch")[0]),
            present=file is not None,
            files=(WATCH_FILE,),
        )
    )
    return entries
