"""A folder of images per class."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cnnopt.data import Dataset, load
from cnnopt.data.images import read_image
from cnnopt.errors import DataError

RGB = np.random.default_rng(0).integers(0, 256, (6, 8, 3), np.uint8)


def folder_of(root: Path, **classes: list[tuple[str, np.ndarray]]) -> Path:
    for name, images in classes.items():
        (root / name).mkdir(parents=True, exist_ok=True)
        for file, pixels in images:
            Image.fromarray(pixels).save(root / name / file)
    return root


def read(path: Path, **settings: Any) -> Dataset:
    usual = {"size": None, "colour": "grey", "test": 0.2}
    return load(SimpleNamespace(name="images", path=path, **{**usual, **settings}))


def test_classes_are_folders_by_name(tmp_path: Path) -> None:
    grey = RGB[..., 0]
    root = folder_of(
        tmp_path, dog=[("1.png", grey)], cat=[("b.PNG", grey + 1), ("a.bmp", grey + 2)]
    )
    (root / ".hidden").mkdir()
    (root / "readme.txt").write_text("x")
    (root / "dog" / "notes.txt").write_text("x")
    dataset = read(root)
    assert dataset.classes == ("cat", "dog")
    assert dataset.y.tolist() == [0, 0, 1]
    assert dataset.x.dtype == np.uint8
    np.testing.assert_array_equal(dataset.x[..., 0], [grey + 2, grey + 1, grey])
    assert dataset.notes[0].startswith("2 entries")


def test_colour_and_size(tmp_path: Path) -> None:
    root = folder_of(tmp_path, a=[("1.png", RGB)], b=[("2.png", RGB[:4]), ("3.png", RGB)])
    dataset = read(root, colour="rgb", size=[6, 8])
    assert dataset.x.shape == (3, 6, 8, 3)
    np.testing.assert_array_equal(dataset.x[0], RGB)
    assert dataset.value_range == 255


def test_deep_grey_is_scaled_and_transparency_is_paper(tmp_path: Path) -> None:
    deep = np.array([[0, 257, 65535], [128, 129, 32768]], np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert read_image(tmp_path / "deep.png", "grey")[..., 0].tolist() == [[0, 1, 255], [0, 1, 128]]
    ink = np.zeros((1, 2, 4), np.uint8)
    ink[0, 0, 3] = 255
    Image.fromarray(ink).save(tmp_path / "ink.png")
    assert read_image(tmp_path / "ink.png", "grey")[..., 0].tolist() == [[0, 255]]


def test_wrong_folders(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        read(tmp_path / "none")
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="must be a folder"):
        read(tmp_path / "file")
    with pytest.raises(DataError, match=r"at least two classes, got 0 sub-folders"):
        read(tmp_path)
    root = folder_of(tmp_path / "set", a=[("1.png", RGB)], b=[])
    with pytest.raises(DataError, match=r"b: must hold images .*\.png"):
        read(root)


def test_sizes_must_agree(tmp_path: Path) -> None:
    root = folder_of(tmp_path, a=[("1.png", RGB)], b=[("2.png", RGB[:4])])
    with pytest.raises(DataError, match=r"2\.png: must be 6 x 8 .*1\.png is, got 4 x 8.*\[6, 8\]"):
        read(root)


def test_wrong_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "1.png"
    Image.fromarray(RGB).save(file)
    whole = file.read_bytes()
    gif = tmp_path / "real.gif"
    Image.fromarray(RGB).save(gif)
    cases = [
        (b"", "the file is empty"),
        (b"text", "is no PNG, JPEG or BMP image"),
        (gif.read_bytes(), "is no PNG, JPEG or BMP image"),
        (whole[: len(whole) // 2], "cannot be read"),
    ]
    for content, words in cases:
        file.write_bytes(content)
        with pytest.raises(DataError, match=words):
            read_image(file, "grey")
    with pytest.raises(DataError, match="no such file"):
        read_image(tmp_path / "none.png", "grey")
    file.write_bytes(whole)
    monkeypatch.setattr("cnnopt.data.images._MOST_PIXELS", 40)
    with pytest.raises(DataError, match=r"at most 40 pixels, got 8 x 6"):
        read_image(file, "grey")
