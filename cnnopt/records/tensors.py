"""Named arrays in the safetensors format, written piece by piece instead of copied first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import numpy as np

from cnnopt.arrays import Array
from cnnopt.files import Chunk

_DTYPES = {np.dtype(np.float32): "F32", np.dtype(np.float64): "F64"}


def tensor_chunks(arrays: Mapping[str, Array]) -> Iterator[Chunk]:
    """Yield the pieces of a safetensors file: its head, then each array's own memory.

    The library's `save` would hold a second copy of all arrays, which for a large network is as
    much memory as the network itself; it also trusts arrays to be contiguous.

    Args:
        arrays: name → array of float32 or float64, any shape.

    Raises:
        TypeError: for another dtype.

    Source: the format's description, github.com/safetensors/safetensors, README, "Format".
    """
    head: dict[str, object] = {}
    offset = 0
    for name, array in arrays.items():
        code = _DTYPES.get(array.dtype.newbyteorder("="))
        if code is None:
            raise TypeError(f"{name}: checkpoints hold float32 and float64, got {array.dtype}")
        span = [offset, offset + array.nbytes]
        head[name] = {
            "dtype": code,
            "shape": list(array.shape),
            "data_offsets": span,
        }
        offset = span[1]
    text = json.dumps(head, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)  # so that the arrays start on a multiple of 8
    yield len(text).to_bytes(8, "little") + text
    for array in arrays.values():
        little = array.astype(array.dtype.newbyteorder("<"), order="C", copy=False)
        yield little.reshape(-1).view(np.uint8).data
