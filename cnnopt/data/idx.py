"""IDX, the format of MNIST and its kin: a big-endian header, then the numbers; plain or gzip."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.faults import data_error
from cnnopt.errors import DataError

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_GZIP = b"\x1f\x8b"
_AGAIN = "The file is cut off or damaged: get it again"


class _Readable(Protocol):
    """A binary file, or the bytes unpacked from one."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes."""


def read_idx(path: Path) -> NDArray[Any]:
    """Return the array that an IDX file holds, in this machine's byte order.

    The file is 0, 0, type, number of axes; a 4-byte size per axis; the numbers in C order. Gzip
    is told by its first two bytes, not by the name.

    Raises:
        DataError: missing, empty, not IDX, unknown type, cut off, or longer than its header says.
    """
    try:
        with path.open("rb") as plain:
            packed = plain.read(2) == _GZIP
            plain.seek(0)
            if not packed:
                return _read(path, plain, path.stat().st_size)
            # Decoded as a stream: a header that lies cannot make more be unpacked than it says.
            with gzip.GzipFile(fileobj=plain) as unpacked:
                return _read(path, unpacked, None)
    except FileNotFoundError as fault:
        raise data_error(path, "no such file") from fault
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise data_error(path, f"gzip cannot be unpacked ({fault})", remedy=_AGAIN) from fault
    except OSError as fault:
        raise data_error(path, f"cannot be read ({fault.strerror or fault})") from fault


def expect(path: Path, array: NDArray[Any], *, axes: int, what: str) -> NDArray[Any]:
    """Return `array` if it is uint8 with so many axes, as all MNIST-like files are.

    Raises:
        DataError: another magic number, such as labels where images should be.
    """
    if array.ndim != axes or array.dtype != np.uint8:
        raise data_error(
            path,
            f"must hold {what}: magic number 0x0000080{axes} (bytes, {axes} axes)",
            given=f"{array.dtype} of shape {array.shape}",
            remedy="Check whether files of images and labels changed places",
        )
    return array


def _read(path: Path, file: _Readable, size: int | None) -> NDArray[Any]:
    """Read header and body; `size` is the plain file's, None for a stream."""
    kind, shape = _header(path, file)
    needed = math.prod(shape) * np.dtype(kind).itemsize
    offset = 4 + 4 * len(shape)
    if size is not None and size != offset + needed:
        raise _wrong_length(path, shape, needed, str(size - offset))
    try:
        array = np.empty(shape, dtype=kind)
    except (MemoryError, ValueError) as fault:
        rule = f"its header promises an array of shape {shape}, more than memory can hold"
        raise data_error(path, rule, remedy=_AGAIN) from fault
    read = _fill(array.reshape(-1).view(np.uint8).data, file)
    if read < needed:
        raise _wrong_length(path, shape, needed, str(read))
    if file.read(1):
        raise _wrong_length(path, shape, needed, "more")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _header(path: Path, file: _Readable) -> tuple[str, tuple[int, ...]]:
    """Return dtype and shape."""
    head = file.read(4)
    if not head:
        raise data_error(path, "the file is empty", remedy="Get it again")
    if len(head) < 4 or head[:2] != b"\x00\x00" or head[2] not in _TYPES:
        raise data_error(
            path,
            "is no IDX file: its magic number must be 00 00, a known type, the number of axes",
            given=head.hex(" "),
            remedy="Images begin with 00 00 08 03 and labels with 00 00 08 01",
        )
    sizes = file.read(4 * head[3])
    if not head[3] or len(sizes) < 4 * head[3]:
        raise data_error(path, "its header is cut off", given=(head + sizes).hex(" "))
    return _TYPES[head[2]], tuple(int(n) for n in np.frombuffer(sizes, dtype=">u4"))


def _fill(view: memoryview, file: _Readable) -> int:
    """Read into `view` until it is full or the file ends; return the bytes read."""
    done = 0
    while done < len(view):
        chunk = file.read(min(1 << 20, len(view) - done))
        if not chunk:
            break
        view[done : done + len(chunk)] = chunk
        done += len(chunk)
    return done


def _wrong_length(path: Path, shape: tuple[int, ...], needed: int, given: str) -> DataError:
    """Word the fault of a body that is not as long as the header says."""
    rule = f"its header says {' x '.join(map(str, shape))}, so {needed:,} bytes must follow"
    return data_error(path, rule, given=given, remedy=_AGAIN)
