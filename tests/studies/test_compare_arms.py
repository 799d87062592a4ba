"""Arms of one config: paired, tuned on validation alone, and nobody's presence moves another."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import (
    CONV_NET,
    NET,
    OFFICIAL,
    compare_arms,
    final_bits,
    problem,
    resume,
    rows_of,
    write_npz,
)

from cnnopt.api import Run
from cnnopt.errors import CnnoptError, ConfigError, ExitCode, Interrupted
from cnnopt.trials.events import TrialDone

SEEDS, SEED = 3, 20
ARMS: dict[str, list[str]] = {
    "plain": [],
    "wild": ["optimizer={sgd: {learning_rate: 1e6}}"],
    "twin": [],
    "fast": ["optimizer.adam.learning_rate=0.03"],
}
RATE = "optimizer.adam.learning_rate"
TUNE = {RATE: ["0.0001", "0.03"]}
TUNED: dict[str, list[str]] = {"wide": [], "narrow": ["model.1.dense.units=2"]}
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz", rows=100, test_rows=60)


def settings(data: Path, **changes: Any) -> dict[str, Any]:
    given = {"model": CONV_NET, "seed": SEED, "training": {"epochs": 2, "batch_size": 16}}
    return problem(data, **{"dataset": OFFICIAL} | given | changes)


@pytest.fixture(scope="module")
def study(data: Path) -> Run:
    return compare_arms(settings(data), arms=ARMS, seeds=SEEDS, runs_dir=data.parent / "runs")


@pytest.fixture(scope="module")
def tuned(data: Path) -> Run:
    return tuned_study(data, data.parent / "tuned")


def tuned_study(data: Path, runs_dir: Path, **options: Any) -> Run:
    return compare_arms(
        settings(data, model=NET), arms=TUNED, tune=TUNE, runs_dir=runs_dir, **options
    )


def of(folder: Path, **wanted: Any) -> Rows:
    rows = rows_of(folder, "results.csv")
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def entry(study: Run, name: str) -> dict[str, Any]:
    return next(each for each in study.summary["arms"] if each["name"] == name)


def test_every_arm_has_the_same_seeds(study: Run) -> None:
    for name in ARMS:
        assert [row["seed"] for row in of(study.folder, arm=name)] == [SEED, SEED + 1, SEED + 2]


def test_paired_seeds_share_weights_batches_and_masks(data: Path, tmp_path: Path) -> None:
    """After a single step, the loss of its batch is that of the initial weights."""
    training = {"steps": 1, "batch_size": 8}
    study = compare_arms(settings(data, training=training), arms=ARMS, runs_dir=tmp_path)
    losses: dict[int, set[float]] = {}
    for row in of(study.folder):
        if row["status"] == "completed":
            (epoch,) = rows_of(study.folder / "trials" / row["trial"], "metrics.csv")
            losses.setdefault(row["seed"], set()).add(epoch["batch_loss"])
    assert [len(found) for found in losses.values()] == [1, 1]
    assert len(set.union(*losses.values())) == 2, "other seeds, other weights"


def test_equal_arms_are_identical_and_run_once(study: Run) -> None:
    (pair,) = [p for p in study.summary["effects"] if {p["a"], p["b"]} == {"plain", "twin"}]
    assert (pair["difference"], pair["p"], pair["p_adjusted"]) == (0, 1, 1)
    assert pair["verdict"].endswith("are identical on all 3 seeds")
    plain, twin = ([row["trial"] for row in of(study.folder, arm=n)] for n in ("plain", "twin"))
    assert plain == twin
    assert len(list((study.folder / "trials").iterdir())) == 3 * SEEDS


def test_an_arm_that_diverges_is_counted_scored_and_last(study: Run, data: Path) -> None:
    with np.load(data) as arrays:
        shares = np.bincount(arrays["y_test"]) / len(arrays["y_test"])
    rows = of(study.folder, arm="wild")
    assert [row["status"] for row in rows] == ["diverged"] * SEEDS
    assert all(row["test_accuracy"] in shares for row in rows), "one class for all examples"
    assert all(row["test_loss"] == pytest.approx(np.log(3), rel=0.02) for row in rows)
    assert [each["diverged"] for each in study.summary["arms"]] == [0, 0, 0, SEEDS]
    assert study.summary["arms"][-1]["name"] == "wild"
    assert entry(study, "wild")["reached_target"] == 0
    assert entry(study, "wild")["final_validation"] is None
    (note,) = [note for note in study.summary["notes"] if note.startswith("wild: ")]
    assert "3 of 3 runs diverged" in note


def test_the_table_says_what_the_rows_say(study: Run) -> None:
    for name in ARMS:
        values = [row["test_accuracy"] for row in of(study.folder, arm=name)]
        told = entry(study, name)
        assert told["n"] == SEEDS
        assert told["mean"] == pytest.approx(np.mean(values))
        assert told["sd"] == pytest.approx(np.std(values, ddof=1))
    means = [each["mean"] for each in study.summary["arms"]]
    assert means == sorted(means, reverse=True)
    assert (study.summary["metric"], study.summary["part"]) == ("accuracy", "test")
    assert "60 test examples" in study.summary["verdict"]


def test_the_target_is_what_the_worst_arm_reaches(study: Run) -> None:
    best = {
        row["trial"]: max(
            each["validation_accuracy"]
            for each in rows_of(study.folder / "trials" / row["trial"], "metrics.csv")
        )
        for row in of(study.folder, status="completed")
    }
    assert study.summary["target"]["value"] == min(best.values())
    assert [each["reached_target"] for each in study.summary["arms"][:3]] == [SEEDS] * 3


def test_another_arm_changes_no_bit_of_the_others(study: Run, data: Path, tmp_path: Path) -> None:
    two = {name: ARMS[name] for name in ("fast", "plain")}
    smaller = compare_arms(settings(data), arms=two, seeds=SEEDS, runs_dir=tmp_path)
    lines = (study.folder / "results.csv").read_text().splitlines()
    for line in (smaller.folder / "results.csv").read_text().splitlines():
        assert line in lines
    for row in of(smaller.folder):
        inside = Path("trials") / row["trial"] / "metrics.csv"
        assert (study.folder / inside).read_bytes() == (smaller.folder / inside).read_bytes()


def test_two_processes_give_the_same_bytes(study: Run, data: Path, tmp_path: Path) -> None:
    other = compare_arms(settings(data), arms=ARMS, seeds=SEEDS, runs_dir=tmp_path, jobs=2)
    assert final_bits(other.folder) == final_bits(study.folder)


# ------------------------------------------------------------------ tuning


def test_tuning_has_seeds_of_its_own_and_no_test_part(tuned: Run) -> None:
    rows = of(tuned.folder)
    seeds = {stage: {r["seed"] for r in rows if r["stage"] == stage} for stage in
             ("tuning", "final")}  # fmt: skip
    assert seeds["final"] == {SEED, SEED + 1}
    assert seeds["tuning"] == {SEED + 1_000_000, SEED + 1_000_001}
    assert len([row for row in rows if row["stage"] == "tuning"]) == 2 * 2 * 2
    for row in rows:
        assert (row["test_loss"] != "") == (row["test_accuracy"] != "") == (row["stage"] == "final")


def test_tuning_takes_the_best_on_validation(tuned: Run) -> None:
    for name in TUNED:
        score = {
            change: np.mean([r["selection"] for r in of(tuned.folder, arm=name, stage="tuning",
                                                        tuned=change)])
            for change in (f"{RATE}={value}" for value in TUNE[RATE])
        }  # fmt: skip
        best = min(score, key=lambda change: float(score[change]))
        assert entry(tuned, name)["tuned"] == [best]
        final = of(tuned.folder, arm=name, stage="final")
        assert {row["tuned"] for row in final} == {best}
        for row in final:
            resolved = (tuned.folder / "trials" / row["trial"] / "config.yaml").read_text()
            assert f"learning_rate: {best.partition('=')[2]}" in resolved


def test_the_test_part_chooses_nothing(tuned: Run, data: Path, tmp_path: Path) -> None:
    with np.load(data) as arrays:
        changed = dict(arrays)
    changed["y_test"] = (changed["y_test"] + 1) % 3
    np.savez(tmp_path / "other.npz", **changed)
    other = tuned_study(tmp_path / "other.npz", tmp_path / "runs")
    mine, theirs = of(tuned.folder), of(other.folder)
    assert [r["test_accuracy"] for r in mine] != [r["test_accuracy"] for r in theirs]
    for one, two in zip(mine, theirs, strict=True):
        kept = [key for key in one if key != "trial" and not key.startswith("test_")]
        assert [one[key] for key in kept] == [two[key] for key in kept]


def test_interrupted_it_goes_on_to_the_same_bits(tuned: Run, data: Path, tmp_path: Path) -> None:
    def at(trials: int) -> Any:
        def stop() -> bool:
            found = list(tmp_path.glob("*/journal.jsonl"))
            return bool(found) and found[0].read_text().count("\n") >= trials

        return stop

    with pytest.raises(Interrupted, match=r"3 of 8 trials \(tuning\) are finished"):
        tuned_study(data, tmp_path, stop=at(3))
    with pytest.raises(Interrupted, match=r"2 of 4 trials \(final seeds\) are finished"):
        tuned_study(data, tmp_path, stop=at(10))
    (folder,) = tmp_path.iterdir()
    told: list[Any] = []
    done = resume(folder, jobs=1, listener=told.append)
    assert len([event for event in told if isinstance(event, TrialDone)]) == 2
    lines = (folder / "journal.jsonl").read_text().splitlines()
    keys = [json.loads(line)["id"] for line in lines]
    assert len(keys) == len(set(keys)) == 12
    assert final_bits(done.folder) == final_bits(tuned.folder)


# ------------------------------------------------------------------ what is compared on


@pytest.mark.parametrize(
    ("parts", "part", "said"),
    [
        ({"test": 0, "validation": 0.2}, "validation", "18 validation examples"),
        ({"test": 0, "validation": 0}, "train", "90 training examples"),
    ],
)
def test_without_a_test_part_the_next_one_is_compared_on(
    tmp_path: Path, parts: dict[str, Any], part: str, said: str
) -> None:
    config = problem(write_npz(tmp_path / "data.npz"), dataset=parts,
                     training={"epochs": 1, "batch_size": 32})  # fmt: skip
    arms = {"plain": [], "fast": ARMS["fast"]}
    study = compare_arms(config, arms=arms, runs_dir=tmp_path / "runs")
    assert study.summary["part"] == part
    assert said in study.summary["verdict"]
    for name in arms:
        values = [row[f"{part}_accuracy"] for row in of(study.folder, arm=name)]
        assert entry(study, name)["mean"] == pytest.approx(np.mean(values))


def test_a_single_seed_gives_a_table_and_no_verdict(data: Path, tmp_path: Path) -> None:
    arms = {"plain": [], "fast": ARMS["fast"]}
    study = compare_arms(settings(data), arms=arms, seeds=1, runs_dir=tmp_path)
    assert study.summary["verdict"].startswith("No verdict from a single seed")
    assert [each["n"] for each in study.summary["arms"]] == [1, 1]


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        (["optimizer.adam.learning_rat=1"], "optimizer.adam.learning_rat"),
        (["training.epochs=0"], "training.epochs"),
        (["model.0.conv2d.kernel=9"], "model.0"),
        (["loss=squared_error"], "loss"),
        (["dataset.validation=0.3"], "dataset"),
        (["dataset.scale=none"], "dataset"),
        (["seed=5"], "seed"),
    ],
)
def test_a_fault_names_its_arm(data: Path, tmp_path: Path, changes: list[str], path: str) -> None:
    with pytest.raises(ConfigError) as refused:
        compare_arms(settings(data), arms={"good": [], "bad": changes}, runs_dir=tmp_path / "runs")
    for line in str(refused.value).splitlines():
        assert line.startswith(f"arm bad: {path}"), line
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"arms": {"alone": []}}, "needs two or more arms, got 1"),
        ({"seeds": 0}, "--seeds: must be at least 1, got 0"),
        ({"tune": {RATE: []}}, "must have different values, got nothing"),
        ({"tune": {RATE: ["1", "1"]}}, "must have different values, got 1, 1"),
        ({"tune": {RATE: [str(n) for n in range(1, 502)]}}, "makes 501 combinations"),
        ({"tune": {"optimizer.adam.rat": ["1", "2"]}}, "optimizer.adam.rat: "),
        ({"tune": {RATE: ["0.1", "-1"]}}, f"{RATE}: must be"),
        ({"tune": {"dataset.validation": ["0.1", "0.2"]}}, "dataset: must be the same"),
        ({"tune": {"seed": ["1", "2"]}}, "seed: must be the same"),
    ],
)
def test_what_makes_no_comparison_is_refused_and_leaves_nothing_behind(
    data: Path, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    given = {"arms": {"one": [], "two": []}} | options
    with pytest.raises(CnnoptError, match=message) as refused:
        compare_arms(settings(data), runs_dir=tmp_path / "runs", **given)
    assert refused.value.exit_code == ExitCode.USAGE
    assert not (tmp_path / "runs").exists()


def test_tuning_without_a_validation_part_is_refused(data: Path, tmp_path: Path) -> None:
    config = settings(data, model=NET, dataset=OFFICIAL | {"validation": 0})
    with pytest.raises(ConfigError, match=r"dataset\.validation: tuning needs"):
        compare_arms(config, arms=TUNED, tune=TUNE, runs_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()
