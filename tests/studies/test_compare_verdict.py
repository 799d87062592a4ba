"""What a comparison says: statistics by hand and scipy from results.csv, and a verdict to match."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from small_problems import OFFICIAL, blobs, compare, problem, rows_of, write_npz

from cnnopt.api import Run

THREE = ("sgd", "momentum", "adam")
SEEDS = 4
FINAL = ("defaults", "common", "tuned")


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("study")
    data = write_npz(folder / "data.npz", rows=100, test_rows=200)
    config = problem(data, dataset=OFFICIAL, training={"epochs": 3, "batch_size": 16})
    return compare(config, optimizers=THREE, trials=3, seeds=SEEDS, runs_dir=folder / "runs")


def values(
    study: Run, name: str, stage: str = "tuned", column: str = "test_accuracy"
) -> list[float]:
    rows = rows_of(study.folder, "results.csv")
    mine = [row for row in rows if (row["optimizer"], row["stage"]) == (name, stage)]
    return [row[column] for row in sorted(mine, key=lambda row: row["seed"])]


def entry_of(study: Run, name: str) -> dict[str, Any]:
    return next(entry for entry in study.summary["optimizers"] if entry["name"] == name)


@pytest.mark.parametrize("name", THREE)
def test_the_table_by_hand(study: Run, name: str) -> None:
    entry, mine = entry_of(study, name), values(study, name)
    mean, sd = np.mean(mine), np.std(mine, ddof=1)
    half = stats.t.ppf(0.975, SEEDS - 1) * sd / math.sqrt(SEEDS)
    assert sd > 0
    assert (entry["n"], entry["diverged"]) == (SEEDS, 0)
    assert entry["mean"] == pytest.approx(mean)
    assert entry["sd"] == pytest.approx(sd)
    assert entry["median"] == pytest.approx(np.median(mine))
    assert entry["best"] == max(mine)
    assert entry["interval"] == pytest.approx([mean - half, mean + half])
    for stage in FINAL:
        column, own = entry[stage], values(study, name, stage)
        assert column["mean"] == pytest.approx(np.mean(own))
        assert column["sd"] == pytest.approx(np.std(own, ddof=1))
        assert column["learning_rate"] == values(study, name, stage, "learning_rate")[0]
    for point in entry["sensitivity"]:
        rows = rows_of(study.folder, "results.csv")
        tried = [
            row["selection"]
            for row in rows
            if (row["stage"], row["optimizer"]) == ("tuning", name)
            and row["learning_rate"] == point["learning_rate"]
        ]
        assert point["value"] == pytest.approx(np.mean(tried))


def test_the_best_mean_stands_first(study: Run) -> None:
    means = [entry["mean"] for entry in study.summary["optimizers"]]
    assert means == sorted(means, reverse=True)


def holm(p_values: list[float]) -> list[float]:
    """Holm 1979 by its definition."""
    m, adjusted, highest = len(p_values), [0.0] * len(p_values), 0.0
    for step, place in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (m - step) * p_values[place]))
        adjusted[place] = highest
    return adjusted


def test_pairs_are_paired_t_tests_adjusted_over_all_pairs(study: Run) -> None:
    pairs = study.summary["pairs"]
    assert {frozenset((p["a"], p["b"])) for p in pairs} == {
        frozenset(two) for two in combinations(THREE, 2)
    }
    expected = [stats.ttest_rel(values(study, p["a"]), values(study, p["b"])) for p in pairs]
    assert [p["p"] for p in pairs] == pytest.approx([float(t.pvalue) for t in expected])
    assert [p["p_adjusted"] for p in pairs] == pytest.approx(holm([p["p"] for p in pairs]))
    for pair in pairs:
        difference = np.mean(values(study, pair["a"])) - np.mean(values(study, pair["b"]))
        assert pair["difference"] == pytest.approx(difference)
        assert difference >= 0, "the better one is called a"


def test_intervals_are_at_the_level_of_the_holm_step(study: Run) -> None:
    pairs = sorted(study.summary["pairs"], key=lambda pair: pair["p"])
    failed = None
    for step, pair in enumerate(pairs, start=1):
        alpha = failed or 0.05 / (len(pairs) - step + 1)
        if pair["p_adjusted"] > 0.05:
            failed = alpha  # and so for all after it
        difference = np.subtract(values(study, pair["a"]), values(study, pair["b"]))
        error = np.std(difference, ddof=1) / math.sqrt(SEEDS)
        half = stats.t.ppf(1 - alpha / 2, SEEDS - 1) * error
        low, high = pair["interval"]
        assert [low, high] == pytest.approx([difference.mean() - half, difference.mean() + half])
        assert (low > 0) == (pair["p_adjusted"] <= 0.05), "interval and p never disagree"


def says_what_pairs_say(summary: Any) -> None:
    """Hold the sentences to the numbers."""
    best = summary["optimizers"][0]["name"]
    text = summary["verdict"]
    for pair in summary["pairs"]:
        better = pair["p_adjusted"] <= 0.05
        assert ("is better than" in pair["verdict"]) == better
        assert pair["a"] in pair["verdict"]
        assert pair["b"] in pair["verdict"]
        if pair["a"] != best:
            continue
        if better:
            assert f"than {pair['b']} by" in text
        else:
            assert f"than {pair['b']} by" not in text
    beaten = [p["p_adjusted"] <= 0.05 for p in summary["pairs"] if p["a"] == best]
    assert (f"{best} wins" in text) == all(beaten)
    assert "the intervals cover the seeds only" in text
    assert "200 test examples" in text


def test_the_verdict_says_what_the_pairs_say(study: Run) -> None:
    says_what_pairs_say(study.summary)


def test_a_note_tells_when_the_ranking_flips(study: Run) -> None:
    orders = {
        stage: sorted(THREE, key=lambda n: -np.mean(values(study, n, stage))) for stage in FINAL
    }
    flips = len({tuple(order) for order in orders.values()}) > 1
    assert any("ranking depends" in note for note in study.summary["notes"]) == flips


# ------------------------------------------------------------------ divergence


@pytest.fixture(scope="module")
def stormy(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Huge inputs, unscaled, and no bend: sgd diverges at every rate, adam at none."""
    folder = tmp_path_factory.mktemp("stormy")
    x, y = blobs(300)
    y[:90] = 1  # so that guessing has a best answer
    arrays = {"x": x[:100] * 1e4, "y": y[:100], "x_test": x[100:] * 1e4, "y_test": y[100:]}
    np.savez(folder / "data.npz", **arrays)
    config = problem(
        folder / "data.npz",
        dataset={**OFFICIAL, "scale": "none"},
        model=["flatten", {"dense": 6}, {"dense": 6}, {"dense": "classes"}],
        training={"epochs": 4, "batch_size": 10},
    )
    return compare(config, seeds=3, runs_dir=folder / "runs")


def test_a_diverging_optimizer_stops_nothing_and_is_counted(
    stormy: Run,
) -> None:
    study = stormy
    assert study.summary["status"] == "completed"
    rows = rows_of(study.folder, "results.csv")
    assert {row["status"] for row in rows if row["optimizer"] == "sgd"} == {"diverged"}
    assert {row["status"] for row in rows if row["optimizer"] == "adam"} == {"completed"}
    sgd, adam = entry_of(study, "sgd"), entry_of(study, "adam")
    assert (sgd["diverged"], adam["diverged"]) == (3, 0)
    assert sgd["n"] == 3, "counted, never dropped"
    assert [sgd[stage]["diverged"] for stage in FINAL] == [3, 3, 3]
    assert {point["status"] for point in sgd["sensitivity"]} == {"diverged"}
    assert any("3 of 3 runs diverged" in note for note in study.summary["notes"])


def test_a_diverged_run_scores_the_trivial_predictor(stormy: Run) -> None:
    study = stormy
    _, y = blobs(300)
    share = float(np.mean(y[100:] == 1))  # class 1 is the most frequent in training
    rows = rows_of(study.folder, "results.csv")
    diverged = [row for row in rows if row["status"] == "diverged" and row["stage"] in FINAL]
    assert len(diverged) == 9
    assert {row["test_accuracy"] for row in diverged} == {share}
    assert all(math.isfinite(row["test_loss"]) for row in diverged)
    assert entry_of(study, "sgd")["mean"] == pytest.approx(share)
    says_what_pairs_say(study.summary)


def test_equal_optimizers_are_called_identical(tmp_path: Path) -> None:
    """Both diverge on every seed: the same scores, no winner."""
    x, y = blobs(120)
    arrays = {"x": x[:60] * 1e9, "y": y[:60], "x_test": x[60:] * 1e9, "y_test": y[60:]}
    np.savez(tmp_path / "data.npz", **arrays)
    config = problem(
        tmp_path / "data.npz",
        dataset={**OFFICIAL, "scale": "none"},
        model=["flatten", {"dense": 6}, {"dense": 6}, {"dense": "classes"}],
        training={"epochs": 4, "batch_size": 10},
    )
    study = compare(config, optimizers=("sgd", "momentum"), runs_dir=tmp_path / "runs")
    (pair,) = study.summary["pairs"]
    assert (pair["difference"], pair["p"], pair["p_adjusted"]) == (0, 1, 1)
    assert "identical" in pair["verdict"]
    assert study.summary["verdict"].startswith("No winner")


def test_regression_compares_losses_lower_is_better(tmp_path: Path) -> None:
    config = {
        "name": "line",
        "dataset": {"name": "regression", "examples": 150, "scale": "none"},
        "model": [{"dense": 8}, "tanh", {"dense": 1}],
        "loss": "squared_error",
        "optimizer": "adam",
        "training": {"steps": 20, "evaluate_every": 4, "batch_size": 16, "shuffle": "step"},
    }
    study = compare(config, seeds=3, runs_dir=tmp_path)
    assert study.summary["metric"] == "loss"
    means = [entry["mean"] for entry in study.summary["optimizers"]]
    assert means == sorted(means)
    first = study.summary["optimizers"][0]
    assert first["best"] == min(values(study, first["name"], column="test_loss"))
    (pair,) = study.summary["pairs"]
    assert pair["a"] == first["name"]
    assert pair["difference"] <= 0
    target = study.summary["target"]["value"]
    for entry in study.summary["optimizers"]:
        reached = []
        for trial in values(study, entry["name"], column="trial"):
            rows = rows_of(study.folder / "trials" / str(trial), "metrics.csv")
            first = next((row for row in rows if row["validation_loss"] <= target), None)
            reached += [first] if first else []
        assert reached, "the target is what all of them reach in their best seed"
        assert entry["reached_target"] == len(reached)
        for unit in ("epoch", "step"):
            expected = np.mean([row[unit] for row in reached])
            assert entry[f"{unit}s_to_target"] == pytest.approx(expected)
        assert entry["steps_to_target"] == pytest.approx(4 * entry["epochs_to_target"])
