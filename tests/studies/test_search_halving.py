"""Successive halving: rungs of about the same cost, the best third of each on the next."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from small_problems import final_bits, problem, resume, rows_of, search, write_npz

from cnnopt.api import Run
from cnnopt.errors import CnnoptError, Interrupted, UsageError
from cnnopt.studies.search_rungs import ETA, cost, halving_rungs
from cnnopt.trials.events import TrialDone
from cnnopt.trials.journal import Journal

RATE = "optimizer.adam.learning_rate"
SPACE = {RATE: "log(1e-5, 1)", "regularizers.l2": "0, 1e-3"}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    data = write_npz(tmp_path_factory.mktemp("data") / "data.npz", rows=100)
    return problem(
        data, dataset={"validation": 0.3, "test": 0.2}, training={"epochs": 9, "batch_size": 16}
    )


@pytest.fixture(scope="module")
def study(config: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Run:
    return halving(config, runs_dir=tmp_path_factory.mktemp("runs"))


def halving(config: dict[str, Any], **options: Any) -> Run:
    return search(config, method="halving", **{"space": SPACE, "trials": 12} | options)


@pytest.mark.parametrize("epochs", [3, 9, 10, 27, 50, 100])
@pytest.mark.parametrize("trials", [3, 8, 9, 30, 81])
def test_laws_of_the_rungs(epochs: int, trials: int) -> None:
    rungs = halving_rungs(epochs, trials)
    assert rungs[0].trials == trials
    assert rungs[-1].epochs == epochs
    assert len(rungs) >= 2
    for lower, upper in itertools.pairwise(rungs):
        assert upper.trials == lower.trials // ETA or upper.trials == trials // ETA ** (
            rungs.index(upper)
        )
        assert lower.epochs is not None
        assert upper.epochs is not None
        assert 1 <= lower.epochs < upper.epochs
        assert abs(upper.epochs - ETA * lower.epochs) <= ETA / 2 + 0.5  # both are rounded


def test_rungs_worked_by_hand() -> None:
    def both(*given: int) -> list[tuple[int, int | None]]:
        return [(rung.trials, rung.epochs) for rung in halving_rungs(*given)]

    assert both(9, 27) == [(27, 1), (9, 3), (3, 9)]
    assert both(27, 9) == [(9, 3), (3, 9), (1, 27)]
    assert both(15, 30) == [(30, 2), (10, 5), (3, 15)]
    assert cost(halving_rungs(9, 27)) == 3 * 27


def test_a_budget_in_epochs_says_how_many_begin() -> None:
    for budget in (27, 54, 80, 81, 200):
        rungs = halving_rungs(9, 500, budget=budget)
        assert cost(rungs) <= budget
        assert cost(halving_rungs(9, rungs[0].trials + 1)) > budget
    assert cost(halving_rungs(9, 500, budget=160, seeds=2)) <= 80
    with pytest.raises(UsageError, match="--epochs: must be at least 18 for halving, got 17"):
        halving_rungs(9, 500, budget=17)


def test_the_best_third_goes_on(study: Run) -> None:
    rows = rows_of(study.folder, "results.csv")
    stages = [[row for row in rows if row["stage"] == f"rung {n}"] for n in (1, 2, 3)]
    assert [len(stage) for stage in stages] == [12, 4, 1]
    for n, (lower, upper) in enumerate(itertools.pairwise(stages)):
        ranked = sorted(lower, key=lambda row: row["selection"])
        expected = {row["number"] for row in ranked[: len(upper)]}
        assert {row["number"] for row in upper} == expected
        assert {row["epochs"] for row in lower} == {3**n}
    summary = study.summary
    assert summary["best"]["trial"] == stages[2][0]["number"]
    assert summary["best"]["value"] == stages[2][0]["selection"]
    assert [(r["trials"], r["epochs"]) for r in summary["rungs"]] == [(12, 1), (4, 3), (1, 9)]
    assert summary["epochs"] == 12 + 12 + 9
    assert summary["importance"][0]["path"] == RATE  # of rung 1, whose trials are all alike


def test_a_rung_trains_anew_for_all_of_its_epochs(
    study: Run, config: dict[str, Any], tmp_path: Path
) -> None:
    """The last rung's trial is the one that a search without rungs makes of the same settings."""
    best = study.summary["best"]
    random = search(config, space=SPACE, trials=best["trial"], runs_dir=tmp_path)
    row = rows_of(random.folder, "results.csv")[-1]
    last = rows_of(study.folder, "results.csv")[-1]
    assert (row["trial"], row["selection"]) == (last["trial"], last["selection"])


def test_a_killed_one_goes_on_to_the_same_bits(
    study: Run, config: dict[str, Any], tmp_path: Path
) -> None:
    done: list[TrialDone] = []

    def heard(event: Any) -> None:
        if isinstance(event, TrialDone):
            done.append(event)

    with pytest.raises(Interrupted, match=r"of 4 trials \(rung 2\) are finished"):
        halving(config, runs_dir=tmp_path, listener=heard, stop=lambda: len(done) >= 14)
    (folder,) = tmp_path.glob("[0-9]*")
    resume(folder, jobs=2, listener=heard)
    assert len(done) == 17
    assert final_bits(folder) == final_bits(study.folder)


def test_one_that_diverged_never_goes_on(config: dict[str, Any], tmp_path: Path) -> None:
    given = config | {"optimizer": {"sgd": {"learning_rate": 0.1}}}
    space = {"optimizer.sgd.learning_rate": "1e7, 1e8, 1e9, 0.01"}
    run = halving(given, space=space, trials=4, runs_dir=tmp_path)
    assert run.summary["best"]["settings"] == {"optimizer.sgd.learning_rate": 0.01}
    assert run.summary["rungs"][0]["diverged"] == 3


def test_seconds_are_shared_out_among_the_rungs(
    config: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if each epoch took 1 s: of 27 s, 9 are the first rung's."""
    add = Journal.add

    def slowly(self: Journal, key: str, result: dict[str, Any]) -> None:
        add(self, key, {**result, "seconds": float(result["epochs"])})

    monkeypatch.setattr(Journal, "add", slowly)
    run = halving(config, trials=None, seconds=27.0, runs_dir=tmp_path)
    assert [(r["trials"], r["epochs"]) for r in run.summary["rungs"]] == [(9, 1), (3, 3), (1, 9)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"space": {"training.epochs": "3, 9"}}, "--space: training.epochs: cannot be searched by"),
        ({"trials": 2}, "--trials: must be at least 3 for halving, got 2"),
        ({"overrides": ["training.epochs=2"]}, "--method halving: needs training.epochs of at "
         "least 3, got 2"),
        ({"overrides": ["training.epochs=null", "training.steps=50"]},
         "--method halving: shares out epochs, the config has none"),
        ({"overrides": ["schedule={cosine: {warmup: 2}}"]}, " training.epochs=1: schedule"),
    ],
)  # fmt: skip
def test_what_cannot_be_halved(
    config: dict[str, Any], tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(CnnoptError) as refused:
        search(config, given.pop("overrides", []), method="halving", runs_dir=tmp_path / "runs",
               **{"space": SPACE, "trials": 9} | given)  # fmt: skip
    assert message in str(refused.value)
    assert not (tmp_path / "runs").exists()
