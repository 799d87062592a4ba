"""Real data sets, where CNNOPT_TEST_DATA names a folder that has them; skipped elsewhere."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from plain_splits import holdout

from cnnopt.config import load_config
from cnnopt.data import Dataset, load
from cnnopt.data.audit.near import near_duplicates_across, near_twins
from cnnopt.data.audit.sides import Sides
from cnnopt.data.mnist1d import mnist1d

ROOT = os.environ.get("CNNOPT_TEST_DATA", "")


def needed(name: str) -> Path:
    """Return the path below the folder, or skip the test."""
    if not ROOT:
        pytest.skip("set CNNOPT_TEST_DATA to the folder of real data sets")
    path = Path(ROOT).expanduser() / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path


def read(**dataset: Any) -> Dataset:
    config = load_config(
        {
            "dataset": dataset,
            "model": ["flatten", {"dense": "classes"}],
            "loss": "cross_entropy",
            "optimizer": "adam",
        }
    )
    return load(config.dataset)  # type: ignore[arg-type]  # a protocol by duck typing


def test_the_generated_mnist1d_is_the_official_one() -> None:
    official = read(name="mnist1d", path=str(needed("mnist1d/mnist1d_data.pkl")))
    made = mnist1d()
    np.testing.assert_allclose(made.x, official.x, rtol=0, atol=1e-12)
    np.testing.assert_array_equal(made.y, official.y)
    np.testing.assert_array_equal(made.official["test"], official.official["test"])


def test_modelnet10() -> None:
    path = str(needed("modelnet10/modelnet10_train_u1.npz"))
    data = read(name="npz", path=path, dimensions=3)
    assert data.x.shape == (3991, 30, 30, 30, 1)
    assert len(data.classes) == 10


def test_adrenalmnist3d_has_its_official_parts() -> None:
    path = str(needed("adrenalmnist3d/adrenalmnist3d.npz"))
    data = read(name="npz", path=path, x="train_images", dimensions=3)
    assert data.x.shape == (1584, 28, 28, 28, 1)
    assert data.classes == ("0", "1")
    split = holdout(
        data.rows,
        data.y,
        test="official",
        validation="official",
        split_seed=0,
        official_test=data.official["test"],
        official_validation=data.official["validation"],
    )
    assert {name: len(rows) for name, rows in split.parts().items()} == {
        "train": 1188,
        "validation": 98,
        "test": 298,
    }
    with np.load(path) as file:
        np.testing.assert_array_equal(data.x[split.validation][..., 0], file["val_images"])
        np.testing.assert_array_equal(data.y[split.test], file["test_labels"][:, 0])


def test_a_part_of_cifar10() -> None:
    path = str(needed("cifar10/data_batch_1.first4000.bin"))
    data = read(name="cifar10", path=path, test=0.2)
    assert data.x.shape == (4000, 32, 32, 3)
    assert data.classes[data.y[0]] == "frog"  # the first image of batch 1
    assert np.bincount(data.y).min() > 300
    # Neighbouring pixels of a photograph are alike; wrongly read planes would not be.
    pixels = data.x.astype(int)
    apart = np.abs(pixels - np.roll(pixels, 1, axis=0)).mean()
    assert np.abs(np.diff(pixels, axis=1)).mean() < 0.3 * apart
    assert np.abs(np.diff(pixels, axis=2)).mean() < 0.3 * apart


def test_fashion_mnist_has_a_few_near_duplicates_which_do_not_matter() -> None:
    data = read(name="fashion-mnist", path=str(needed("fashion-mnist")))
    sides = [Sides(np.arange(60_000), data.official["test"])]
    pairs = [(earlier, later) for earlier, later, _ in near_twins(data.x, sides)]
    assert pairs == [
        (18494, 62115),
        (11932, 62605),
        (13360, 64998),
        (6300, 66210),
        (58762, 69867),
    ]
    assert all(data.y[earlier] == data.y[later] for earlier, later in pairs)
    assert not near_duplicates_across(data, sides).leaks
