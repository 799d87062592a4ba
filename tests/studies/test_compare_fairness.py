"""A fair comparison: tuned alike, on validation, paired, and nobody's presence moves another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import CONV_NET, OFFICIAL, compare, problem, rows_of, write_npz

from cnnopt.api import Run
from cnnopt.errors import CnnoptError, ExitCode

THREE = ("sgd", "momentum", "adam")
SEEDS, SEED = 3, 20
FINAL = ("defaults", "common", "tuned")
Row = Mapping[str, Any]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz", rows=100, test_rows=60)


def settings(data: Path, **changes: Any) -> dict[str, Any]:
    given = {"model": CONV_NET, "seed": SEED, "training": {"epochs": 2, "batch_size": 16}}
    return problem(data, dataset=OFFICIAL, **given | changes)


@pytest.fixture(scope="module")
def study(data: Path) -> Run:
    return compare(
        settings(data), optimizers=THREE, trials=3, seeds=SEEDS, runs_dir=data.parent / "runs"
    )


@pytest.fixture(scope="module")
def rows(study: Run) -> list[dict[str, Any]]:
    return rows_of(study.folder, "results.csv")


def of(rows: list[dict[str, Any]], **wanted: Any) -> list[dict[str, Any]]:
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def score(rows: list[dict[str, Any]]) -> float:
    """The validation value of some tuning runs, lower is better; one that diverged is the worst."""
    if any(row["status"] == "diverged" for row in rows):
        return float("inf")
    return float(np.mean([row["selection"] for row in rows]))


def test_every_optimizer_has_the_same_number_of_trials(rows: list[dict[str, Any]]) -> None:
    for stage in ("tuning", "short_list"):
        tried = [sorted(row["seed"] for row in of(rows, stage=stage, optimizer=n)) for n in THREE]
        assert tried[0] == tried[1] == tried[2]
        rates = [
            {row["learning_rate"] for row in of(rows, stage=stage, optimizer=n)} for n in THREE
        ]
        assert [len(found) for found in rates] == [3, 3, 3]
    short = [{r["learning_rate"] for r in of(rows, stage="short_list", optimizer=n)} for n in THREE]
    assert short[0] == short[1] == short[2], "every optimizer runs the same short list"


def test_windows_are_neighbours_on_one_lattice(rows: list[dict[str, Any]]) -> None:
    lattice = {float(f"{digit}e{power}") for digit in (1, 3) for power in range(-9, 9)}
    for name in THREE:
        found = sorted({row["learning_rate"] for row in of(rows, stage="tuning", optimizer=name)})
        assert set(found) <= lattice
        between = [rate for rate in lattice if found[0] <= rate <= found[-1]]
        assert len(between) == len(found), "no rate of the lattice is left out"


def test_tuning_seeds_are_apart_from_the_final_ones(rows: list[dict[str, Any]]) -> None:
    final = {row["seed"] for row in rows if row["stage"] in FINAL}
    tuning = {row["seed"] for row in rows if row["stage"] not in FINAL}
    assert final == {SEED, SEED + 1, SEED + 2}
    assert tuning
    assert not final & tuning


def test_three_columns_have_all_seeds(study: Run, rows: list[dict[str, Any]]) -> None:
    for name in THREE:
        for stage in FINAL:
            mine = of(rows, stage=stage, optimizer=name)
            assert [row["seed"] for row in mine] == [SEED, SEED + 1, SEED + 2]
            assert len({row["learning_rate"] for row in mine}) == 1
    defaults = {n: of(rows, stage="defaults", optimizer=n)[0]["learning_rate"] for n in THREE}
    assert defaults == {"sgd": 0.01, "momentum": 0.01, "adam": 0.001}
    common = {row["learning_rate"] for row in of(rows, stage="common")}
    assert common == {study.summary["common_rate"]}


def test_the_tuned_rate_is_the_best_on_validation(study: Run, rows: list[dict[str, Any]]) -> None:
    for entry in study.summary["optimizers"]:
        name = entry["name"]
        tuning = of(rows, stage="tuning", optimizer=name)
        rates = sorted({row["learning_rate"] for row in tuning})
        best = min(rates, key=lambda rate: score(of(tuning, learning_rate=rate)))
        assert entry["learning_rate"] == best
        assert {row["learning_rate"] for row in of(rows, stage="tuned", optimizer=name)} == {best}
        assert entry["edge"] == (best in (rates[0], rates[-1]))
        noted = [note for note in study.summary["notes"] if note.startswith(f"{name}: ")]
        assert any("edge" in note for note in noted) == entry["edge"]


def test_the_test_part_is_looked_at_by_the_final_runs_only(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        tested = row["stage"] in FINAL
        assert (row["test_loss"] != "") == (row["test_accuracy"] != "") == tested


def test_the_validation_value_is_the_one_that_select_names(rows: list[dict[str, Any]]) -> None:
    assert all(row["selection"] == row["validation_loss"] for row in rows)


def test_tuning_on_accuracy_takes_the_highest(data: Path, tmp_path: Path) -> None:
    training = {"epochs": 2, "batch_size": 16, "select": {"best": "accuracy"}}
    study = compare(settings(data, training=training), trials=3, runs_dir=tmp_path)
    rows = rows_of(study.folder, "results.csv")
    for entry in study.summary["optimizers"]:
        tuning = of(rows, stage="tuning", optimizer=entry["name"])
        value = {r["learning_rate"]: 0.0 for r in tuning}
        for row in tuning:
            assert row["selection"] == row["validation_accuracy"]
            value[row["learning_rate"]] += row["selection"]
        assert value[entry["learning_rate"]] == pytest.approx(max(value.values()))


def test_the_common_rate_is_the_best_on_average(study: Run, rows: list[dict[str, Any]]) -> None:
    short = of(rows, stage="short_list")
    rates = sorted({row["learning_rate"] for row in short})
    mean = {
        rate: np.mean([score(of(short, learning_rate=rate, optimizer=name)) for name in THREE])
        for rate in rates
    }
    assert study.summary["common_rate"] == min(rates, key=lambda rate: float(mean[rate]))


def test_paired_seeds_share_weights_batches_and_masks(data: Path, tmp_path: Path) -> None:
    """After a single step, the loss of its batch is that of the initial weights."""
    training = {"steps": 1, "batch_size": 8}
    study = compare(settings(data, training=training), optimizers=THREE, runs_dir=tmp_path)
    first: dict[int, set[float]] = {}
    for row in rows_of(study.folder, "results.csv"):
        (epoch,) = rows_of(study.folder / "trials" / row["trial"], "metrics.csv")
        first.setdefault(row["seed"], set()).add(epoch["batch_loss"])
    assert all(len(losses) == 1 for losses in first.values()), "the same for every optimizer"
    assert len(set.union(*first.values())) == len(first), "other seeds, other weights"


@pytest.mark.parametrize("others", [("sgd", "adam"), ("adam", "sgd"), ("momentum", "sgd")])
def test_nobody_s_presence_changes_a_bit_of_another(
    study: Run, rows: list[dict[str, Any]], data: Path, tmp_path: Path, others: tuple[str, str]
) -> None:
    smaller = compare(
        settings(data), optimizers=others, trials=3, seeds=SEEDS, runs_dir=tmp_path / "runs"
    )
    theirs = rows_of(smaller.folder, "results.csv")
    stages = ["tuning", "short_list", "defaults", "tuned"]
    if smaller.summary["common_rate"] == study.summary["common_rate"]:
        stages.append("common")
    for name in others:
        for stage in stages:
            wanted = {"stage": stage, "optimizer": name}
            assert of(theirs, **wanted) == of(rows, **wanted)
            for row in of(theirs, **wanted):
                inside = Path("trials") / row["trial"] / "metrics.csv"
                ours, other = study.folder / inside, smaller.folder / inside
                assert ours.read_bytes() == other.read_bytes()


def test_the_test_part_is_not_used_for_choosing(
    study: Run, rows: list[dict[str, Any]], data: Path, tmp_path: Path
) -> None:
    with np.load(data) as arrays:
        changed = dict(arrays)
    changed["y_test"] = (changed["y_test"] + 1) % 3
    changed["x_test"] = changed["x_test"][::-1] * 9
    np.savez(tmp_path / "other.npz", **changed)
    other = compare(
        settings(tmp_path / "other.npz"),
        optimizers=THREE,
        trials=3,
        seeds=SEEDS,
        runs_dir=tmp_path / "runs",
    )
    assert other.summary["common_rate"] == study.summary["common_rate"]
    theirs = rows_of(other.folder, "results.csv")
    assert chosen(other) == chosen(study)
    assert [row["test_accuracy"] for row in theirs] != [row["test_accuracy"] for row in rows]
    for mine, their in zip(rows, theirs, strict=True):
        for key in mine:
            if key != "trial" and not key.startswith("test_"):
                assert mine[key] == their[key], key


def chosen(study: Run) -> dict[str, float]:
    return {entry["name"]: entry["learning_rate"] for entry in study.summary["optimizers"]}


def test_other_settings_of_the_config_s_own_optimizer_are_kept(data: Path, tmp_path: Path) -> None:
    config = settings(data, optimizer={"adam": {"learning_rate": 0.5, "beta1": 0.5}})
    study = compare(config, runs_dir=tmp_path)
    by_name = {entry["name"]: entry for entry in study.summary["optimizers"]}
    assert by_name["adam"]["settings"]["beta1"] == 0.5
    assert by_name["adam"]["defaults"]["learning_rate"] == 0.001, "the default, not the config's"
    for row in of(rows_of(study.folder, "results.csv"), optimizer="adam"):
        summary = study.folder / "trials" / row["trial"] / "config.yaml"
        assert "beta1: 0.5" in summary.read_text()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"optimizers": ("adam",)}, "--optimizers: must be two or more"),
        ({"optimizers": ("adam", "adam")}, "--optimizers: must be two or more different"),
        ({"optimizers": ("adam", "adamax")}, "--optimizers: must be among sgd, momentum, nesterov"),
        ({"trials": 0}, "--trials: must be at least 1, got 0"),
        ({"seeds": 1}, "--seeds: must be at least 2 .*, got 1"),
    ],
)
def test_options_that_make_no_comparison_are_refused(
    data: Path, tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(CnnoptError, match=message) as refused:
        compare(settings(data), runs_dir=tmp_path / "runs", **options)
    assert refused.value.exit_code == ExitCode.USAGE
    assert not (tmp_path / "runs").exists()


def test_a_problem_without_parts_to_choose_and_test_on_is_refused(tmp_path: Path) -> None:
    data = write_npz(tmp_path / "data.npz")
    config = problem(data, dataset={"validation": 0, "test": 0})
    with pytest.raises(CnnoptError, match="tunes on a validation part") as refused:
        compare(config, runs_dir=tmp_path / "runs")
    assert "reports on a test part" in str(refused.value), "all faults at once"
    assert refused.value.exit_code == ExitCode.USAGE
    assert not (tmp_path / "runs").exists()


def test_the_space_is_written_down_in_the_run_folder(study: Run) -> None:
    text = json.dumps(study.summary)
    for entry in study.summary["optimizers"]:
        tried = [point["learning_rate"] for point in entry["sensitivity"]]
        assert len(tried) == 3
        assert entry["learning_rate"] in tried
    assert study.summary["options"] == {"optimizers": list(THREE), "trials": 3, "seeds": SEEDS}
    assert "sensitivity" in text
