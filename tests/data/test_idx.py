"""IDX files, right and wrong, plain and gzip."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnnopt.data.idx import read_idx
from cnnopt.errors import DataError, ExitCode

KINDS = {0x08: "u1", 0x09: "i1", 0x0B: "i2", 0x0C: "i4", 0x0D: "f4", 0x0E: "f8"}
IMAGES = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
Maker = Callable[..., bytes]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_every_type_comes_back(tmp_path: Path, idx_bytes: Maker, kind: int, packed: bool) -> None:
    array = np.array([[0, 1, -2], [100, 7, -5]]).astype(KINDS[kind])
    data = idx_bytes(array, kind)
    # The name lies about gzip on purpose: the first bytes decide.
    file = tmp_path / ("plain" if packed else "packed.gz")
    file.write_bytes(gzip.compress(data) if packed else data)
    read = read_idx(file)
    np.testing.assert_array_equal(read, array)
    assert read.dtype == array.dtype
    assert read.dtype.isnative


def test_real_mnist(mnist500: Path) -> None:
    images = read_idx(mnist500 / "train-images-idx3-ubyte.gz")
    labels = read_idx(mnist500 / "train-labels-idx1-ubyte.gz")
    assert images.shape == (500, 28, 28)
    assert images.max() == 255
    assert np.bincount(labels).tolist() == [50] * 10


def test_a_stream_of_several_gzip_members(tmp_path: Path, idx_bytes: Maker) -> None:
    data = idx_bytes(IMAGES)
    file = tmp_path / "two.gz"
    file.write_bytes(gzip.compress(data[:30]) + gzip.compress(data[30:]))
    np.testing.assert_array_equal(read_idx(file), IMAGES)


def wrong_files(data: bytes) -> dict[str, tuple[bytes, str]]:
    huge = struct.pack(">HBB3I", 0, 8, 3, 2**31, 2**31, 2**31)
    return {
        "empty": (b"", "the file is empty"),
        "text": (b"hello world, no images", "is no IDX file: its magic number .* got 68 65 6c 6c"),
        "type": (b"\0\0\x0a\x01" + data[4:], "is no IDX file"),
        "first": (b"\x08" + data[1:], "is no IDX file"),
        "no_axes": (b"\0\0\x08\x00", "header is cut off"),
        "header": (data[:9], "header is cut off"),
        "truncated": (data[:-7], "3 x 4 x 5, so 60 bytes must follow, got 53"),
        "longer": (data + b"!", "60 bytes must follow, got (61|more)"),
        "huge": (huge + b"1", "header (promises|says)"),
    }


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("case", wrong_files(b""))
def test_wrong_files(tmp_path: Path, idx_bytes: Maker, case: str, packed: bool) -> None:
    content, words = wrong_files(idx_bytes(IMAGES))[case]
    file = tmp_path / "images"
    file.write_bytes(gzip.compress(content) if packed else content)
    with pytest.raises(DataError, match=words) as caught:
        read_idx(file)
    assert str(file) in str(caught.value)
    assert caught.value.exit_code == ExitCode.USAGE


def test_gzip_that_is_cut_off_or_damaged(tmp_path: Path, idx_bytes: Maker) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8)
    data = gzip.compress(idx_bytes(noise))
    flipped = bytearray(data)
    flipped[len(data) // 2] ^= 0xFF
    for content in (data[: len(data) // 2], bytes(flipped), data[:8]):
        (tmp_path / "bad.gz").write_bytes(content)
        with pytest.raises(DataError, match=r"gzip cannot be unpacked|bytes must follow"):
            read_idx(tmp_path / "bad.gz")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no such file"):
        read_idx(tmp_path / "none")
    with pytest.raises(DataError, match=r"cannot be read"):
        read_idx(tmp_path)
