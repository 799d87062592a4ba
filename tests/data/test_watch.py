"""The watch's exercises: windows that stay in their series, subjects as groups, a damaged file."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnopt.config import load_config
from cnnopt.data import Dataset, data_sets, load
from cnnopt.data.stamp import stamp
from cnnopt.errors import ConfigError, DataError

LENGTHS = (5, 3, 8)


def arrays(counts: tuple[int, ...] = LENGTHS, **changed: Any) -> dict[str, Any]:
    """Return a small file's arrays: sample s of series i is 100 i + s, in both channels."""
    values = np.concatenate([100 * i + np.arange(n) for i, n in enumerate(counts)])
    labels = np.arange(len(counts), dtype=np.int32) % 2
    return {
        "values": np.stack([values, values], axis=1).astype(np.float32),
        "lengths": np.array(counts, dtype=np.int32),
        "y": labels,
        "subject": 10 - labels,
        "class_names": np.array(["up", "down"]),
        **changed,
    }


def settings(**dataset: Any) -> Any:
    config = {
        "dataset": {"name": "watch", **dataset},
        "model": ["flatten", {"dense": "classes"}],
        "loss": "cross_entropy",
        "optimizer": "adam",
    }
    return load_config(config).dataset


@pytest.fixture
def watch(tmp_path: Path) -> Callable[..., Dataset]:
    """Return a reader of small files."""

    def read(given: dict[str, Any] | None = None, **dataset: Any) -> Dataset:
        file = tmp_path / "watch.npz"
        np.savez(file, **(arrays() if given is None else given))
        return load(settings(path=str(file), **dataset))

    return read


def test_windows_by_hand(watch: Callable[..., Dataset]) -> None:
    data = watch(window=3)
    assert data.x[..., 0].tolist() == [[0, 1, 2], [100, 101, 102], [200, 201, 202], [203, 204, 205]]
    assert data.x.shape == (4, 3, 2)
    assert data.x.dtype == np.float32
    assert (data.y.tolist(), data.classes) == ([0, 1, 0, 0], ("up", "down"))
    assert data.groups is not None
    assert data.groups.tolist() == [1, 0, 1, 1]
    assert data.group_names == ("subject 9", "subject 10")
    line = data.timeline
    assert line is not None
    assert line.series.tolist() == [0, 1, 2, 2]
    assert line.first.tolist() == [0, 0, 0, 3]
    assert line.origin.tolist() == line.last.tolist() == [2, 2, 2, 5]
    assert not data.ordered
    assert "mix subjects are optimistic" in data.notes[0]


def test_overlap_and_short_series(watch: Callable[..., Dataset]) -> None:
    data = watch(window=4, stride=2)
    assert data.x[:, 0, 0].tolist() == [0, 200, 202, 204]
    assert data.notes[1] == "Series shorter than a window, left out: 1 of 3."
    sparse = watch(window=2, stride=3)
    assert sparse.x[:, 0, 0].tolist() == [0, 3, 100, 200, 203, 206]


@given(st.lists(st.integers(1, 30), min_size=2, max_size=6), st.integers(1, 12), st.integers(1, 15))
def test_no_window_crosses_a_series(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], window: int, stride: int
) -> None:
    lengths += [window, window]  # both classes have a window
    file = tmp_path_factory.mktemp("watch") / "watch.npz"
    np.savez(file, **arrays(tuple(lengths)))
    data = load(settings(path=str(file), window=window, stride=stride))
    line = data.timeline
    assert line is not None
    samples = 100 * line.series[:, None] + line.first[:, None] + np.arange(window)
    np.testing.assert_array_equal(data.x[..., 1], samples)
    assert (line.origin < np.array(lengths)[line.series]).all()
    expected = [len(range(0, length - window + 1, stride)) for length in lengths]
    assert np.bincount(line.series, minlength=len(lengths)).tolist() == expected


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"values": np.ones(16, "f4")}, r"values: must have shape \(samples, channels\)"),
        ({"values": np.full((16, 2), np.nan)}, "values: must hold finite numbers"),
        ({"values": np.array([{}])}, "never loads them"),
        ({"lengths": np.array([5, 3, 7])}, "lengths: must add up to the samples in values, 16"),
        ({"lengths": np.array([8, 0, 8])}, "lengths: must be at least 1, got 0 in series 1"),
        (
            {"lengths": np.array([5.0, 3, 8])},
            r"lengths: must hold a whole number for each series, got float64 \(3,\)",
        ),
        ({"y": np.array([0, 1])}, "y: must have one number for each of the 3 series, got 2"),
        ({"y": np.array([0, 1, 2])}, "class_names: must hold a name for each of the classes 0 to"),
        ({"y": np.array([0, 1, -1])}, "y: must be at least 0, got -1 in series 2"),
        ({"subject": np.array([1, 2])}, "subject: must have one number for each"),
        ({"class_names": np.array([1, 2])}, "class_names: must hold a name"),
    ],
)
def test_damaged_files(watch: Callable[..., Dataset], changed: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        watch(arrays(**changed), window=2)


def test_missing_arrays_and_too_long_windows(watch: Callable[..., Dataset]) -> None:
    given = arrays()
    del given["subject"]
    with pytest.raises(DataError, match="subject: no such array"):
        watch(given, window=2)
    with pytest.raises(DataError, match=r"dataset.window: must be at most 8.*got 9"):
        watch(window=9)


def test_found_in_the_usual_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CNNOPT_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"dataset.name: watch is not on disk: watch.npz must lie"):
        load(settings())
    with pytest.raises(DataError, match=r"dataset.path: watch is not on disk"):
        load(settings(path=str(tmp_path / "else")))
    entry = next(entry for entry in data_sets() if entry.name == "watch")
    assert (entry.present, entry.where) == (False, str(tmp_path / "watch"))
    assert stamp(settings()) == ()
    (tmp_path / "watch").mkdir()
    np.savez(tmp_path / "watch" / "watch.npz", **arrays())
    assert load(settings(window=3)).rows == 4
    assert load(settings(window=3, path=str(tmp_path / "watch"))).rows == 4
    assert next(entry for entry in data_sets() if entry.name == "watch").present
    [(file, *_)] = stamp(settings())
    assert file == str(tmp_path / "watch" / "watch.npz")


def test_settings() -> None:
    assert (settings().window, settings().stride) == (100, 100)
    assert settings(window=60).stride == 60
    with pytest.raises(ConfigError, match="unit is for pixels"):
        settings(scale="unit")
    with pytest.raises(ConfigError, match="watch has no official test part"):
        settings(test="official")


def test_the_real_exercises() -> None:
    root = os.environ.get("CNNOPT_TEST_DATA", "")
    file = Path(root).expanduser() / "watch" / "watch.npz"
    if not root or not file.is_file():
        pytest.skip("set CNNOPT_TEST_DATA to a folder with watch/watch.npz")
    data = load(settings(path=str(file)))
    assert data.x.shape == (2369, 100, 6)
    assert data.classes == ("PEN", "ABD", "FEL", "IR", "ER", "TRAP", "ROW")
    assert np.bincount(data.y).tolist() == [254, 389, 396, 363, 366, 294, 307]
    assert data.groups is not None
    assert np.bincount(data.groups).tolist() == [284, 273, 157, 150, 249, 242, 265, 243, 244, 262]
    assert data.group_names[9] == "subject 10"
    assert data.timeline is not None
    assert len(np.unique(data.timeline.series)) == 140
    entry = next(entry for entry in data_sets() if entry.name == "watch")
    assert (entry.shape, entry.rows, entry.classes) == ((100, 6), 2369, 7)
    assert load(settings(path=str(file.parent), stride=50)).rows == 4677
