"""A search: judged on validation alone, the same from any start, and its best config trains."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import (
    OFFICIAL,
    final_bits,
    problem,
    resume,
    rows_of,
    run_study,
    search,
    train,
    write_npz,
)

from cnnopt.api import Run
from cnnopt.config import dump_yaml, load_config, written_config
from cnnopt.errors import CnnoptError, ConfigError, Interrupted, UsageError
from cnnopt.records.tables import read_table
from cnnopt.studies.search import BEST
from cnnopt.studies.search_trials import standard_error
from cnnopt.trials.events import StudyStarted, TrialDone
from cnnopt.trials.journal import Journal

RATE = "optimizer.adam.learning_rate"
SPACE = {
    RATE: "log(1e-4, 1e-1)",
    "variables.width": "int(2, 8)",
    "regularizers.l2": "0, 1e-3",
}
SHORT = {"epochs": 2, "batch_size": 16}
WIDE = {
    "variables": {"width": 4, "depth": 1},
    "model": [
        "flatten",
        {"repeat": {"times": "$depth", "layers": [{"dense": "$width*2"}, "relu"]}},
        {"dense": "classes"},
    ],
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz", rows=120, test_rows=60)


def settings(data: Path, **changes: Any) -> dict[str, Any]:
    given = {"dataset": OFFICIAL | {"validation": 0.3}, "training": SHORT, "seed": 5} | WIDE
    return problem(data, **given | changes)


@pytest.fixture(scope="module")
def study(data: Path) -> Run:
    return search(settings(data), space=SPACE, trials=12, runs_dir=data.parent / "runs")


def values(run: Run) -> list[float]:
    return [row["selection"] for row in rows_of(run.folder, "results.csv")]


def test_the_best_has_the_lowest_validation_loss(study: Run) -> None:
    rows = rows_of(study.folder, "results.csv")
    assert [row["number"] for row in rows] == list(range(1, 13))
    assert all(row["selection"] == row["validation_loss"] for row in rows)
    best = min(rows, key=lambda row: row["selection"])
    summary = study.summary
    assert summary["best"]["trial"] == best["number"] == summary["top"][0]["trial"]
    assert summary["best"]["value"] == best["selection"]
    assert {path: best[path] for path in SPACE} == summary["best"]["settings"]
    assert [each["value"] for each in summary["top"]] == sorted(values(study))[:10]
    assert (summary["trials"], summary["trainings"], summary["epochs"]) == (12, 12, 24)


def test_those_within_one_standard_error_are_counted(study: Run) -> None:
    summary, rows = study.summary, rows_of(study.folder, "results.csv")
    best = summary["best"]
    near = [
        row["number"]
        for row in rows
        if row["number"] != best["trial"]
        and row["selection"] - best["value"] <= max(best["error"], row["selection_error"])
    ]
    assert sorted(summary["near"]) == near
    shown = len(near) or "None"
    assert f"{shown} of the 11 others cannot be told from it" in summary["verdict"]


def test_the_error_of_a_loss_is_that_of_its_mean_over_the_examples(study: Run) -> None:
    row = rows_of(study.folder, "results.csv")[0]
    rows = read_table(study.folder / "trials" / row["trial"] / "predictions.csv")
    assert {each["part"] for each in rows} == {"validation"}
    losses = [-math.log(float(each[f"p_{each['target']}"])) for each in rows]
    assert row["selection"] == pytest.approx(np.mean(losses), rel=1e-4)
    expected = np.std(losses, ddof=1) / math.sqrt(len(losses))
    assert row["selection_error"] == pytest.approx(expected, rel=1e-4)


def test_no_test_example_is_looked_at(study: Run, data: Path, tmp_path: Path) -> None:
    assert not any("test" in key and key != "n_test" for key in
                   rows_of(study.folder, "results.csv")[0])  # fmt: skip
    x = np.load(data)
    spoilt = {key: x[key] for key in x.files}
    spoilt["x_test"] = spoilt["x_test"] * 100
    np.savez(tmp_path / "data.npz", **spoilt)
    other = search(settings(tmp_path / "data.npz"), space=SPACE, trials=3, runs_dir=tmp_path)
    assert values(other) == values(study)[:3]
    assert "the test part was not looked at" in study.summary["verdict"]


def test_no_training_has_a_seed_that_is_reported(study: Run) -> None:
    assert {row["seed"] for row in rows_of(study.folder, "results.csv")} == {1_000_005}


def test_the_best_config_is_ready_to_train(study: Run, tmp_path: Path) -> None:
    file = study.folder / BEST
    best = study.summary["best"]
    assert file.read_text().startswith(f"# The best of a search over 12 trials: number "
                                       f"{best['trial']}, validation loss")  # fmt: skip
    config = load_config(file)
    assert config.optimizer.learning_rate == best["settings"][RATE]
    assert config.model[1].units == 2 * best["settings"]["variables.width"]  # type: ignore[union-attr]
    assert written_config(file)["variables"]["width"] == best["settings"]["variables.width"]
    again = train(file, ["seed=1000005"], runs_dir=tmp_path)
    assert again.summary["metrics"]["validation"]["loss"] == best["value"]
    assert config.seed == 5


def test_the_same_trials_whatever_the_budget_and_the_workers(
    study: Run, data: Path, tmp_path: Path
) -> None:
    options: list[dict[str, Any]] = [{"trials": 12, "jobs": 2}, {"trials": 5}, {"epochs": 11}]
    for count, given in zip((12, 5, 5), options, strict=True):
        other = search(settings(data), space=SPACE, runs_dir=tmp_path, **given)
        assert values(other) == values(study)[:count]
        if count == 12:
            assert final_bits(other.folder) == final_bits(study.folder)


def test_an_unfinished_search_is_gone_on_with(study: Run, data: Path, tmp_path: Path) -> None:
    done: list[TrialDone] = []

    def heard(event: Any) -> None:
        if isinstance(event, TrialDone):
            done.append(event)

    for stop_after in (3, 7):
        with pytest.raises(Interrupted, match=r"of 12 trials \(random\) are finished"):
            search(settings(data), space=SPACE, trials=12, runs_dir=tmp_path, listener=heard,
                   stop=lambda at=stop_after: len(done) >= at)  # fmt: skip
    (folder,) = tmp_path.glob("[0-9]*")
    whole = resume(folder, jobs=1, listener=heard)
    assert whole.folder == folder
    assert len(done) == 12  # none was run again
    assert final_bits(folder) == final_bits(study.folder)
    assert (folder / BEST).read_text() == (study.folder / BEST).read_text()
    with pytest.raises(UsageError, match=r"completed\. Start anew with `cnnopt search`"):
        resume(folder)


@pytest.mark.parametrize(
    "other",
    [{"trials": 11}, {"seeds": 2}, {"space": SPACE | {RATE: "log(1e-4, 1)"}}, {"seed": 1},
     {"overrides": ["variables.depth=2"]}, {"method": "halving", "trials": 3}],
)  # fmt: skip
def test_another_search_is_not_taken_for_it(
    data: Path, tmp_path: Path, other: dict[str, Any]
) -> None:
    config = settings(data, training={"epochs": 3, "batch_size": 16})
    usual = {"space": SPACE, "trials": 12, "runs_dir": tmp_path}
    with pytest.raises(Interrupted):
        search(config, **usual, stop=lambda: True)
    with pytest.raises(Interrupted):
        search(config, other.pop("overrides", []), **usual | other, stop=lambda: True)
    assert len(list(tmp_path.glob("[0-9]*"))) == 2


def test_configs_that_differ_only_in_how_they_use_a_variable_make_two(
    data: Path, tmp_path: Path
) -> None:
    """Both are the same config as long as the width is 8, and no longer."""
    for units in ("$width", "$width*1"):
        config = settings(data, model=["flatten", {"dense": units}, {"dense": "classes"}],
                          variables={"width": 8})  # fmt: skip
        with pytest.raises(Interrupted):
            search(config, space={"variables.width": "2, 8"}, runs_dir=tmp_path, stop=lambda: True)
    assert len(list(tmp_path.glob("[0-9]*"))) == 2


def test_several_seeds_are_averaged_and_their_spread_is_in_the_error(
    data: Path, tmp_path: Path
) -> None:
    run = search(settings(data), space=SPACE, trials=3, seeds=2, runs_dir=tmp_path)
    rows = rows_of(run.folder, "results.csv")
    assert [row["seed"] for row in rows] == [1_000_005, 1_000_006] * 3
    for entry in run.summary["top"]:
        mine = [row for row in rows if row["number"] == entry["trial"]]
        chosen = [row["selection"] for row in mine]
        assert entry["value"] == pytest.approx(np.mean(chosen))
        assert entry["error"] == standard_error(chosen, [row["selection_error"] for row in mine])
    assert standard_error([1.0, 3.0], [0.6, 0.8]) == pytest.approx(math.sqrt(0.5 + 1.0))
    assert standard_error([1.0], [0.6]) == 0.6


def test_a_metric_that_is_better_when_higher(data: Path, tmp_path: Path) -> None:
    training = SHORT | {"select": {"best": "accuracy"}}
    run = search(settings(data, training=training), space=SPACE, trials=6, runs_dir=tmp_path)
    assert run.summary["metric"] == "accuracy"
    assert run.summary["best"]["value"] == max(values(run))
    n, share = 36, run.summary["best"]["value"]
    share = (n * share + 1) / (n + 2)
    assert run.summary["best"]["error"] == pytest.approx(math.sqrt(share * (1 - share) / (n + 2)))
    assert "a little too high" in run.summary["verdict"]


def test_a_trial_that_diverged_is_the_worst_and_never_chosen(data: Path, tmp_path: Path) -> None:
    space = {"optimizer": "{sgd: {learning_rate: 1e8}}, {sgd: {learning_rate: 1e-3}}"}
    run = search(settings(data), space=space, method="grid", runs_dir=tmp_path)
    assert run.summary["best"]["settings"] == {"optimizer": {"sgd": {"learning_rate": 1e-3}}}
    assert [each["status"] for each in run.summary["top"]] == ["completed", "diverged"]
    assert "1 of 2 trials diverged; they count as the worst." in run.summary["notes"]


def test_where_all_diverged_there_is_no_best(data: Path, tmp_path: Path) -> None:
    config = settings(data, optimizer={"sgd": {"learning_rate": 1e8}})
    run = search(config, space={"optimizer.sgd.learning_rate": "1e8, 1e9"}, runs_dir=tmp_path)
    assert run.summary["best"] is None
    assert "all diverged" in run.summary["verdict"]
    assert not (run.folder / BEST).exists()


def test_depth_and_regularizers_can_be_varied(data: Path, tmp_path: Path) -> None:
    space = {"variables.depth": "int(1, 3)", "regularizers.l2": [0, 1e-3, None]}
    run = search(settings(data), space=space, method="grid", runs_dir=tmp_path)
    rows = rows_of(run.folder, "results.csv")
    assert len(rows) == len(read_table(run.folder / "results.csv")) == 9
    found = set()
    for row in rows:
        config = json.loads((run.folder / "trials" / row["trial"] / "meta.json").read_text())
        assert config["identity"].startswith(row["trial"])
        trained = (run.folder / "trials" / row["trial"] / "config.yaml").read_text()
        found.add((trained.count("relu"), "l2" in trained))
    assert {relus for relus, _ in found} == {1, 2, 3}
    assert {has for _, has in found} == {True, False}


def test_seconds_end_the_search_and_a_resumed_one_counts_what_was_spent(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if each trial took 2 s: after 3 of them 5 s are over."""
    add = Journal.add
    monkeypatch.setattr(Journal, "add", lambda self, key, result: add(
        self, key, {**result, "seconds": 2.0}))  # fmt: skip
    done: list[TrialDone] = []

    def heard(event: Any) -> None:
        if isinstance(event, TrialDone):
            done.append(event)

    given: dict[str, Any] = {"space": SPACE, "seconds": 5.0, "runs_dir": tmp_path}
    with pytest.raises(Interrupted):
        search(settings(data), **given, listener=heard, stop=lambda: len(done) == 2)
    run = search(settings(data), **given, listener=heard)
    assert len(done) == run.summary["trials"] == 3
    assert [row["number"] for row in rows_of(run.folder, "results.csv")] == [1, 2, 3]


def test_a_search_is_run_from_a_file_with_its_variables(
    study: Run, data: Path, tmp_path: Path
) -> None:
    asked = {
        "command": "search",
        "trials": 4,
        "seeds": 1,
        "space": SPACE | {"regularizers.l2": [0, 1e-3]},
    }
    file = tmp_path / "study.yaml"
    file.write_text(dump_yaml(settings(data) | {"study": asked}))
    run = run_study(file, runs_dir=tmp_path)
    assert values(run) == values(study)[:4]
    assert run.meta["command"] == "search"


def test_a_space_without_more_points_is_told(data: Path, tmp_path: Path) -> None:
    told: list[Any] = []
    run = search(settings(data), space={"variables.width": "int(1, 3)"}, trials=9,
                 runs_dir=tmp_path, listener=told.append)  # fmt: skip
    assert run.summary["trials"] == 3
    assert "The space has no more than these 3 points." in run.summary["notes"]
    assert "Importance needs 9 trials; there are 3." in run.summary["notes"]
    assert StudyStarted("random", 3, 0) in told
    assert any("at the" in note and "width: the best value" in note
               for note in run.summary["notes"]) == (
        run.summary["best"]["settings"]["variables.width"] != 2
    )  # fmt: skip


Refused = dict[str, Any]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"space": {"variables.widht": "1, 2"}},
         "--space variables.widht=1: variables.widht: has no effect"),
        ({"space": {"optimizer.sgd.learning_rate": "1, 2"}}, "optimizer: is adam, so that sgd"),
        ({"space": {RATE: "1, -2"}}, f"--space {RATE}=-2: {RATE}: must be"),
        ({"space": {"variables.width": "int(-3, 4)"}}, "--space variables.width=-3: model.1.repeat."
         "layers.0.dense.units: must be"),
        ({"space": {"model.2.dense.units": "3, 7"}}, "--space model.2.dense.units=7: model"),
        ({"space": {"loss": "cross_entropy, {cross_entropy: {class_weights: balanced}}"}},
         "loss: must be the same in all trials: they could not be ranked"),
        ({"space": {}}, "--space: needs one or more settings to vary"),
        ({"overrides": ["dataset.validation=0"], "space": SPACE},
         "dataset.validation: a search needs a validation part, there is none"),
        ({"overrides": [f"{RATE}=1"], "space": SPACE}, f"--space and --set {RATE}=1 set the same"),
        ({"space": SPACE, "method": "radnom"}, "--method: must be a method, got radnom. Did you "
         "mean random?"),
        ({"space": SPACE, "trials": 0}, "--trials: must be at least 1"),
        ({"space": SPACE, "trials": 501}, "--trials: must be at most 500, got 501"),
        ({"space": SPACE, "seeds": 0}, "--seeds: must be at least 1"),
        ({"space": SPACE, "seconds": math.nan}, "--seconds: must be above 0"),
        ({"space": SPACE, "epochs": 1}, "--epochs: must pay for a trial of 2, got 1"),
        ({"space": SPACE, "epochs": 9, "overrides": ["training.epochs=null", "training.steps=9"]},
         "--epochs: needs a training that counts in epochs"),
        ({"space": SPACE, "method": "grid"}, f"--space: {RATE}: must have a number of points"),
    ],
)  # fmt: skip
def test_what_is_refused_before_anything_is_written(
    data: Path, tmp_path: Path, given: Refused, message: str
) -> None:
    with pytest.raises(CnnoptError) as refused:
        search(settings(data), given.pop("overrides", []), runs_dir=tmp_path / "runs", **given)
    assert isinstance(refused.value, ConfigError | UsageError)
    assert message in str(refused.value)
    assert not (tmp_path / "runs").exists()
