"""A finished trial is never forgotten, and an unfinished one never counted."""

import errno
import math
import os
from pathlib import Path
from typing import Any

import pytest

from cnnopt.errors import DataError, WriteError
from cnnopt.trials.journal import Journal

RESULTS: dict[str, dict[str, Any]] = {
    "a1": {"status": "completed", "loss": 0.1 + 0.2, "name": "größe\n2"},
    "b2": {"status": "diverged", "loss": float("inf"), "accuracy": None},
    "c3": {"status": "completed", "loss": 5e-324, "folds": [1, 2]},
}


def written(path: Path) -> Journal:
    journal = Journal(path)
    for identity, result in RESULTS.items():
        journal.add(identity, result)
    return journal


def test_results_come_back_exactly_and_in_order(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    assert Journal(path).finished() == {}
    assert not path.exists()
    assert written(path).finished() == RESULTS
    again = Journal(path).finished()
    assert again == RESULTS
    assert list(again) == list(RESULTS)


def test_nan_comes_back(tmp_path: Path) -> None:
    Journal(tmp_path / "j").add("a", {"loss": float("nan")})
    assert math.isnan(Journal(tmp_path / "j").finished()["a"]["loss"])


def test_cut_at_any_byte_it_knows_all_whole_lines_and_goes_on(tmp_path: Path) -> None:
    whole = tmp_path / "whole.jsonl"
    written(whole)
    data = whole.read_bytes()
    for size in range(len(data) + 1):
        path = tmp_path / f"{size}.jsonl"
        path.write_bytes(data[:size])
        journal = Journal(path)
        known = data[:size].count(b"\n")
        assert list(journal.finished()) == list(RESULTS)[:known]
        for identity in list(RESULTS)[known:]:
            journal.add(identity, RESULTS[identity])
        assert path.read_bytes() == data


def test_damage_in_the_middle_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    written(path)
    lines = path.read_text().splitlines()
    for damaged in ("\x00\x00", '{"id": "b2"}', '["b2"]', '{"id": 2, "result": {}}'):
        path.write_text("\n".join([lines[0], damaged, lines[2]]) + "\n")
        with pytest.raises(DataError, match=r"journal\.jsonl:2: must be one finished trial"):
            Journal(path)


def test_a_trial_is_added_once(tmp_path: Path) -> None:
    journal = written(tmp_path / "j")
    with pytest.raises(ValueError, match="already"):
        journal.add("a1", {})


def test_an_entry_is_on_the_disk_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = written(tmp_path / "j")
    before = (tmp_path / "j").read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(WriteError):
        journal.add("d4", {"loss": 1.0})
    assert "d4" not in journal.finished()
    assert (tmp_path / "j").read_bytes() == before
