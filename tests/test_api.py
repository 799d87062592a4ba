"""The public functions: what they take and return, and `summary.json` as promised."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from small_problems import (
    all_files,
    compare,
    cross_validate,
    final_bits,
    problem,
    train,
    write_npz,
)

import cnnopt
from cnnopt import api, api_studies
from cnnopt.api import Run
from cnnopt.config import dump_yaml, load_config
from cnnopt.errors import CnnoptError, ExitCode
from cnnopt.trials.events import Plan, RunReady, StudyStarted, TrialDone, TrialStarted

ALWAYS = {"schema", "command", "status", "seconds", "folder"}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz")


@pytest.fixture(scope="module")
def runs(data: Path) -> dict[str, Run]:
    """One of each command."""
    config, runs_dir = problem(data), data.parent / "runs"
    return {
        "train": train(config, runs_dir=runs_dir),
        "cv": cross_validate(config, folds=3, runs_dir=runs_dir),
        "compare-optimizers": compare(config, runs_dir=runs_dir),
    }


# ------------------------------------------------------------------ the run folder


@pytest.mark.parametrize("command", ["train", "cv", "compare-optimizers"])
def test_a_summary_always_says_what_where_and_how_long(runs: dict[str, Run], command: str) -> None:
    run = runs[command]
    assert set(run.summary) >= ALWAYS
    assert list(run.summary)[:5] == ["schema", "command", "status", "seconds", "folder"]
    assert run.summary["command"] == run.meta["command"] == command
    assert run.summary["status"] == run.meta["status"] == "completed"
    assert run.summary["folder"] == str(run.folder)
    assert 0 < run.summary["seconds"] < 600
    assert json.loads((run.folder / "summary.json").read_text()) == run.summary


def test_the_summary_of_train(runs: dict[str, Run]) -> None:
    summary = runs["train"].summary
    assert set(summary) >= {"metrics", "best_epoch", "epochs", "parameters", "generalization_gap"}
    assert set(summary["metrics"]) == {"train", "validation", "test"}
    assert all(set(part) == {"loss", "accuracy"} for part in summary["metrics"].values())
    assert summary["parameters"] == 36 * 8 + 8 + 8 * 3 + 3
    assert summary["epochs"] == 4
    assert 1 <= summary["best_epoch"] <= 4


def test_the_summary_of_cv(runs: dict[str, Run]) -> None:
    summary = runs["cv"].summary
    keys = {"folds", "mean", "sd", "interval", "pooled", "baseline", "audit", "metric", "notes"}
    assert set(summary) >= keys
    assert len(summary["folds"]) == 3
    wanted = {"repeat", "fold", "n_train", "n_validation", "n_test", "metrics", "best_epoch"}
    assert all(set(fold) >= wanted for fold in summary["folds"])
    assert set(summary["folds"][0]["metrics"]) == {"train", "validation", "test"}
    assert len(summary["interval"]) == len(summary["pooled"]["interval"]) == 2
    assert set(summary["baseline"]) >= {"name", "folds", "mean"}


def test_the_summary_of_compare_optimizers(runs: dict[str, Run]) -> None:
    summary = runs["compare-optimizers"].summary
    assert set(summary) >= {"optimizers", "pairs", "verdict", "metric", "common_rate", "notes"}
    wanted = (
        "name settings learning_rate n mean sd median interval best diverged defaults common "
        "seconds sensitivity edge"
    )
    assert all(set(entry) >= set(wanted.split()) for entry in summary["optimizers"])
    wanted = "a b difference interval p p_adjusted verdict"
    assert all(set(pair) >= set(wanted.split()) for pair in summary["pairs"])
    assert isinstance(summary["verdict"], str)
    assert summary["verdict"].endswith(".")


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("train", "metrics.csv timings.csv predictions.csv checkpoints"),
        ("cv", "results.csv journal.jsonl predictions.csv trials"),
        ("compare-optimizers", "results.csv journal.jsonl trials"),
    ],
)
def test_a_run_folder_has_its_files(runs: dict[str, Run], command: str, files: str) -> None:
    found = {path.name for path in runs[command].folder.iterdir()}
    common = {"config.yaml", "config.input.yaml", "meta.json", "summary.json"}
    assert found >= common | set(files.split())
    assert not [name for name in found if name.endswith(".tmp") or name == ".reserve"]
    head = (runs[command].folder / files.split()[0]).read_text().splitlines()[0]
    assert "second" not in head, "no times in tables that two runs share"


def test_the_columns_of_metrics_csv(runs: dict[str, Run]) -> None:
    columns = (
        "epoch,step,learning_rate,batch_loss,train_loss,train_accuracy,"
        "validation_loss,validation_accuracy"
    )
    path = runs["train"].folder / "metrics.csv"
    assert path.read_text().splitlines()[0] == columns
    assert list(runs["train"].history) == columns.split(",")
    assert runs["train"].history["epoch"] == [1, 2, 3, 4]


def test_the_resolved_config_gives_the_same_run_again(runs: dict[str, Run], tmp_path: Path) -> None:
    again = train(runs["train"].folder / "config.yaml", runs_dir=tmp_path)
    assert final_bits(again.folder) == final_bits(runs["train"].folder)


def test_meta_says_what_the_bits_depend_on(runs: dict[str, Run]) -> None:
    meta = runs["train"].meta
    assert set(meta) >= {"versions", "blas", "cpu", "git", "seed", "data", "started", "finished"}
    assert meta["versions"]["numpy"]


# ------------------------------------------------------------------ what the functions take


def test_a_path_a_mapping_and_a_config_are_the_same(
    runs: dict[str, Run], data: Path, tmp_path: Path
) -> None:
    config = problem(data)
    (tmp_path / "small.yaml").write_text(dump_yaml(config))
    for source in (tmp_path / "small.yaml", str(tmp_path / "small.yaml"), load_config(config)):
        run = train(source, runs_dir=tmp_path / "runs")
        assert final_bits(run.folder) == final_bits(runs["train"].folder)
    given = (tmp_path / "small.yaml").read_text()
    first = min((tmp_path / "runs").iterdir())
    assert (first / "config.input.yaml").read_text() == given


def test_overrides_are_those_of_set_and_the_seed_is_in_place_of_the_config_s(
    data: Path, tmp_path: Path
) -> None:
    config = problem(data)
    run = train(config, ["training.epochs=2", "model.1.dense.units=5"], seed=9, runs_dir=tmp_path)
    assert run.summary["epochs"] == 2
    assert (run.config["seed"], run.meta["seed"]) == (9, 9)
    assert run.summary["parameters"] == 36 * 5 + 5 + 5 * 3 + 3
    assert config == problem(data), "what was given is not changed"


def test_without_a_config_it_is_the_one_in_this_folder_and_it_says_so(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.yaml").write_text(dump_yaml(problem(data)))
    told: list[Any] = []
    run = train(listener=told.append)
    assert run.config["name"] == "small"
    assert run.folder.parent == Path("runs")
    assert "config.yaml in this folder" in told[0].lines[0]


def test_without_any_it_is_the_built_in_digits_and_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told: list[Any] = []
    run = train(None, ["training.epochs=1", "dataset.limit=60"], listener=told.append)
    assert run.config["dataset"]["name"] == "digits"
    assert "the built-in digits config" in told[0].lines[0]
    assert [path.name for path in tmp_path.iterdir()] == ["runs"]


def test_it_says_what_will_be_trained_before_it_starts(data: Path, tmp_path: Path) -> None:
    told: list[Any] = []
    train(problem(data), runs_dir=tmp_path, listener=told.append)
    kinds = [type(event) for event in told]
    assert kinds.index(Plan) < kinds.index(RunReady)
    text = "\n".join(told[kinds.index(Plan)].lines)
    for fact in (
        "90 examples of 6x6x1",
        "3 classes",
        "train 63",
        "validation 9",
        "test 18",
        "flatten > dense > relu",
        "323 parameters",
        "time      about",
    ):
        assert fact in text, fact


def test_a_study_tells_its_trials(data: Path, tmp_path: Path) -> None:
    told: list[Any] = []
    cross_validate(problem(data), folds=2, runs_dir=tmp_path, listener=told.append)
    assert [type(event) for event in told if not isinstance(event, Plan)] == [
        RunReady,
        StudyStarted,
        TrialStarted,
        TrialDone,
        TrialStarted,
        TrialDone,
    ]
    assert [e.index for e in told if isinstance(e, TrialDone)] == [1, 2]


def test_a_listener_that_fails_ends_the_run_and_the_run_says_so(data: Path, tmp_path: Path) -> None:
    def broken(event: Any) -> None:
        if type(event).__name__ == "EpochDone":
            raise ZeroDivisionError("of the listener")

    with pytest.raises(ZeroDivisionError):
        train(problem(data), runs_dir=tmp_path, listener=broken)
    run = api.load_run("latest", runs_dir=tmp_path)
    assert run.meta["status"] == "failed"
    assert "of the listener" in run.meta["error"]


@pytest.mark.parametrize(
    ("call", "options", "message"),
    [
        (api.train, {"threads": 0}, "--threads: must be at least 1, got 0"),
        (api.train, {"threads": -2}, "--threads: must be at least 1, got -2"),
        (cnnopt.cross_validate, {"jobs": -1}, "--jobs: must be at least 1, got -1"),
        (cnnopt.cross_validate, {"jobs": 0}, "--jobs: must be at least 1, got 0"),
        (cnnopt.cross_validate, {"threads": 0}, "--threads: must be at least 1, got 0"),
        (cnnopt.compare_optimizers, {"jobs": 0}, "--jobs: must be at least 1, got 0"),
        (cnnopt.cross_validate, {"folds": 1}, "--folds: must be at least 2, got 1"),
        (cnnopt.cross_validate, {"folds": 40}, "smallest class"),
        (cnnopt.cross_validate, {"scheme": "strat"}, "stratified"),
        (cnnopt.cross_validate, {"repeats": 0}, "--repeats: must be at least 1, got 0"),
        (api.train, {"overrides": ["model.1.dense.unit=3"]}, "units"),
        (api.train, {"seed": -1}, "seed"),
        (cnnopt.compare_optimizers, {"epochs": 0}, "training.epochs"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing_behind(
    data: Path, tmp_path: Path, call: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(CnnoptError, match=message) as refused:
        call(problem(data), runs_dir=tmp_path / "runs", **options)
    assert refused.value.exit_code == ExitCode.USAGE
    assert not (tmp_path / "runs").exists()


# ------------------------------------------------------------------ what the package offers


def test_the_package_hands_on_the_public_functions() -> None:
    for name in ("train", "load_run", "resume", "predict"):
        assert getattr(cnnopt, name) is getattr(api, name)
    for name in ("compare", "compare_optimizers", "cross_validate", "run_study"):
        assert getattr(cnnopt, name) is getattr(api_studies, name)
        assert inspect.getdoc(getattr(api_studies, name))
        assert name in cnnopt.__all__
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        cnnopt.trian  # noqa: B018  (it must not exist)


def test_a_run_is_read_by_path_name_part_of_it_and_latest(runs: dict[str, Run]) -> None:
    folder = runs["compare-optimizers"].folder
    runs_dir = folder.parent
    for wish in (folder, str(folder), folder.name, folder.name[-6:], "latest"):
        found = api.load_run(wish, runs_dir=runs_dir)
        assert found.folder == folder
        assert found.summary == runs["compare-optimizers"].summary
    before = all_files(runs_dir)
    api.load_run("latest", runs_dir=runs_dir)
    assert all_files(runs_dir) == before, "reading changes nothing"


def test_pictures_are_drawn_by_default(data: Path, tmp_path: Path) -> None:
    run = api.train(problem(data), ["training.epochs=1"], runs_dir=tmp_path)
    assert (run.folder / "plots" / "learning_curves.png").stat().st_size > 1000
