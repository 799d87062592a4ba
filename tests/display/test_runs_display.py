from __future__ import annotations

import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from made_up import comparison_summary, cv_summary, train_summary
from rich.console import Console

from cnnopt.display import runs
from cnnopt.display.data import show_data_sets
from cnnopt.display.predictions import as_csv, predictions_table


@dataclass
class Record:
    folder: Path
    config: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    history: dict[str, list[float]] = field(default_factory=dict)
    status: str = "completed"


def console(width: int = 80) -> Console:
    return Console(file=io.StringIO(), width=width, highlight=False, markup=False)


def text_of(console: Console) -> str:
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def record(name: str, rate: float, **more: Any) -> Any:
    config = {
        "seed": 0,
        "optimizer": {"adam": {"learning_rate": rate}},
        "model": [{"conv2d": {"kernel": [3, 3]}}, "relu"],
    }
    meta = {"name": name, "command": "train", "started": "2026-11-23T14:25:30+00:00", "seed": 0}
    return Record(Path("runs") / name, config, meta, **{"summary": train_summary(), **more})


@pytest.mark.parametrize(
    ("summary", "words"),
    [
        (train_summary(), "accuracy 98.06 %"),
        (cv_summary(), "accuracy 93.00 % (mean)"),
        (comparison_summary(), "accuracy 98.00 % (adam)"),
        (train_summary(metrics={"validation": {"loss": 0.5, "mae": 0.1}}), "loss 0.5000"),
        ({}, ""),
    ],
)
def test_the_headline_is_the_test_result(summary: dict[str, Any], words: str) -> None:
    assert runs.headline(summary) == words


def test_every_run_has_its_line() -> None:
    screen = console()
    runs.show_runs(
        screen, [record("a", 0.1), record("b", 0.2, summary={}, status="diverged")], Path()
    )
    lines = text_of(screen).splitlines()
    assert lines[1].split() == ["a", "train", "accuracy", "98.06", "%"]
    assert lines[2].split() == ["b", "train", "diverged"]


def test_an_empty_folder_says_how_to_begin() -> None:
    screen = console()
    runs.show_runs(screen, [], Path("runs"))
    assert text_of(screen) == "There are no runs in runs yet. Begin with: cnnopt train\n"


def test_an_interrupted_run_says_how_to_go_on() -> None:
    screen = console()
    runs.show_run(screen, record("a", 0.1, summary={}, status="interrupted"))
    assert "cnnopt resume runs/a" in text_of(screen)


def test_only_settings_that_differ_are_listed() -> None:
    records = [record("a", 0.1), record("b", 0.2)]
    assert runs.differences(records) == {"optimizer.adam.learning_rate": [0.1, 0.2]}
    records[1].config["model"].append("tanh")
    assert runs.differences(records)["model.2"] == [None, "tanh"]


def test_the_difference_of_equal_runs_is_said() -> None:
    screen = console()
    runs.show_differences(screen, [record("a", 0.1), record("b", 0.1)], Path("curves.png"))
    assert "The settings are the same." in text_of(screen)
    assert "curves.png" in text_of(screen)


def test_results_stand_side_by_side() -> None:
    other = train_summary(metrics={"test": {"loss": 0.5, "accuracy": 0.5}})
    screen = console()
    pair = [record("a", 0.1), record("b", 0.2, summary=other)]
    runs.show_differences(screen, pair, Path("curves.png"))
    rows = [line.split() for line in text_of(screen).splitlines()]
    assert ["optimizer.adam.learning_rate", "0.1", "0.2"] in rows
    assert ["test", "accuracy", "98.06", "%", "50.00", "%"] in rows
    assert ["train", "accuracy", "99.84", "%", "–"] in rows


def test_predictions_show_the_likeliest_class_and_the_next() -> None:
    screen = console()
    values = [[0.1, 0.7, 0.2], [0.4, 0.4, 0.2]]
    screen.print(predictions_table(["cat", "dog", "owl"], ["a.png", "b.png"], values))
    rows = [line.split() for line in text_of(screen).splitlines()[1:]]
    assert rows[0] == ["a.png", "dog", "70.0", "%", "owl", "20.0", "%"]
    assert rows[1] == ["b.png", "cat", "40.0", "%", "dog", "40.0", "%"]  # a tie: the first


def test_predicted_numbers_have_no_classes() -> None:
    screen = console()
    screen.print(predictions_table([], ["a.csv[0]"], [[0.25, 1.0]]))
    assert text_of(screen).splitlines()[1].split() == ["a.csv[0]", "0.2500", "1.000"]


def test_csv_reads_back_to_the_same_floats() -> None:
    text = as_csv([{"input": "a, b.png", "p_0": 0.1 + 0.2}])
    assert text == f'input,p_0\n"a, b.png",{0.1 + 0.2!r}\n'


@dataclass
class Entry:
    name: str
    shape: tuple[int, ...]
    rows: int
    classes: int
    where: Path
    present: bool
    files: tuple[str, ...] = ()


def test_missing_data_say_which_files_go_where() -> None:
    screen = console()
    known: Any = [
        Entry("digits", (8, 8, 1), 1797, 10, Path("in the package"), True),
        Entry("mnist", (28, 28, 1), 70000, 10, Path("/data/mnist"), False, ("train.gz", "test.gz")),
    ]
    show_data_sets(screen, known, {"npz": "your arrays"}, files=True)
    lines = text_of(screen).splitlines()
    assert lines[1].split() == ["digits", "8", "x", "8", "x", "1", "1,797", "10", "yes"]
    assert "npz     your arrays" in lines
    assert lines[-3:] == ["mnist: into /data/mnist", "    train.gz", "    test.gz"]
    short = console()
    show_data_sets(short, known, {}, files=False)
    assert "train.gz" not in text_of(short)
    assert "cnnopt data list -v" in text_of(short)
