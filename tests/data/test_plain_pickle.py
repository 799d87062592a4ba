"""Pickles: plain arrays are read whatever wrote them; whatever else one asks for is refused."""

import os
import pickle
import pickletools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnopt.data.plain_pickle import array_of, read_pickle
from cnnopt.errors import DataError

ARRAYS = {
    "bytes": np.arange(24, dtype=np.uint8).reshape(2, 3, 4),
    "big_endian": np.arange(5, dtype=">f8"),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "single": np.float32([[1.5]]),
    "flags": np.array([True, False]),
}


def save(folder: Path, content: Any, protocol: int = 2) -> Path:
    file = folder / "a.pkl"
    file.write_bytes(pickle.dumps(content, protocol))
    return file


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4])
def test_plain_arrays_come_back(tmp_path: Path, protocol: int) -> None:
    file = save(tmp_path, {**ARRAYS, "labels": [3, 1, 2]}, protocol)
    content = read_pickle(file)
    for name, array in ARRAYS.items():
        found = array_of(file, content, name)
        np.testing.assert_array_equal(found, array)
        assert found.dtype == array.dtype.newbyteorder("=")
        assert found.dtype.isnative
    assert array_of(file, content, "labels").tolist() == [3, 1, 2]


def test_python_2_wrote_text_for_bytes(tmp_path: Path) -> None:
    """As in CIFAR's files: protocol 2, the module's old name, array bytes as latin-1 text."""
    old = (
        b"\x80\x02}U\x04datacnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b"
        b"\x87R(K\x01K\x02K\x01\x86cnumpy\ndtype\nU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff"
        b"\xff\xffJ\xff\xff\xff\xffK\x00tb\x89U\x02\x80\xfftbs."
    )
    file = tmp_path / "old"
    file.write_bytes(old)
    assert array_of(file, read_pickle(file), "data").tolist() == [[0x80], [0xFF]]


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_code_is_refused_and_does_not_run(tmp_path: Path, protocol: int) -> None:
    file = save(tmp_path, {"x": np.zeros(3), "y": Bomb(tmp_path / "made")}, protocol)
    with pytest.raises(DataError, match=r"asks for (posix|nt)\.mkdir; a pickle can run code"):
        read_pickle(file)
    assert not (tmp_path / "made").exists()
    pickle.loads(file.read_bytes())
    assert (tmp_path / "made").exists()  # so the file was dangerous


@pytest.mark.parametrize(
    "value",
    [
        np.array([{}, "a"], dtype=object),
        np.array(["a", "b"]),
        np.zeros(2, dtype=[("a", "f8")]),
        np.array(["2000-01-01"], dtype="datetime64[D]"),
        np.zeros(2, np.complex128),
        np.float64(3),
        slice(3),
        len,
        np.random.default_rng,
        Path("a"),
    ],
    ids=str,
)
def test_all_but_plain_arrays_is_refused(tmp_path: Path, value: Any) -> None:
    with pytest.raises(DataError, match=r"asks for .*nothing but plain arrays is read.*npz"):
        read_pickle(save(tmp_path, {"x": value}))


ASKED = {
    "an array called": b"cnumpy\nndarray\n(K\x01tR.",
    "a dtype of objects": b"cnumpy\ndtype\n(U\x02O8tR.",
    "a name below an allowed one": b"\x80\x04\x8c\x05numpy\x8c\x10ndarray.__init__\x93.",
    "a builtin": b"cbuiltins\neval\n(U\x011tR.",
    "text by another codec": b"c_codecs\nencode\n(X\x01\x00\x00\x00aX\x03\x00\x00\x00hextR.",
    "an extension": b"\x80\x02\x82\x01.",
    "something persistent": b"Pa\n.",
    "the state of a dtype": b"cnumpy\ndtype\n(U\x02u1tRU\x01ab.",
    "the state of an array": b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\ntRU\x01ab.",
    "an attribute": b"cnumpy\ndtype\n(U\x02u1tR}U\x05orderU\x01xsb.",
    "more bytes than are there": (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\ntR(K\x01(J\xff\xff\xff\x7ft"
        b"cnumpy\ndtype\n(U\x02u1tR\x89U\x01atb."
    ),
    "nothing": b"",
    "no pickle": b"PK\x03\x04 zip",
    "cut off": pickle.dumps(ARRAYS)[:60],
    "no dict": pickle.dumps([1, 2]),
    "a list of itself": b"]q\x00h\x00a.",
}


@pytest.mark.parametrize("name", ASKED)
def test_damaged_and_malicious_files_end_in_words(tmp_path: Path, name: str) -> None:
    file = tmp_path / "bad.pkl"
    file.write_bytes(ASKED[name])
    with pytest.raises(DataError, match=r"bad\.pkl"):
        read_pickle(file)


def test_what_is_not_an_array(tmp_path: Path) -> None:
    file = save(tmp_path, {"a": "text", "b": [1, 2.5], "c": [2**80], "d": [True]})
    content = read_pickle(file)
    for key in content:
        with pytest.raises(DataError, match=rf"{key}: must"):
            array_of(file, content, key)
    with pytest.raises(DataError, match=r"e: must hold the array"):
        array_of(file, content, "e")
    with pytest.raises(DataError, match=r"no such file"):
        read_pickle(tmp_path / "none.pkl")


def test_allowed_are_the_names_of_the_official_file_and_no_more() -> None:
    from cnnopt.data.plain_pickle import _ALLOWED

    assert set(_ALLOWED) == {
        "numpy.core.multiarray._reconstruct",
        "numpy._core.multiarray._reconstruct",
        "numpy.ndarray",
        "numpy.dtype",
        "_codecs.encode",
    }
    operations = pickletools.genops(pickle.dumps(ARRAYS, 2))
    asked = {str(arg).replace(" ", ".") for code, arg, _ in operations if code.name == "GLOBAL"}
    assert asked <= set(_ALLOWED)
