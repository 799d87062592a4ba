"""The same command goes on with its unfinished study; a finished trial is never run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_problems import (
    after,
    all_files,
    compare,
    cross_validate,
    final_bits,
    problem,
    resume,
    write_npz,
)

from cnnopt.api import Run
from cnnopt.errors import Interrupted, TrialsCrashed
from cnnopt.records import load_run, open_run
from cnnopt.studies import study as studies
from cnnopt.trials import trial as trials
from cnnopt.trials.events import StudyNote, StudyStarted, TrialDone, TrialStarted


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz")


def half_a_study(config: dict[str, Any], runs_dir: Path, calls: int = 40, **options: Any) -> Path:
    """Return the folder of a study that was stopped in its second or third fold."""
    before = set(runs_dir.glob("*"))
    with pytest.raises(Interrupted):
        cross_validate(config, folds=4, runs_dir=runs_dir, stop=after(calls), **options)
    (folder,) = set(runs_dir.glob("*")) - before
    return folder


def journal(folder: Path) -> list[str]:
    """Return the ids of a study's finished trials."""
    text = (folder / "journal.jsonl").read_text()
    return [json.loads(line)["id"] for line in text.splitlines()]


def folders(runs_dir: Path) -> list[Path]:
    return sorted(runs_dir.glob("[0-9]*"))


def test_the_same_command_goes_on_and_runs_no_finished_trial_again(
    data: Path, tmp_path: Path
) -> None:
    config = problem(data)
    folder = half_a_study(config, tmp_path)
    finished = journal(folder)
    assert 0 < len(finished) < 4
    before = {key: all_files(folder / "trials" / key) for key in finished}
    told: list[Any] = []
    done = cross_validate(config, folds=4, runs_dir=tmp_path, listener=told.append)
    assert folders(tmp_path) == [folder] == [done.folder]
    assert done.summary["status"] == load_run(folder).status == "completed"
    assert {key: all_files(folder / "trials" / key) for key in finished} == before
    begun = [event for event in told if isinstance(event, TrialStarted)]
    assert len(begun) == len([e for e in told if isinstance(e, TrialDone)]) == 4 - len(finished)
    assert StudyStarted("cross-validation", 4, len(finished)) in told
    assert len(journal(folder)) == len(set(journal(folder))) == 4


def test_the_trial_under_way_goes_on_where_it_was(data: Path, tmp_path: Path) -> None:
    folder = half_a_study(problem(data), tmp_path)
    cross_validate(problem(data), folds=4, runs_dir=tmp_path)
    logs = [path.read_text() for path in folder.glob("trials/*/log.txt")]
    assert sum("resumed after step" in text for text in logs) == 1


def test_a_finished_study_starts_anew(data: Path, tmp_path: Path) -> None:
    one = cross_validate(problem(data), folds=2, runs_dir=tmp_path)
    before = all_files(one.folder)
    two = cross_validate(problem(data), folds=2, runs_dir=tmp_path)
    assert one.folder != two.folder
    assert all_files(one.folder) == before
    assert final_bits(one.folder) == final_bits(two.folder)
    assert one.meta["identity"] == two.meta["identity"]


def test_fresh_leaves_the_unfinished_one_alone(data: Path, tmp_path: Path) -> None:
    folder = half_a_study(problem(data), tmp_path)
    before = all_files(folder)
    done = cross_validate(problem(data), folds=4, fresh=True, runs_dir=tmp_path)
    assert done.folder != folder
    assert all_files(folder) == before


def test_the_newest_of_several_is_gone_on_with(data: Path, tmp_path: Path) -> None:
    older = half_a_study(problem(data), tmp_path)
    newer = half_a_study(problem(data), tmp_path, fresh=True)
    assert cross_validate(problem(data), folds=4, runs_dir=tmp_path).folder == newer
    assert cross_validate(problem(data), folds=4, runs_dir=tmp_path).folder == older


@pytest.mark.parametrize(
    "other",
    [
        {"overrides": ["optimizer.adam.learning_rate=0.02"]},
        {"folds": 3},
        {"refit": True},
        {"seed": 1},
        {"repeats": 2},
    ],
)
def test_another_study_is_not_taken_for_it(
    data: Path, tmp_path: Path, other: dict[str, Any]
) -> None:
    folder = half_a_study(problem(data), tmp_path)
    overrides = other.get("overrides", [])
    options = {"folds": 4} | {key: v for key, v in other.items() if key != "overrides"}
    done = cross_validate(problem(data), overrides, runs_dir=tmp_path, **options)
    assert done.folder != folder
    assert load_run(folder).status == "interrupted"


@pytest.mark.parametrize("how", [{"jobs": 2}, {"threads": 2}, {"name": "another-name"}])
def test_what_changes_no_result_makes_no_other_study(
    data: Path, tmp_path: Path, how: dict[str, Any]
) -> None:
    folder = half_a_study(problem(data), tmp_path)
    config = problem(data, **({"name": how.pop("name")} if "name" in how else {}))
    assert cross_validate(config, folds=4, runs_dir=tmp_path, **how).folder == folder


def test_a_study_that_somebody_is_running_is_left_to_him(data: Path, tmp_path: Path) -> None:
    folder = half_a_study(problem(data), tmp_path)
    with open_run(folder):
        done = cross_validate(problem(data), folds=4, runs_dir=tmp_path)
        assert done.folder != folder


def test_other_data_make_another_study(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "data.npz")
    folder = half_a_study(problem(path), tmp_path / "runs")
    write_npz(path, seed=1)
    trials._loaded.clear()  # as in a new process
    assert cross_validate(problem(path), folds=4, runs_dir=tmp_path / "runs").folder != folder


def test_another_blas_runs_all_trials_again(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bits of two machines are never mixed in one table."""
    folder = half_a_study(problem(data), tmp_path)
    for module in (studies, trials):
        monkeypatch.setattr(module, "numerics", lambda: ("another", "machine"))
    told: list[Any] = []
    done = resume(folder, jobs=1, listener=told.append)
    assert any(isinstance(e, StudyNote) and "other versions" in e.text for e in told)
    assert len([e for e in told if isinstance(e, TrialDone)]) == 4
    rows = (folder / "results.csv").read_text().splitlines()[1:]
    ids = {row.split(",")[0] for row in rows}
    assert ids == set(journal(folder)[-4:])
    assert done.folder == folder


def test_compare_optimizers_goes_on_too(data: Path, tmp_path: Path) -> None:
    config = problem(data, training={"epochs": 1, "batch_size": 32})
    unbroken = compare(config, runs_dir=tmp_path / "unbroken")
    with pytest.raises(Interrupted, match=r"of \d+ trials \(final seeds\) are finished"):
        compare(config, runs_dir=tmp_path / "runs", stop=in_the_final_seeds(tmp_path / "runs"))
    (folder,) = folders(tmp_path / "runs")
    done = compare(config, runs_dir=tmp_path / "runs")
    assert done.folder == folder
    assert final_bits(folder) == final_bits(unbroken.folder)


def in_the_final_seeds(runs_dir: Path) -> Any:
    """Return a `stop` that says so two trials after the tuning."""

    def stop() -> bool:
        journals = list(runs_dir.glob("*/journal.jsonl"))
        done = journals[0].read_text().count("\n") if journals else 0
        return done > 18  # 2 optimizers x (2 rates + 3 of the short list, 1 or 0 in both) x 2 seeds

    return stop


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_trial_that_crashes_is_told_and_the_others_are_kept(
    data: Path, tmp_path: Path, jobs: int
) -> None:
    """A folder of a trial that cannot be read as one: its trial cannot run, the others can."""
    unbroken = cross_validate(problem(data), folds=3, runs_dir=tmp_path / "unbroken")
    victim = journal(unbroken.folder)[1]
    runs_dir = tmp_path / "runs"
    with pytest.raises(Interrupted):
        cross_validate(problem(data), folds=3, runs_dir=runs_dir, stop=after(1))
    (folder,) = folders(runs_dir)
    (folder / "trials" / victim).mkdir(parents=True)
    (folder / "trials" / victim / "meta.json").write_text("not JSON")
    with pytest.raises(TrialsCrashed, match=r"1 of 3 trials crashed: fold 2: .*meta\.json") as told:
        cross_validate(problem(data), folds=3, runs_dir=runs_dir, jobs=jobs)
    assert told.value.exit_code == 7
    assert f"cnnopt resume {folder}" in str(told.value)
    assert load_run(folder).status == "failed"
    assert len(journal(folder)) == 2
    (folder / "trials" / victim / "meta.json").unlink()
    done: Run = resume(folder, jobs=jobs)
    assert final_bits(done.folder) == final_bits(unbroken.folder)


def test_a_study_goes_on_although_its_data_were_moved(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    file = write_npz(tmp_path / "data.npz")
    folder = half_a_study(problem(file), tmp_path / "runs")
    finished = journal(folder)
    moved = file.rename(tmp_path / "new" / "data.npz")
    done = cross_validate(problem(moved), folds=4, runs_dir=tmp_path / "runs")
    assert done.folder == folder
    assert journal(folder)[: len(finished)] == finished
    assert len(journal(folder)) == 4


def test_a_run_goes_on_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_npz(tmp_path / "data.npz")
    monkeypatch.chdir(tmp_path)
    folder = half_a_study(problem(Path("data.npz")), tmp_path / "runs")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert resume(folder).summary["status"] == "completed"
