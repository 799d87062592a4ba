"""`training.exact`: the sums of the formula alone, wherever a convolution stands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from small_problems import after, final_bits, problem, resume, train, write_npz
from test_build import built

from cnnopt.analysis.gradcheck import check_network
from cnnopt.arrays import Array, Shape
from cnnopt.errors import Interrupted
from cnnopt.layers import Conv
from cnnopt.layers.conv_bilinear import kernel_spectrum
from cnnopt.losses import CrossEntropy
from cnnopt.network import Crew, Network
from cnnopt.records import load_run

BATCH = 32
END = ["flatten", {"dense": "classes"}]


def convolution(rank: int = 2, filters: int = 32, **settings: Any) -> dict[str, Any]:
    given = {"filters": filters, "kernel": 3, "padding": "same"} | settings
    return {f"conv{rank}d": given}


MODELS: dict[str, tuple[list[Any], Shape]] = {
    "plain": ([convolution(), "relu", {"max_pool2d": 2}, convolution()], (12, 12, 32)),
    "1-D": ([convolution(1, 64, kernel=5)], (40, 64)),
    "3-D": ([convolution(3, 16)], (6, 6, 6, 16)),
    "residual": ([{"residual": [convolution(), "batch_norm"]}], (8, 8, 32)),
    "parallel": ([{"parallel": [[convolution()], [convolution(kernel=5)]]}], (8, 8, 32)),
    "nested": ([{"residual": [{"parallel": [[convolution()], []]}]}], (8, 8, 32)),
    "drop_connect": ([{"drop_connect": {"layer": convolution(), "rate": 0.2}}], (8, 8, 32)),
}


def network_of(case: str, *, exact: bool) -> Network:
    model, shape = MODELS[case]
    return built([*model, *END], shape=shape, outputs=5, training={"exact": exact}).network


@pytest.fixture
def spectra() -> Iterator[list[Any]]:
    """Every spectrum of a kernel that a plan makes: without one no bilinear algorithm runs."""
    made: list[Any] = []

    def spy(*arguments: Any) -> Any:
        made.append(arguments)
        return kernel_spectrum(*arguments)

    with patch("cnnopt.layers.conv.kernel_spectrum", spy):
        yield made


def gradient_of(network: Network, dtype: str = "float32", rows: int = BATCH) -> Array:
    """Return the gradient of a step; the outputs of a pass over the same inputs are made, too."""
    generator = np.random.default_rng(1)
    weights = network.layout.initial(3, dtype)
    gradient = np.full_like(weights, np.nan)
    plan = network.training_plan(CrossEntropy(), rows, weights, gradient)
    x = generator.normal(size=(rows, *network.input_shape)).astype(dtype)
    classes = network.output_shape[0]
    targets = np.eye(classes, dtype=dtype)[generator.integers(classes, size=rows)]
    with Crew(1) as crew:
        plan.run(crew, x, targets, np.full(rows, 1 / rows, dtype))
        assert np.isfinite(network.inference_plan(rows, weights).run(crew, x)).all()
    return gradient[: network.parameters]


@pytest.mark.parametrize("case", MODELS)
def test_exact_differs_by_rounding_and_takes_no_bilinear_way(case: str, spectra: list[Any]) -> None:
    plain = gradient_of(network_of(case, exact=True))
    assert not spectra
    fast = gradient_of(network_of(case, exact=False))
    assert spectra, "the case has a convolution that would run by a bilinear algorithm"
    difference = np.max(np.abs(fast - plain)) / np.max(np.abs(plain))
    assert 0 < difference <= 1e-5


@pytest.mark.parametrize("case", MODELS)
def test_float64_is_exact_already(case: str, spectra: list[Any]) -> None:
    one, other = (gradient_of(network_of(case, exact=exact), "float64") for exact in (True, False))
    assert not spectra
    np.testing.assert_array_equal(one, other)


def test_gradients_are_checked_on_the_sums_of_the_formula(spectra: list[Any]) -> None:
    network = built([convolution(kernel=5), *END], shape=(14, 14, 32), outputs=3).network
    gradient_of(network, rows=3)
    assert spectra, "at the size that is checked it would run by a bilinear algorithm"
    spectra.clear()
    checks = list(check_network(network, CrossEntropy(), np.array([0, 1, 2]), 0))
    assert checks
    assert all(check.passed for check in checks)
    assert not spectra


def test_every_convolution_of_the_config_is_told() -> None:
    (node, *_) = network_of("plain", exact=True).nodes
    assert isinstance(node.layer, Conv)
    assert node.layer.exact
    (node, *_) = network_of("plain", exact=False).nodes
    assert isinstance(node.layer, Conv)
    assert not node.layer.exact


def test_a_run_is_resumed_as_it_was_begun(tmp_path: Path, spectra: list[Any]) -> None:
    model = [convolution(), "relu", convolution(), *END]
    data = write_npz(tmp_path / "data.npz")
    config = problem(data, model=model, training={"epochs": 2, "batch_size": 32, "exact": True})
    whole = train(config, runs_dir=tmp_path / "whole")
    with pytest.raises(Interrupted):
        train(config, runs_dir=tmp_path / "cut", stop=after(3))
    (folder,) = (tmp_path / "cut").iterdir()
    assert load_run(folder).config["training"]["exact"] is True
    assert final_bits(resume(folder).folder) == final_bits(whole.folder)
    assert not spectra
    train(config, ["training.exact=false"], runs_dir=tmp_path / "fast")
    assert spectra
