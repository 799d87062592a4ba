"""A checkpoint gives back the same bits, or says that it cannot."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from safetensors.numpy import load

from cnnopt.arrays import Array
from cnnopt.errors import CheckpointError, ExitCode
from cnnopt.records import checkpoint
from cnnopt.records.tensors import tensor_chunks
from cnnopt.training.events import Snapshot

FLOATS = st.sampled_from([np.dtype(np.float32), np.dtype(np.float64)])
ARRAYS = FLOATS.flatmap(lambda dtype: arrays(dtype, array_shapes(min_dims=0, min_side=0)))


@given(st.dictionaries(st.text(max_size=5).filter("__metadata__".__ne__), ARRAYS, max_size=4))
def test_the_library_reads_what_is_written(named: dict[str, Array]) -> None:
    back = load(b"".join(bytes(chunk) for chunk in tensor_chunks(named)))
    assert set(back) == set(named)
    for name, array in named.items():
        assert back[name].dtype == array.dtype
        assert back[name].shape == array.shape
        assert back[name].tobytes() == array.tobytes()


def test_strided_and_big_endian_arrays_are_written_in_order() -> None:
    grid = np.arange(12, dtype=np.float32).reshape(3, 4)
    named = {"t": grid.T, "s": grid[:, ::2], "b": grid.astype(">f4")}
    back = load(b"".join(bytes(chunk) for chunk in tensor_chunks(named)))
    for name, array in named.items():
        np.testing.assert_array_equal(back[name], array)


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="weights: checkpoints hold"):
        list(tensor_chunks({"weights": np.zeros(2, np.int64)}))  # type: ignore[dict-item]  # meant


def snapshot(step: int, **numbers: Any) -> Snapshot:
    weights = np.random.default_rng(step).standard_normal(1000).astype(np.float32)
    weights[:4] = [np.nan, np.inf, -0.0, 1e-45]
    return Snapshot({"weights": weights, "slot.velocity": -weights}, {"step": step} | numbers)


def test_what_was_saved_comes_back_to_the_bit(tmp_path: Path) -> None:
    numbers = {
        "best": float("inf"),
        "sum": np.float64(0.1) + 0.2,
        "nan": float("nan"),
        "patience": np.int64(3),
        "list": (1, 2.5, None, True),
    }
    before = snapshot(12, **numbers)
    extra = {"classes": ["ä", "b"], "scale": np.array([0.1, 2.0])}
    path = checkpoint.save(tmp_path, before, extra, rows=4, best=True)
    assert path.name == "step-000012"
    found = checkpoint.load(path)
    assert list(found.snapshot.arrays) == list(before.arrays)
    for name, array in before.arrays.items():
        assert found.snapshot.arrays[name].tobytes() == array.tobytes()
        assert found.snapshot.arrays[name].flags.writeable
    assert repr(found.snapshot.numbers) == repr(
        {"step": 12, "best": float("inf"), "sum": 0.1 + 0.2, "nan": float("nan"), "patience": 3}
        | {"list": [1, 2.5, None, True]}
    )
    assert found.extra == {"classes": ["ä", "b"], "scale": [0.1, 2.0]}
    assert (found.step, found.rows, found.best) == (12, 4, True)
    assert [item.name for item in tmp_path.iterdir()] == ["step-000012"]


def test_the_same_state_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        checkpoint.save(tmp_path / name, snapshot(3), {"x": 1})
    for file in ("state.safetensors", "state.json", "MANIFEST.json"):
        one, other = (tmp_path / name / "step-000003" / file for name in "ab")
        assert one.read_bytes() == other.read_bytes()


def test_a_checkpoint_of_the_same_step_is_replaced(tmp_path: Path) -> None:
    for mark in (1, 2):
        path = checkpoint.save(tmp_path, snapshot(3, mark=mark), {})
    assert checkpoint.load(path).snapshot.numbers["mark"] == 2
    assert [item.name for item in tmp_path.iterdir()] == ["step-000003"]


@pytest.mark.parametrize("name", ["state.safetensors", "state.json", "MANIFEST.json"])
@pytest.mark.parametrize("fault", ["missing", "short", "altered", "empty"])
def test_damage_is_found_named_and_the_one_before_is_used(
    tmp_path: Path, name: str, fault: str
) -> None:
    for step in (1, 2):
        checkpoint.save(tmp_path, snapshot(step), {})
    path = tmp_path / "step-000002" / name
    data = bytearray(path.read_bytes())
    if fault == "missing":
        path.unlink()
    else:
        data[len(data) // 2] ^= 1
        path.write_bytes({"short": data[: len(data) // 2], "altered": data, "empty": b""}[fault])
    if name == "MANIFEST.json" and fault == "altered":
        path.write_text(path.read_text().replace('"format": 1', '"format": 2'))
    with pytest.raises(CheckpointError, match=name) as caught:
        checkpoint.load(tmp_path / "step-000002")
    assert caught.value.exit_code == ExitCode.CHECKPOINT
    found, warnings = checkpoint.latest(tmp_path)
    assert found is not None
    assert found.step == 1
    assert len(warnings) == 1
    assert name in warnings[0]


def test_when_all_are_damaged_it_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    for step in (1, 2):
        path = checkpoint.save(tmp_path, snapshot(step), {})
        (path / "state.json").unlink()
    with pytest.raises(CheckpointError, match=r"No checkpoint can be used\. Remove") as caught:
        checkpoint.latest(tmp_path)
    assert "step-000001" in str(caught.value)
    assert "step-000002" in str(caught.value)


def test_no_checkpoint_is_no_error(tmp_path: Path) -> None:
    assert checkpoint.latest(tmp_path / "checkpoints") == (None, ())


def test_one_that_counts_more_rows_than_there_are_is_not_used(tmp_path: Path) -> None:
    for step in (1, 2):
        checkpoint.save(tmp_path, snapshot(step), {}, rows=step)
    found, warnings = checkpoint.latest(tmp_path, rows=1)
    assert found is not None
    assert found.step == 1
    assert "metrics.csv must have the 2 rows" in warnings[0]


def test_the_newest_is_by_number_also_beyond_six_digits(tmp_path: Path) -> None:
    for step in (999_999, 1_000_000, 5):
        checkpoint.save(tmp_path, snapshot(step), {})
    shutil.copytree(tmp_path / "step-000005", tmp_path / ".step-2000000.tmp")
    (tmp_path / "step-notes").mkdir()
    found, _ = checkpoint.latest(tmp_path)
    assert found is not None
    assert found.step == 1_000_000


def test_another_format_tells_what_reads_it(tmp_path: Path) -> None:
    path = checkpoint.save(tmp_path, snapshot(1), {})
    manifest = json.loads((path / "MANIFEST.json").read_text()) | {"format": 9}
    (path / "MANIFEST.json").write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match=r"format 1, got 9\. Use the version"):
        checkpoint.load(path)
