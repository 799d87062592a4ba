"""Files for the tests of data: small IDX sets written by hand, byte by byte."""

import gzip
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).parent


def to_idx(array: np.ndarray, kind: int = 0x08) -> bytes:
    """Return an IDX file's bytes, written by another way than the product reads them."""
    head = struct.pack(">HBB", 0, kind, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.fixture
def idx_bytes() -> Callable[..., bytes]:
    """Return the writer of IDX bytes: array, and the type's code (0x08 = unsigned bytes)."""
    return to_idx


@pytest.fixture
def idx_folder(tmp_path: Path) -> Callable[..., Path]:
    """Return a maker of folders with a small set in IDX form."""

    def make(
        train: int = 20,
        test: int = 10,
        *,
        stems: tuple[str, str] = ("train", "t10k"),
        first: int = 0,
        packed: bool = True,
    ) -> Path:
        folder = tmp_path / "set"
        folder.mkdir()
        for number, (stem, rows) in enumerate(zip(stems, (train, test), strict=True)):
            images = np.random.default_rng(number).integers(0, 256, (rows, 28, 28), np.uint8)
            labels = (np.arange(rows) % 10 + first).astype(np.uint8)
            for kind, array in (("images-idx3", images), ("labels-idx1", labels)):
                data = to_idx(array)
                name = f"{stem}-{kind}-ubyte" + (".gz" if packed else "")
                (folder / name).write_bytes(gzip.compress(data) if packed else data)
        return folder

    return make


@pytest.fixture
def mnist500(tmp_path: Path) -> Path:
    """Return a folder where the 500 real images of MNIST are both training and test part."""
    for stem in ("train", "t10k"):
        for kind in ("images-idx3", "labels-idx1"):
            name = f"{kind}-ubyte.gz"
            (tmp_path / f"{stem}-{name}").write_bytes((HERE / f"mnist500-{name}").read_bytes())
    return tmp_path
