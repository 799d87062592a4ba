"""Pickles of plain arrays, read without running anything: five names are known, all else refused.

The official files of MNIST-1D and of CIFAR's python version are pickles. Loading one can run any
code, so the names that it may ask for are stood in for by our own harmless ones: an array's and a
dtype's record, which only keep what they are given. NumPy's own are never called with it.
"""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.faults import data_error

_KINDS = "biuf"
_ORDERS = "<>=|"


class _RefusedError(Exception):
    """The pickle asks for something that no plain array needs."""


class _Dtype:
    """Stands for numpy.dtype: a code such as f8, and a byte order."""

    def __init__(self, code: Any, *_: Any) -> None:
        plain = isinstance(code, str) and len(code) == 2 and code[0] in _KINDS
        if not plain or code[1] not in "1248":
            raise _RefusedError(f"an array of {code!r}, which is no plain number")
        self.code, self.order = code, "="

    def __setstate__(self, state: Any) -> None:
        if not isinstance(state, tuple) or len(state) < 2 or state[1] not in tuple(_ORDERS):
            raise _RefusedError("a dtype without a byte order")
        self.order = state[1]


class _Array:
    """Stands for numpy.ndarray: keeps shape, type and bytes."""

    shape: tuple[int, ...] = ()
    dtype: _Dtype | None = None
    fortran: bool = False
    content: bytes = b""

    def __setstate__(self, state: Any) -> None:
        _, shape, dtype, fortran, content = state
        if isinstance(content, str):  # Python 2 had no bytes
            content = content.encode("latin1")
        whole = isinstance(shape, tuple) and all(type(n) is int and n >= 0 for n in shape)
        if not whole or not isinstance(dtype, _Dtype) or not isinstance(content, bytes):
            raise _RefusedError("an array that is not made of plain numbers")
        if math.prod(shape) * int(dtype.code[1]) != len(content):
            raise _RefusedError(f"an array of shape {shape} over {len(content)} bytes")
        self.shape, self.dtype, self.fortran, self.content = shape, dtype, bool(fortran), content

    def numpy(self) -> NDArray[Any]:
        """Return the array, C-contiguous and in this machine's byte order."""
        if self.dtype is None:
            raise _RefusedError("an array without content")
        order = "=" if self.dtype.order == "|" else self.dtype.order
        flat = np.frombuffer(self.content, dtype=np.dtype(f"{order}{self.dtype.code}"))
        array = flat.reshape(self.shape, order="F" if self.fortran else "C")
        return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))


_NDARRAY = object()
"""Stands for the class numpy.ndarray, which is passed on and never called."""


def _reconstruct(kind: Any, *_: Any) -> _Array:
    if kind is not _NDARRAY:
        raise _RefusedError("an array of a class of its own")
    return _Array()


def _encode(text: Any, encoding: Any = "latin1") -> bytes:
    if not isinstance(text, str) or encoding != "latin1":
        raise _RefusedError(f"text in {encoding!r}")
    return text.encode("latin1")


_ALLOWED = {
    "numpy.core.multiarray._reconstruct": _reconstruct,
    "numpy._core.multiarray._reconstruct": _reconstruct,
    "numpy.ndarray": _NDARRAY,
    "numpy.dtype": _Dtype,
    "_codecs.encode": _encode,
}


class _Unpickler(pickle.Unpickler):
    """Knows the names in `_ALLOWED` and no other."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ALLOWED[f"{module}.{name}"]
        except KeyError:
            raise _RefusedError(f"{module}.{name}") from None


def read_pickle(path: Path) -> dict[str, Any]:
    """Return the dict that a pickle of plain arrays holds; arrays by `array_of`.

    Python 2's texts are read as latin-1, which leaves their bytes as they are.

    Raises:
        DataError: missing, no pickle, damaged, no dict, or it asks for anything but arrays of
            numbers.
    """
    try:
        with path.open("rb") as file:
            content = _Unpickler(file, encoding="latin1").load()
    except FileNotFoundError as fault:
        raise data_error(path, "no such file") from fault
    except OSError as fault:
        raise data_error(path, f"cannot be read ({fault.strerror or fault})") from fault
    except _RefusedError as fault:
        _refuse(path, fault)
    # A damaged pickle may end in any of these; none of them comes from code that it brought.
    except (
        *(pickle.UnpicklingError, EOFError, ValueError, TypeError, AttributeError, KeyError),
        *(IndexError, OverflowError, MemoryError, RecursionError, ImportError),
    ) as fault:
        raise data_error(
            path, "is no pickle, or a damaged one", given=str(fault), remedy="Get it again"
        ) from fault
    if not isinstance(content, dict):
        raise data_error(path, "must hold a dict of arrays", given=type(content).__name__)
    return content


def array_of(path: Path, content: dict[str, Any], key: str) -> NDArray[Any]:
    """Return the array, or the list of whole numbers, that a pickle's dict has under `key`.

    Raises:
        DataError: nothing is there, or something else.
    """
    if key not in content:
        raise data_error(path, "must hold the array", place=key, remedy="Get the official file")
    value = content[key]
    if isinstance(value, list) and all(type(item) is int for item in value):
        try:
            return np.array(value, dtype=np.int64)
        except OverflowError as fault:
            raise data_error(path, "must hold whole numbers of 64 bits", place=key) from fault
    if not isinstance(value, _Array):
        raise data_error(path, "must be an array", given=type(value).__name__, place=key)
    try:
        return value.numpy()
    except _RefusedError as fault:
        _refuse(path, fault)


def _refuse(path: Path, fault: _RefusedError) -> NoReturn:
    raise data_error(
        path,
        f"asks for {fault}; a pickle can run code when loaded, so nothing but plain arrays is read",
        remedy="Get the official file, or save the arrays with np.savez and use dataset.name: npz",
    ) from fault
