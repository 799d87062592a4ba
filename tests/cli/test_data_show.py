"""`cnnopt data show`: a picture of examples, with what augmentation makes of them."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import problem, write_npz

import cnnopt
from cnnopt import api_data
from cnnopt.analysis.examples import examples_of, label_text
from cnnopt.cli import main
from cnnopt.config import dump_yaml, load_config
from cnnopt.errors import ExitCode

AUGMENT: list[Any] = [{"augment": [{"rotate": 20}, {"shift": 1}, {"brightness": 0.2}]}]
MODEL = ["flatten", {"dense": "classes"}]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    config = problem(write_npz(tmp_path / "data.npz"), regularizers=AUGMENT)
    (tmp_path / "config.yaml").write_text(dump_yaml(config))
    return tmp_path


def is_png(file: Path) -> bool:
    return file.read_bytes().startswith(b"\x89PNG")


def test_examples_with_their_labels(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["data", "show", "--json"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert {*told} == {
        "schema", "dataset", "file", "rows", "labels", "versions", "transforms", "notes"
    }  # fmt: skip
    assert told["file"] == "small-examples.png"
    assert is_png(here / told["file"])
    assert len(told["rows"]) == len(told["labels"]) == 24
    assert told["labels"][:6] == ["0", "1", "2"] * 2
    assert (told["versions"], told["transforms"]) == (0, [])
    y = np.load(here / "data.npz")["y"]
    assert [str(label) for label in y[told["rows"]]] == told["labels"]


def test_augmented(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["data", "show", "config.yaml", "--augmented", "--rows", "3", "--output", "a.png"]
    assert main.run(words) == ExitCode.DONE
    out, err = capsys.readouterr()
    assert (out, err) == ("Picture a.png\n", "")
    assert is_png(here / "a.png")
    first = (here / "a.png").read_bytes()
    assert main.run([*words, "-q"]) == ExitCode.DONE
    assert capsys.readouterr() == ("", "")
    assert (here / "a.png").read_bytes() == first
    assert main.run([*words, "-q", "--seed", "1"]) == ExitCode.DONE
    assert (here / "a.png").read_bytes() != first


def test_versions_are_those_of_the_first_steps(here: Path) -> None:
    config = load_config(here / "config.yaml")
    found = examples_of(config, 4, versions=3)
    plain = examples_of(config, 4)
    assert found.transforms == ("rotate", "shift", "brightness")
    np.testing.assert_array_equal(found.versions[0], plain.versions[0])
    assert found.versions.shape == (4, 4, 6, 6, 1)
    assert len({version.tobytes() for version in found.versions}) == 4
    assert found.labels == (plain.labels[0],) * 4
    from cnnopt.data.parts import prepare
    from cnnopt.trials.splitting import split_of
    from cnnopt.trials.trial import load_data

    data = load_data(config)
    rows = split_of(config, None, data).parts()
    assert {*map(int, found.rows)} <= {*map(int, rows["train"])}
    parts, _ = prepare(data, rows, config.dataset.scale)
    where = [int(np.flatnonzero(parts["train"].rows == row)[0]) for row in found.rows]
    np.testing.assert_array_equal(parts["train"].x[where], found.versions[0])


@pytest.mark.parametrize(
    ("dataset", "entries"),
    [
        ("digits3d", [{"rotate": 20}]),
        ("mnist1d", [{"time_warp": 0.4}]),
        ("sunspots", [{"jitter": 0.2}]),
    ],
)
def test_volumes_and_series(here: Path, dataset: str, entries: list[Any]) -> None:
    loss = "squared_error" if dataset == "sunspots" else "cross_entropy"
    config = {
        "dataset": dataset,
        "model": MODEL,
        "loss": loss,
        "optimizer": "adam",
        "regularizers": [{"augment": entries}],
    }
    shown = api_data.show_data(config, augmented=True, rows=2)
    assert shown.file == Path("untitled-augmented.png")
    assert is_png(shown.file)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--augmented", "--set", "regularizers=[]"], "--augmented: needs a regularizer"),
        (["--rows", "0"], "at least 1"),
        (["--set", "regularizers.augment.shift=9"], "regularizers.0.augment.1.shift.pixels: must"),
        (["nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_faults_end_in_2(
    words: list[str], message: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.run(["data", "show", *words]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert "Picture" not in out
    assert message in " ".join(err.split())
    assert not [*here.glob("*.png")]


def test_a_note_says_that_labels_may_change(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    allowed = "{transforms: [{flip: horizontal}], labels_may_change: true}"
    words = ["data", "show", "--augmented", "--rows", "2", "--json"]
    change = ["--set", "dataset={name: digits}", "--set", f"regularizers.augment={allowed}"]
    assert main.run([*words, *change]) == ExitCode.DONE
    notes = json.loads(capsys.readouterr().out)["notes"]
    assert any("flip horizontal may change labels of digits" in note for note in notes)


def test_labels_in_words() -> None:
    classes = ("cat", "dog", "owl")
    assert label_text(np.array([0, 1.0, 0]), classes) == "dog"
    assert label_text(np.array([0.3, 0.7, 0]), classes) == "dog 0.70, cat 0.30"
    assert label_text(np.array([0.05, 0.9, 0.05]), classes) == "dog 0.90, cat 0.05, owl 0.05"
    assert label_text(np.array([0.25]), ("no", "yes")) == "no 0.75, yes 0.25"
    assert label_text(np.array([1.0]), ("no", "yes")) == "yes"
    assert label_text(np.array([1.25, -3]), ()) == "1.25, -3"


def test_the_function_is_public() -> None:
    assert cnnopt.show_data is api_data.show_data
    assert [*inspect.signature(api_data.show_data).parameters] == [
        "config", "overrides", "augmented", "rows", "seed", "output", "listener"
    ]  # fmt: skip
