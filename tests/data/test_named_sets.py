"""Named sets: classes, official parts, places, and what a missing file is told as."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cnnopt.data import data_sets, load
from cnnopt.data.cifar import CIFAR_SETS
from cnnopt.data.named import NAMED_SETS, files_of, load_named
from cnnopt.errors import DataError

Folder = Callable[..., Path]
Maker = Callable[..., bytes]


@pytest.fixture(autouse=True)
def _no_data_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CNNOPT_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("packed", [False, True])
def test_training_rows_first_then_the_official_test_part(idx_folder: Folder, packed: bool) -> None:
    dataset = load_named("mnist", idx_folder(20, 10, packed=packed))
    assert dataset.x.shape == (30, 28, 28, 1)
    assert dataset.x.dtype == np.uint8
    assert dataset.official["test"].tolist() == list(range(20, 30))
    assert dataset.y.tolist() == [*range(10), *range(10), *range(10)]
    assert dataset.value_range == 255
    first = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    np.testing.assert_array_equal(dataset.x[:20, ..., 0], first)


def test_emnist_is_turned_upright_and_letters_begin_at_one(idx_folder: Folder) -> None:
    folder = idx_folder(stems=("emnist-letters-train", "emnist-letters-test"), first=1)
    dataset = load_named("emnist-letters", folder)
    stored = np.random.default_rng(0).integers(0, 256, (20, 28, 28), np.uint8)
    np.testing.assert_array_equal(dataset.x[3, ..., 0], stored[3].T)
    assert dataset.y.min() == 0
    assert dataset.classes[0] == "A"


@pytest.mark.parametrize(
    ("name", "classes"),
    [
        ("emnist-byclass", 62),
        ("emnist-bymerge", 47),
        ("emnist-balanced", 47),
        ("emnist-letters", 26),
        ("fashion-mnist", 10),
        ("kmnist", 10),
    ],
)
def test_classes_are_as_many_as_published_and_distinct(name: str, classes: int) -> None:
    assert len(set(NAMED_SETS[name].classes)) == len(NAMED_SETS[name].classes) == classes


def test_places(idx_folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = SimpleNamespace(name="kmnist", path=None, test="official")
    with pytest.raises(DataError, match=r"kmnist is not on disk"):
        load(settings)
    (tmp_path / "shared").mkdir()
    idx_folder().rename(tmp_path / "shared" / "kmnist")
    monkeypatch.setenv("CNNOPT_DATA", str(tmp_path / "shared"))
    assert load(settings).rows == 30
    monkeypatch.setenv("CNNOPT_DATA", str(tmp_path / "elsewhere"))
    (tmp_path / "cache").mkdir(exist_ok=True)
    (tmp_path / "shared").rename(tmp_path / "cache" / "cnnopt")
    assert load(settings).rows == 30


def test_the_splits_of_emnist_may_share_a_folder(
    idx_folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    idx_folder(stems=("emnist-digits-train", "emnist-digits-test")).rename(tmp_path / "emnist")
    monkeypatch.setenv("CNNOPT_DATA", str(tmp_path))
    assert load_named("emnist-digits").rows == 30


def test_names_with_a_dot_are_found(idx_folder: Folder) -> None:
    folder = idx_folder(packed=False)
    for file in folder.iterdir():
        file.rename(folder / file.name.replace("-idx", ".idx"))
    assert load_named("mnist", folder).rows == 30


def test_a_missing_set_says_which_files_go_where(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CNNOPT_DATA", str(tmp_path / "sets"))
    with pytest.raises(DataError) as caught:
        load_named("fashion-mnist")
    message = str(caught.value)
    assert all(file in message for file in files_of("fashion-mnist"))
    assert f"must lie in {tmp_path / 'sets' / 'fashion-mnist'}" in message
    assert "dataset.path" in message


def test_without_test_files_a_share_still_works(idx_folder: Folder) -> None:
    folder = idx_folder(20, 10)
    for file in folder.glob("t10k*"):
        file.unlink()
    with pytest.raises(DataError, match=r"t10k-images-idx3-ubyte\.gz, t10k-labels.*test: 0\.2"):
        load(SimpleNamespace(name="mnist", path=str(folder), test="official"))
    dataset = load(SimpleNamespace(name="mnist", path=str(folder), test=0.2))
    assert dataset.rows == 20
    assert not dataset.official


def test_labels_and_images_of_different_length(idx_folder: Folder, idx_bytes: Maker) -> None:
    folder = idx_folder(packed=False)
    labels = folder / "train-labels-idx1-ubyte"
    labels.write_bytes(idx_bytes(np.zeros(19, np.uint8)))
    with pytest.raises(DataError, match=r"one label for each of the 20 images .*got 19 labels"):
        load_named("mnist", folder)


def test_images_where_labels_should_be(idx_folder: Folder) -> None:
    folder = idx_folder(packed=False)
    labels = folder / "train-labels-idx1-ubyte"
    labels.write_bytes((folder / "train-images-idx3-ubyte").read_bytes())
    with pytest.raises(DataError, match=r"labels: magic number 0x00000801.*changed places"):
        load_named("mnist", folder)


def test_labels_out_of_range(idx_folder: Folder, idx_bytes: Maker) -> None:
    folder = idx_folder(packed=False)
    wrong = np.array([*range(10), 10, 200, *range(8)], np.uint8)
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes(wrong))
    with pytest.raises(DataError, match=r"labels must be 0 to 9, got 10 at position 10 .2 such"):
        load_named("mnist", folder)


def test_images_of_another_size(idx_folder: Folder, idx_bytes: Maker) -> None:
    folder = idx_folder(packed=False)
    (folder / "train-images-idx3-ubyte").write_bytes(idx_bytes(np.zeros((20, 8, 8), np.uint8)))
    with pytest.raises(DataError, match=r"must hold images of 28 x 28, got shape .20, 8, 8"):
        load_named("mnist", folder)


def test_more_classes_than_samples(idx_folder: Folder) -> None:
    with pytest.raises(DataError, match=r"one example per class, got 10 classes and 5 examples"):
        load(SimpleNamespace(name="mnist", path=idx_folder(3, 2), test="official"))


def test_the_catalogue_knows_what_is_there(
    idx_folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    idx_folder().rename(tmp_path / "kmnist")
    monkeypatch.setenv("CNNOPT_DATA", str(tmp_path))
    entries = {entry.name: entry for entry in data_sets()}
    without_files = {"digits", "digits3d", "mnist1d", "regression", "sunspots", "co2"}
    assert set(entries) == {*without_files, *NAMED_SETS, *CIFAR_SETS, "watch"}
    present = {name for name, entry in entries.items() if entry.present}
    assert present == {*without_files, "kmnist"}
    assert len(entries["cifar10"].files) == 6
    assert entries["cifar100"].shape == (32, 32, 3)
    assert entries["kmnist"].where == str(tmp_path / "kmnist")
    assert entries["mnist"].where == str(tmp_path / "mnist")
    assert entries["mnist"].files == files_of("mnist")
    assert (entries["emnist-byclass"].rows, entries["emnist-byclass"].classes) == (814_255, 62)
