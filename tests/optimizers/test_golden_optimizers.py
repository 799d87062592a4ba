"""200 steps of each optimizer against its makers' code, stored by golden/write_optimizers.py."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from golden.golden_settings import EVERY, OPTIMIZER_SETTINGS, OPTIMIZERS, STEPS, TENSORS, slope

from cnnopt.optimizers import Region, Updater, make_optimizer
from cnnopt.optimizers.table import CLASSES

ENDS = [0, *np.cumsum([int(np.prod(shape)) for shape in TENSORS.values()]).tolist()]


def regions(weight_decay: float) -> Iterator[Region]:
    for (start, stop), shape in zip(pairwise(ENDS), TENSORS.values(), strict=True):
        yield Region(start, stop, weight_decay=weight_decay, shape=shape)


@pytest.mark.parametrize("key", OPTIMIZER_SETTINGS)
def test_goes_its_makers_way(key: str) -> None:
    name, settings = OPTIMIZER_SETTINGS[key]
    with np.load(OPTIMIZERS) as golden:
        wanted, weights = golden[key], golden["start"]
        curves, phases = golden["curves"], golden["phases"]
    assert wanted.shape == (STEPS // EVERY, len(weights))
    optimizer = make_optimizer(name, **settings)
    gradient = np.empty_like(weights)
    parts = list(regions(getattr(optimizer, "weight_decay", 0.0)))
    updater = Updater(optimizer, weights, gradient, parts)
    tensors = {
        each: weights[part.start : part.stop].reshape(part.shape)
        for each, part in zip(TENSORS, parts, strict=True)
    }
    path = []
    for step in range(STEPS):
        found = slope(tensors, curves, phases[step])
        gradient[:] = np.concatenate([g.ravel() for g in found.values()])
        updater.step(optimizer.learning_rate, step + 1)
        if (step + 1) % EVERY == 0:
            path.append(weights.copy())
    assert np.abs(np.array(path) - wanted).max() <= 1e-10 * np.abs(wanted).max()


def test_every_optimizer_has_a_golden_way() -> None:
    assert {name for name, _ in OPTIMIZER_SETTINGS.values()} == CLASSES.keys()


def test_the_ways_differ() -> None:
    """Each option of the grid changes something: no setting is read and ignored."""
    with np.load(OPTIMIZERS) as golden:
        ends = {key: golden[key][-1] for key in OPTIMIZER_SETTINGS}
    keys = list(ends)
    for index, key in enumerate(keys):
        for other in keys[:index]:
            assert np.abs(ends[key] - ends[other]).max() > 1e-6, (key, other)
