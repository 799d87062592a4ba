"""One walk over the table of all layers: oracle, buffers, chunks, direction, docstring."""

import pkgutil
import re
from importlib import import_module

import harness
import pytest
from harness import Case
from layer_cases import CASES

from cnnopt import layers
from cnnopt.layers.pooled_norm import PooledBatchNorm, PooledBefore

all_cases = pytest.mark.parametrize("case", CASES, ids=str)


WHAT_LAYERS_HAVE = {"output_shape", "parameters", "forward", "backward"}


def all_layers() -> list[type]:
    """Return every class of `cnnopt.layers`, in whatever module, that computes both ways.

    Not those that only networks make, of layers that are proven: see test_pooled_norm.py.
    """
    found: set[type] = set()
    for module in pkgutil.walk_packages(layers.__path__, "cnnopt.layers."):
        for value in vars(import_module(module.name)).values():
            is_layer = isinstance(value, type) and set(dir(value)) >= WHAT_LAYERS_HAVE
            made = value in (PooledBatchNorm, PooledBefore)
            if is_layer and not made and not getattr(value, "_is_protocol", False):
                found.add(value)
    return sorted(found, key=lambda layer: layer.__name__)


COUPLED = {layers.BatchNorm}
"""These have no outcome for one chunk alone; see test_batch_norm.py."""


def test_every_layer_has_a_case_and_is_handed_on() -> None:
    assert len(all_layers()) >= 9
    assert {type(case.layer) for case in CASES} == set(all_layers()) - COUPLED
    assert {layer.__name__ for layer in all_layers()} <= set(layers.__all__)


@all_cases
@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_its_oracle(case: Case, dtype: str, batch: int) -> None:
    harness.check_oracle(case, dtype, batch)


@all_cases
def test_leaves_nothing_in_its_buffers(case: Case) -> None:
    harness.check_used_buffers(case)


@all_cases
def test_ragged_chunks_make_the_whole(case: Case) -> None:
    harness.check_chunks(case)


@all_cases
def test_first_in_a_network(case: Case) -> None:
    harness.check_first_layer(case)


@all_cases
def test_gradient_along_a_direction(case: Case) -> None:
    harness.check_direction(case)


@all_cases
def test_shapes_and_parameters_are_as_announced(case: Case) -> None:
    given = harness.draw(case, 2)
    assert harness.expected(case, 4).y.shape[1:] == case.layer.output_shape(case.x)
    for parameter, values in zip(case.layer.parameters(case.x), given.parameters, strict=True):
        assert parameter.shape == values.shape
        assert parameter.decays == (parameter.name.split(".")[-1] == "weight")


FROM_NO_PAPER = {"Flatten"}


@pytest.mark.parametrize("layer", all_layers(), ids=lambda layer: layer.__name__)
def test_docstring_names_shapes_and_source(layer: type) -> None:
    text = layer.__doc__ or ""
    assert "Shapes:" in text
    source = re.search(r"Source: .*\b(19|20)\d\d\b", text)
    assert bool(source) != (layer.__name__ in FROM_NO_PAPER)
