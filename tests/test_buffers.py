"""The buffers of a plan."""

import numpy as np
import pytest

from cnnopt.buffers import CACHE_LINE, Buffers


@pytest.mark.parametrize(("dtype", "size"), [(np.float32, 4), (np.float64, 8), (np.bool_, 1)])
def test_buffers_are_zero_aligned_and_counted(dtype: type, size: int) -> None:
    make = Buffers(np.float32)
    arrays = [make((3, 5), dtype), make((0, 5), dtype), make((1,), dtype)]
    assert make.nbytes == 16 * size
    for array in arrays:
        assert array.dtype == dtype
        assert array.ctypes.data % CACHE_LINE == 0 or array.size == 0
        assert not array.any()
    assert Buffers(np.float64)((2,)).dtype == np.float64
