"""The figures of startup and studies; no command is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import augmentation, startup, studies
from benchmarks.spread import quartiles


def test_quartiles_by_hand() -> None:
    assert quartiles([5.0, 1.0, 3.0, 2.0, 4.0]) == (2.0, 4.0)


def test_startup_figures_pair_runs_that_were_neighbours() -> None:
    found = startup.figures({"cnnopt": [0.2, 0.4, 0.3], "bare": [0.1, 0.4, 0.2]}, [0.5, 0.7, 0.6])
    assert found["help"]["ratio"] == pytest.approx(0.3 / 0.2)
    assert found["help"]["ratio_quartiles"] == pytest.approx((1.25, 1.75))
    assert found["first_step"]["seconds"] == 0.6
    json.dumps(found)


def test_studies_figures() -> None:
    found = studies.figures({1: [10.0, 12.0], 2: [5.0, 8.0]}, 10)
    assert (found["one_s"], found["many_s"], found["jobs"]) == (11.0, 6.5, 2)
    assert found["ratio"] == pytest.approx(11 / 6.5)
    json.dumps(found)


def test_augmentation_figures_pair_turns() -> None:
    found = augmentation.figures([10.0, 20.0, 40.0], [1.0, 4.0, 4.0])
    assert (found["step_ms"], found["augment_ms"], found["share"]) == (20e3, 4e3, 0.2)
    assert found["share_quartiles"] == pytest.approx((0.1, 0.15))
    assert found["rounds"] == 3
    json.dumps(found)


def test_augmentation_times_both() -> None:
    steps, changes = augmentation.measured(2)
    assert len(steps) == len(changes) == 2
    assert min(*steps, *changes) > 0


def write_study(folder: Path, accuracy: float, seconds: float) -> Path:
    trial = folder / "trials" / "abc"
    trial.mkdir(parents=True)
    for place in (folder, trial):
        summary = {"seconds": seconds, "folder": str(place), "accuracy": accuracy}
        (place / "summary.json").write_text(json.dumps(summary))
        (place / "predictions.csv").write_text("row,predicted\n0,1\n")
    (folder / "results.csv").write_text("trial\nabc\n")
    (trial / "metrics.csv").write_text(f"epoch,accuracy\n1,{accuracy}\n")
    return folder


def test_results_leave_out_times_and_places_and_nothing_else(tmp_path: Path) -> None:
    first = studies.results_of(write_study(tmp_path / "a", 0.9, 1.0))
    again = studies.results_of(write_study(tmp_path / "b", 0.9, 2.0))
    other = studies.results_of(write_study(tmp_path / "c", 0.8, 1.0))
    assert len(first) == 6
    assert studies.differing(first, again) == []
    assert studies.differing(first, other) == [
        "summary.json",
        "trials/abc/metrics.csv",
        "trials/abc/summary.json",
    ]
    assert studies.differing(first, {}) == sorted(first)


@pytest.mark.parametrize("module", [augmentation, startup, studies])
@pytest.mark.parametrize("words", [["--rounds", "1"], ["--json", "no/such/folder/a.json"]])
def test_wrong_words_are_refused(
    module: object, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        module.main(words)  # type: ignore[attr-defined]
    assert stopped.value.code == 2
    assert words[0] in capsys.readouterr().err
