"""Ablations: effects follow from the table, one family, the same bits after an interruption."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from small_problems import ablate, final_bits, problem, resume, rows_of, write_npz

from cnnopt.api import Run
from cnnopt.errors import CnnoptError, ConfigError, ExitCode, Interrupted
from cnnopt.statistics import holm
from cnnopt.studies.effects import HELPS, HURTS, OPEN

SEEDS, SEED = 4, 20
ARMS = ["baseline", "l2 alone", "sam alone", "dropout alone", "all", "all but l2", "all but sam",
        "all but dropout"]  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz", rows=120)


def settings(data: Path, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "seed": SEED,
        "dataset": {"test": 0.4, "validation": 0.2},
        "training": {"epochs": 3, "batch_size": 16},
        "regularizers": [{"l2": 3.0}, "sam"],
    }
    return problem(data, **given | changes)


@pytest.fixture(scope="module")
def study(data: Path) -> Run:
    return ablate(settings(data), seeds=SEEDS, runs_dir=data.parent / "runs")


def values(study: Run, arm: str, column: str = "test_accuracy") -> np.ndarray:
    rows = [row for row in rows_of(study.folder, "results.csv") if row["arm"] == arm]
    assert [row["seed"] for row in rows] == [SEED + number for number in range(SEEDS)]
    return np.array([row[column] for row in rows])


def test_arms_and_effects_are_those_of_the_plan(study: Run) -> None:
    assert [arm["name"] for arm in study.summary["arms"]] == ARMS
    assert study.summary["parts"] == ["l2", "sam", "dropout"]
    stated = [(effect["arm"], effect["against"]) for effect in study.summary["effects"]]
    assert stated == [
        *((f"{part} alone", "baseline") for part in ("l2", "sam", "dropout")),
        ("all", "baseline"),
        *((f"all but {part}", "all") for part in ("l2", "sam", "dropout")),
    ]


def test_effects_follow_from_the_table(study: Run) -> None:
    for effect in study.summary["effects"]:
        a, b = values(study, effect["arm"]), values(study, effect["against"])
        assert effect["difference"] == pytest.approx(np.mean(a - b), abs=1e-12)
        if np.ptp(a - b):
            assert effect["p"] == pytest.approx(stats.ttest_rel(a, b).pvalue)
        for key, arm in (("gap_before", effect["against"]), ("gap_after", effect["arm"])):
            gap = values(study, arm, "train_accuracy") - values(study, arm)
            assert effect[key] == pytest.approx(np.mean(gap), abs=1e-12)


def test_all_effects_are_one_family_and_intervals_agree_with_p(study: Run) -> None:
    effects = study.summary["effects"]
    assert [e["p_adjusted"] for e in effects] == pytest.approx(holm([e["p"] for e in effects]))
    for effect in effects:
        low, high = effect["interval"]
        shown = effect["p_adjusted"] <= 0.05
        assert shown == (low > 0 or high < 0)
        word = OPEN if not shown else HELPS if effect["difference"] > 0 else HURTS
        assert effect["effect"] in (word, "identical")
    assert "adjusted by Holm over 7 effects" in study.summary["verdict"]


def test_the_verdict_says_on_what(study: Run) -> None:
    verdict = study.summary["verdict"]
    assert verdict.startswith("On mean test accuracy over 4 seeds, alone against the baseline: ")
    assert "All together against the baseline: " in verdict
    assert "Left out of all: " in verdict
    assert "48 test examples; the intervals cover the seeds only" in verdict


def test_arms_have_gap_and_parts(study: Run) -> None:
    for arm in study.summary["arms"]:
        assert arm["mean"] == pytest.approx(values(study, arm["name"]).mean())
        for part in ("train", "validation", "test"):
            mean = values(study, arm["name"], f"{part}_accuracy").mean()
            assert arm["parts"][part]["mean"] == pytest.approx(mean)
        assert arm["gap"] == pytest.approx(arm["train"] - arm["mean"])


def test_parts_that_are_not_chosen_stay(study: Run, data: Path, tmp_path: Path) -> None:
    some = ablate(settings(data), parts=["sam"], seeds=SEEDS, runs_dir=tmp_path)
    assert [arm["name"] for arm in some.summary["arms"]] == ["baseline", "sam alone"]
    trials = {row["arm"]: row["trial"] for row in rows_of(some.folder, "results.csv")}
    theirs = {row["arm"]: row["trial"] for row in rows_of(study.folder, "results.csv")}
    assert trials == {"baseline": theirs["all but sam"], "sam alone": theirs["all"]}
    assert len(some.summary["effects"]) == 1
    assert "95 %" in some.summary["verdict"]


def test_a_layer_that_leaves_changes_no_bit_of_the_others(data: Path, tmp_path: Path) -> None:
    """One that does nothing: without it, the same weights, batches and masks give the same rows.

    Both dropouts would else be told apart by their number, and the second be the first.
    """
    model = ["flatten", {"dense": 8}, "relu", {"dropout": {"rate": 0, "name": "idle"}},
             {"dropout": 0.4}, {"dense": "classes"}]  # fmt: skip
    study = ablate(settings(data, model=model), parts=["idle"], runs_dir=tmp_path)
    rows = rows_of(study.folder, "results.csv")
    for seed in (SEED, SEED + 1):
        one, two = (row["trial"] for row in rows if row["seed"] == seed)
        assert one != two
        tables = [study.folder / "trials" / key / "metrics.csv" for key in (one, two)]
        assert tables[0].read_bytes() == tables[1].read_bytes()
    (effect,) = study.summary["effects"]
    assert effect["effect"] == "identical"


def test_equal_arms_run_once(data: Path, tmp_path: Path) -> None:
    study = ablate(settings(data), parts=["l2", "sam"], runs_dir=tmp_path)
    assert len(list((study.folder / "trials").iterdir())) == 4 * 2
    assert len(rows_of(study.folder, "results.csv")) == 6 * 2


def test_a_loss_is_better_below(tmp_path: Path) -> None:
    generator = np.random.default_rng(3)
    x = generator.normal(size=(80, 3))
    np.savez(tmp_path / "data.npz", x=x, y=x @ np.array([1.0, -1.0, 0.5]))
    config = problem(
        tmp_path / "data.npz", model=["flatten", {"dense": "classes"}], loss="squared_error",
        dataset={"test": 0.3, "validation": 0.2}, regularizers=[{"l2": 10.0}],
        training={"epochs": 30, "batch_size": 16}, optimizer={"sgd": {"learning_rate": 0.1}},
    )  # fmt: skip
    study = ablate(config, seeds=3, runs_dir=tmp_path / "runs")
    (effect,) = study.summary["effects"]
    assert study.summary["metric"] == "loss"
    assert effect["difference"] > 0
    assert effect["effect"] == HURTS
    rows = rows_of(study.folder, "results.csv")
    gaps = [r["test_loss"] - r["train_loss"] for r in rows if r["arm"] == "l2 alone"]
    assert effect["gap_after"] == pytest.approx(np.mean(gaps))


def test_interrupted_it_goes_on_to_the_same_bits(study: Run, data: Path, tmp_path: Path) -> None:
    def stop() -> bool:
        found = list(tmp_path.glob("*/journal.jsonl"))
        return bool(found) and found[0].read_text().count("\n") >= 5

    with pytest.raises(Interrupted, match=r"5 of 32 trials \(arms\) are finished"):
        ablate(settings(data), seeds=SEEDS, runs_dir=tmp_path, stop=stop)
    (folder,) = tmp_path.iterdir()
    assert resume(folder, jobs=1).folder == folder
    assert final_bits(folder) == final_bits(study.folder)


def test_the_same_command_adopts_it_and_two_processes_agree(
    study: Run, data: Path, tmp_path: Path
) -> None:
    def stop() -> bool:
        found = list(tmp_path.glob("*/journal.jsonl"))
        return bool(found) and found[0].read_text().count("\n") >= 30

    with pytest.raises(Interrupted):
        ablate(settings(data), seeds=SEEDS, runs_dir=tmp_path, stop=stop)
    (folder,) = tmp_path.iterdir()
    done = ablate(settings(data), seeds=SEEDS, runs_dir=tmp_path, jobs=2)
    assert done.folder == folder
    assert final_bits(folder) == final_bits(study.folder)


@pytest.mark.parametrize(
    ("changes", "options", "message"),
    [
        ({}, {"seeds": 1}, "--seeds: must be at least 2: one seed shows no effect, got 1. Use 10."),
        ({}, {"parts": ["l2"], "sweep": {"l2": [0, 1]}}, "--parts and --sweep cannot both"),
        ({}, {"sweep": {"l2": [0, 1], "sam": [1, 2]}}, "--sweep: takes one path, got l2, sam."),
        ({}, {"sweep": {"l2": [0]}}, "--sweep: l2 must have two or more different values, got 0."),
        ({}, {"sweep": {"l2": [0, 0.0]}}, "different values, got 0, 0.0."),
        ({}, {"sweep": {"l2": [0, -1]}}, "--sweep: l2 must have numbers of at least 0, got -1."),
        ({}, {"sweep": {"l2": ["a", "b"]}}, "must have numbers of at least 0, got a."),
        ({}, {"sweep": {"sma": [0, 1]}}, "arm sma=0: sma: "),
        ({}, {"sweep": {"dropout": [0, 2]}}, "arm dropout=2: model.3.dropout.rate: "),
        ({"regularizers": [], "model": ["flatten", {"dense": "classes"}]}, {},
         "regularizers: there is nothing to ablate"),
        ({"dataset": {"test": 0, "validation": 0}}, {}, "dataset.test: effects need a part"),
        ({"dataset": {"test": 0.3, "validation": 0}}, {"sweep": {"l2": [0, 1]}},
         "dataset.validation: the best strength is chosen on"),
    ],
)  # fmt: skip
def test_what_is_refused_leaves_nothing_behind(
    data: Path, tmp_path: Path, changes: dict[str, Any], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(CnnoptError) as refused:
        ablate(settings(data, **changes), runs_dir=tmp_path / "runs", **options)
    assert message in str(refused.value)
    assert refused.value.exit_code == ExitCode.USAGE
    assert not (tmp_path / "runs").exists()


def test_a_fault_names_its_arm(data: Path, tmp_path: Path) -> None:
    model = ["flatten", {"residual": [{"dropout": 0.2}]}, {"dense": "classes"}]
    with pytest.raises(ConfigError, match=r"arm baseline: model\.1\.residual"):
        ablate(settings(data, model=model), runs_dir=tmp_path / "runs")
