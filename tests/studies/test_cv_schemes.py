"""Every scheme of cross-validation, from its name to its folds, facts and intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folded_problems import OVER_EXAMPLES, OVER_FOLDS, plain, planned, points, rows_tested
from small_problems import OFFICIAL, cross_validate, rows_of

from cnnopt.api import Run
from cnnopt.config import load_config
from cnnopt.statistics import bootstrap_interval, corrected_interval
from cnnopt.trials.splitting import split_of

PLAIN: dict[str, dict[str, Any]] = {
    "holdout": {"folds": 1, "n_test": 12, "kind": OVER_EXAMPLES},
    "k_fold": {"folds": 5, "n_test": 12, "kind": OVER_FOLDS},
    "stratified": {"folds": 5, "n_test": 12, "kind": OVER_FOLDS},
    "leave_one_out": {"folds": 60, "n_test": 1, "kind": OVER_EXAMPLES},
    "shuffle": {"folds": 5, "n_test": 12, "kind": OVER_FOLDS},
}


@pytest.fixture(scope="module")
def studies(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    folder = tmp_path_factory.mktemp("plain")
    config = plain(folder / "data.npz")
    return {
        scheme: cross_validate(config, scheme=scheme, runs_dir=folder / "runs") for scheme in PLAIN
    }


@pytest.mark.parametrize("scheme", PLAIN)
def test_folds_of_plain_rows(studies: dict[str, Run], scheme: str) -> None:
    summary, expected = studies[scheme].summary, PLAIN[scheme]
    assert summary["scheme"] == scheme
    assert len(summary["folds"]) == expected["folds"]
    assert [fold["n_test"] for fold in summary["folds"]] == [expected["n_test"]] * expected["folds"]
    for fold, rows in zip(summary["folds"], rows_tested(studies[scheme]), strict=True):
        assert fold["n_train"] + fold["n_validation"] + fold["n_test"] == 60
        assert len(rows) == len(set(rows)) == fold["n_test"]
        assert sum(fold["classes"].values()) == fold["n_test"]
        assert "groups" not in fold
        assert "times" not in fold
    assert len({fold["fingerprint"] for fold in summary["folds"]}) == expected["folds"]


@pytest.mark.parametrize("scheme", ["k_fold", "stratified", "leave_one_out"])
def test_every_row_is_tested_once(studies: dict[str, Run], scheme: str) -> None:
    assert sorted(row for rows in rows_tested(studies[scheme]) for row in rows) == list(range(60))


def test_class_counts_are_those_of_the_test_part(studies: dict[str, Run]) -> None:
    _, labels = points(60)
    for scheme in PLAIN:
        for fold, rows in zip(
            studies[scheme].summary["folds"], rows_tested(studies[scheme]), strict=True
        ):
            counts = np.bincount(labels[rows], minlength=2)
            assert list(fold["classes"].values()) == counts.tolist()
    assert all(
        fold["classes"] == {"0": 6, "1": 6} for fold in studies["stratified"].summary["folds"]
    )


@pytest.mark.parametrize("scheme", PLAIN)
def test_each_scheme_has_its_interval(studies: dict[str, Run], scheme: str) -> None:
    summary = studies[scheme].summary
    assert summary["interval_kind"] == PLAIN[scheme]["kind"]
    assert summary["pooled"]["interval_kind"] == OVER_EXAMPLES
    values = [fold["metrics"]["test"]["accuracy"] for fold in summary["folds"]]
    assert summary["mean"] == pytest.approx(np.mean(values))
    if PLAIN[scheme]["kind"] == OVER_FOLDS:
        assert summary["interval"] == pytest.approx(corrected_interval(values, 12 / 48))
    else:
        assert summary["interval"] == summary["pooled"]["interval"]
        low, high = summary["interval"]
        assert low < summary["mean"] < high


def test_leaving_one_out_draws_its_examples(studies: dict[str, Run]) -> None:
    """As no spread of folds could say: each is 0 or 1."""
    summary = studies["leave_one_out"].summary
    values = [fold["metrics"]["test"]["accuracy"] for fold in summary["folds"]]
    assert set(values) == {0.0, 1.0}
    assert summary["interval"] == pytest.approx(bootstrap_interval(values), abs=0.03)


def test_one_holdout_has_no_spread(studies: dict[str, Run]) -> None:
    assert studies["holdout"].summary["sd"] is None


def test_a_shuffle_tests_some_rows_often_and_pools_each_once(studies: dict[str, Run]) -> None:
    rows = rows_of(studies["shuffle"].folder, "predictions.csv")
    right: dict[int, list[bool]] = {}
    for row in rows:
        right.setdefault(row["row"], []).append(row["target"] == row["predicted"])
    pooled = studies["shuffle"].summary["pooled"]
    assert pooled["n"] == len(right) < len(rows) == 60
    assert pooled["value"] == pytest.approx(np.mean([np.mean(each) for each in right.values()]))


def test_fingerprints_tell_equal_folds(tmp_path: Path) -> None:
    given = plain(tmp_path / "data.npz")

    def prints(*changes: str, seed: int = 0) -> list[str]:
        more = [*changes, f"seed={seed}", "training.epochs=1"]
        study = cross_validate(given, more, folds=2, runs_dir=tmp_path / "runs")
        return [fold["fingerprint"] for fold in study.summary["folds"]]

    first = prints()
    assert prints(seed=5) == first, "the split does not move with the seed"
    assert prints("dataset.scale=none") == first
    assert set(prints("dataset.split_seed=1")).isdisjoint(first)
    assert set(prints("dataset.validation=0.2")).isdisjoint(first), "other parts, same test rows"


def test_an_official_validation_part_is_not_counted_as_training_rows(tmp_path: Path) -> None:
    """Every fold is watched on it, none is trained on it: n_test / n_train is 20 / 40."""
    x, labels = points(90)
    np.savez(tmp_path / "d.npz", x=x[:60], y=labels[:60], v=x[60:], w=labels[60:])
    own = {"path": str(tmp_path / "d.npz"), "x_validation": "v", "y_validation": "w"}
    given = plain(tmp_path / "other.npz", dataset=own | {"validation": "official"})
    summary = cross_validate(given, folds=3, runs_dir=tmp_path / "runs").summary
    values = [fold["metrics"]["test"]["accuracy"] for fold in summary["folds"]]
    assert [(f["n_train"], f["n_validation"], f["n_test"]) for f in summary["folds"]] == [
        (40, 30, 20)
    ] * 3
    assert summary["interval"] == pytest.approx(corrected_interval(values, 20 / 40))


@pytest.mark.parametrize("scheme", ["stratified", "k_fold", "holdout", "shuffle"])
def test_a_kept_test_part_is_in_no_fold(tmp_path: Path, scheme: str) -> None:
    _, data, folds = planned(
        plain(tmp_path / "data.npz"), f"cv.scheme={scheme}", "cv.keep_test=true", "dataset.test=15"
    )
    used = {int(row) for split in folds.splits for part in split.parts().values() for row in part}
    assert len(used) == 45
    # What is kept is what `train` with the same config tests.
    held = split_of(load_config(plain(tmp_path / "data.npz"), ["dataset.test=15"]), None, data)
    assert used == set(range(60)) - set(held.test.tolist())


def test_a_kept_official_test_part_is_kept_as_ever(tmp_path: Path) -> None:
    x, labels = points(80)
    np.savez(tmp_path / "d.npz", x=x[:60], y=labels[:60], x_test=x[60:], y_test=labels[60:])
    own = {"path": str(tmp_path / "d.npz"), "test": "official", **OFFICIAL}
    given = plain(tmp_path / "other.npz", dataset=own)
    for kept in ("true", "false"):
        _, _, folds = planned(given, f"cv.keep_test={kept}")
        assert sorted(int(row) for rows in folds.tested[0] for row in rows) == list(range(60))
