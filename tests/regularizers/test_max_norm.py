"""Weights into a unit are cut to a length: against torch.renorm, and by its laws."""

from pathlib import Path

import numpy as np
import pytest

from cnnopt.regularizers import MaxNorm, Tensor

GOLDEN = Path(__file__).parents[1] / "golden" / "regularizers.npz"


@pytest.mark.parametrize("name", ["dense", "conv"])
def test_as_renorm_cuts(name: str) -> None:
    with np.load(GOLDEN) as golden:
        w, wanted = golden[f"norm/{name}"], golden[f"norm/{name}_cut"]
    flat = np.concatenate([[9.0], w.ravel(), [9.0]])
    MaxNorm(2.0, (Tensor(name, 1, 1 + w.size, w.shape),)).shorten(flat)
    found = flat[1:-1].reshape(w.shape)
    # PyTorch divides by the norm plus 1e-7.
    np.testing.assert_allclose(found, wanted, rtol=2e-7)
    assert flat[0] == flat[-1] == 9.0
    norms = np.sqrt(np.square(w).sum(axis=tuple(range(w.ndim - 1))))
    assert 0 < (norms > 2).sum() < len(norms)
    short = norms <= 2
    np.testing.assert_array_equal(found[..., short], w[..., short])
    lengths = np.sqrt(np.square(found).sum(axis=tuple(range(w.ndim - 1))))
    np.testing.assert_allclose(lengths, np.minimum(norms, 2), rtol=1e-14)


def test_what_is_short_enough_keeps_its_bits() -> None:
    w = np.random.default_rng(0).normal(size=12).astype(np.float32)
    before = w.copy()
    MaxNorm(10.0, (Tensor("dense_1.weight", 0, 12, (4, 3)),)).shorten(w)
    np.testing.assert_array_equal(w, before)
