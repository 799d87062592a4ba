"""The logistic function, against SciPy's."""

import numpy as np
import pytest
from scipy.special import expit

from cnnopt.kernels.sigmoid import sigmoid


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_equals_scipy_s_also_far_out(dtype: str) -> None:
    wide = [0.0, 1e-30, 30.0, 88.0, 89.0, 708.0, 710.0, 1e30, np.inf]
    x = np.array([*wide, *np.negative(wide), *np.linspace(-20, 20, 101)], dtype)
    y = np.empty_like(x)
    sigmoid(y, x)
    # subnormal shares are cut at the smallest normal one
    np.testing.assert_allclose(
        y, expit(x), rtol=4 * np.finfo(dtype).eps, atol=np.finfo(dtype).tiny * 4
    )


def test_in_place_and_nan_stays() -> None:
    x = np.array([0.5, np.nan])
    wanted = expit(x)
    sigmoid(x, x)
    np.testing.assert_allclose(x, wanted, rtol=1e-15)
