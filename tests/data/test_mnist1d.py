"""MNIST-1D and the solid digits: the recipe's laws, the official file's form, every fault."""

import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cnnopt.data import load
from cnnopt.data.digits import digits, digits3d
from cnnopt.data.mnist1d import mnist1d, read_mnist1d, templates
from cnnopt.errors import DataError

CONTENT: dict[str, Any] = {
    "x": np.random.default_rng(0).normal(size=(20, 40)),
    "y": np.arange(20) % 10,
    "x_test": np.random.default_rng(1).normal(size=(10, 40)),
    "y_test": np.arange(10),
    "t": np.linspace(0, 1, 40),
    "templates": {"x": np.zeros((10, 12)), "y": np.arange(10)},
}


def save(folder: Path, **changes: Any) -> Path:
    file = folder / "mnist1d_data.pkl"
    file.write_bytes(pickle.dumps(CONTENT | changes, 3))
    return file


def test_templates_are_white_and_begin_at_zero() -> None:
    found = templates()
    assert found.shape == (10, 12)
    np.testing.assert_allclose(found.std(axis=1), 1 / 6)
    assert not found[:, 0].any()
    np.testing.assert_allclose(found[:, -1], 0, atol=1e-15)


def test_the_generated_set() -> None:
    made = load(SimpleNamespace(name="mnist1d", path=None, data_seed=42))
    assert made.x.shape == (5000, 40, 1)
    assert np.bincount(made.y).tolist() == [500] * 10
    assert made.official["test"].tolist() == list(range(4000, 5000))
    assert made.x.mean() == pytest.approx(0, abs=1e-12)
    assert made.x.std() == pytest.approx(1)
    assert made.classes == tuple("0123456789")
    # A nearest class mean knows little: the signals are moved, which is the point of the set.
    train, test = slice(0, 4000), slice(4000, 5000)
    means = np.stack([made.x[train][made.y[train] == k].mean(axis=0)[:, 0] for k in range(10)])
    distances = ((made.x[test, None, :, 0] - means) ** 2).sum(axis=2)
    assert 0.1 < (distances.argmin(axis=1) == made.y[test]).mean() < 0.5


def test_another_seed_is_another_draw_of_the_same_signals() -> None:
    a, b, again = mnist1d(1), mnist1d(2), mnist1d(1)
    np.testing.assert_array_equal(a.x, again.x)
    assert not np.allclose(a.x, b.x)
    assert a.fingerprint != b.fingerprint


def test_reads_the_official_form(tmp_path: Path) -> None:
    file = save(tmp_path)
    for path in (file, tmp_path):
        read = load(SimpleNamespace(name="mnist1d", path=str(path), data_seed=42))
        np.testing.assert_array_equal(read.x[:20, :, 0], CONTENT["x"])
        np.testing.assert_array_equal(read.x[20:, :, 0], CONTENT["x_test"])
        assert read.y.tolist() == [*CONTENT["y"], *CONTENT["y_test"]]
        assert read.official["test"].tolist() == list(range(20, 30))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x": np.zeros((20, 40, 1))}, r"x: must be numbers of shape"),
        ({"x": np.full((20, 40), np.nan)}, r"x: .*nan in row 0"),
        ({"y": np.arange(19) % 10}, r"y: must be 20 class numbers"),
        ({"y": np.zeros(20)}, r"y: must be 20 class numbers, got float64"),
        ({"y_test": np.arange(10) + 1}, r"y_test: .*from 0 to 9, got 1 to 10"),
        ({"x_test": np.zeros((10, 39))}, r"x_test: must be as long as those of x, 40, got 39"),
        ({"x": "text"}, r"x: must be an array, got str"),
        ({"more": print}, r"asks for .*print"),
    ],
)
def test_wrong_files(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_mnist1d(save(tmp_path, **changes))


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"mnist1d_data.pkl: no such file"):
        read_mnist1d(tmp_path)


def test_solid_digits_are_landscapes_of_the_flat_ones() -> None:
    flat, solid = digits(), load(SimpleNamespace(name="digits3d", path=None))
    assert solid.x.shape == (1797, 8, 8, 8, 1)
    assert set(np.unique(solid.x)) == {0, 1}
    np.testing.assert_array_equal(solid.y, flat.y)
    # Counting the layers gives the height, half the ink rounded up, by another way.
    np.testing.assert_array_equal(solid.x.sum(axis=1), (flat.x + 1) // 2)
    assert (np.diff(solid.x.astype(int), axis=1) <= 0).all()
    assert digits3d().value_range == 1
