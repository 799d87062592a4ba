"""200 steps of each optimizer against PyTorch's, stored by tests/golden/write_optimizers.py."""

import numpy as np
import pytest
from golden.golden_settings import EVERY, OPTIMIZER_SETTINGS, OPTIMIZERS, STEPS

from cnnopt import optimizers
from cnnopt.optimizers import Updater


@pytest.mark.parametrize("key", OPTIMIZER_SETTINGS)
def test_goes_pytorchs_way(key: str) -> None:
    name, settings = OPTIMIZER_SETTINGS[key]
    with np.load(OPTIMIZERS) as golden:
        wanted, start = golden[key], golden["start"]
        curves, phases = golden["curves"], golden["phases"]
    assert wanted.shape == (STEPS // EVERY, len(start))
    optimizer = getattr(optimizers, name)(**settings)
    weights, gradient = start.copy(), np.empty_like(start)
    updater = Updater(optimizer, weights, gradient)
    path = []
    for step in range(STEPS):
        gradient[:] = curves * weights + phases[step] - 0.5
        updater.step(optimizer.learning_rate, step + 1)
        if (step + 1) % EVERY == 0:
            path.append(weights.copy())
    np.testing.assert_allclose(path, wanted, rtol=0, atol=1e-10)
