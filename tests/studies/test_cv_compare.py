"""`cv --compare`: the same folds, the difference by hand, its sign, and what the verdict says."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folded_problems import (
    OVER_BLOCKS,
    OVER_EXAMPLES,
    OVER_FOLDS,
    OVER_GROUPS,
    grouped,
    plain,
    points,
    series,
)
from scipy import stats
from small_problems import cross_validate, rows_of

from cnnopt.api import Run
from cnnopt.errors import ConfigError
from cnnopt.statistics import Interval, bootstrap_interval
from cnnopt.studies.cv_compare import verdict
from cnnopt.studies.fold_interval import Bounds

LEARNS = {"optimizer": {"adam": {"learning_rate": 0.1}}, "training": {"epochs": 8}}
HARDLY = {"optimizer": {"sgd": {"learning_rate": 1e-6}}, "training": {"epochs": 1}}


def poor(config: dict[str, Any]) -> dict[str, Any]:
    return config | {"name": "poor"} | HARDLY


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path = tmp_path_factory.mktemp("data") / "data.npz"
    given = plain(path, **LEARNS)
    x, labels = points(60)
    x[:, 0] += 4 * labels
    np.savez(path, x=x, y=labels)
    return given


@pytest.fixture(scope="module")
def study(config: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Run:
    runs_dir = tmp_path_factory.mktemp("runs")
    return cross_validate(config, folds=5, repeats=2, compare=poor(config), runs_dir=runs_dir)


def values_of(study: Run, column: str) -> tuple[np.ndarray, np.ndarray]:
    rows = rows_of(study.folder, "results.csv")
    names = list(dict.fromkeys(row["model"] for row in rows))
    a, b = (np.array([row[column] for row in rows if row["model"] == name]) for name in names)
    return a, b


def test_both_models_are_tested_on_the_same_rows(study: Run) -> None:
    rows = rows_of(study.folder, "predictions.csv")
    places = {
        name: [(r["repeat"], r["fold"], r["row"]) for r in rows if r["model"] == name]
        for name in ("small", "poor")
    }
    assert places["small"] == places["poor"]
    assert len(places["small"]) == 120
    prints = [
        [fold["fingerprint"] for fold in summary["folds"]]
        for summary in (study.summary, study.summary["compare"]["other"])
    ]
    assert prints[0] == prints[1]


def test_the_difference_its_interval_and_p_by_hand(study: Run) -> None:
    a, b = values_of(study, "test_accuracy")
    apart, said = a - b, study.summary["compare"]
    assert (said["a"], said["b"], said["n"]) == ("small", "poor", 10)
    assert said["difference"] == pytest.approx(apart.mean())
    assert said["difference"] > 0.2
    error = math.sqrt((1 / 10 + 12 / 48) * apart.var(ddof=1))
    half = stats.t.ppf(0.975, 9) * error
    assert said["interval"] == pytest.approx([apart.mean() - half, apart.mean() + half])
    assert said["p"] == pytest.approx(2 * stats.t.sf(abs(apart.mean() / error), 9))
    assert said["interval_kind"] == OVER_FOLDS
    assert said["p"] < 0.05
    low, high = said["interval"]
    assert said["verdict"].startswith("small is better than poor by ")
    assert f"points ({100 * low:.0f} to {100 * high:.0f})" in said["verdict"]
    assert said["verdict"].endswith(f"paired on the same 10 folds; {OVER_FOLDS}.")


def test_the_summary_is_of_the_first_model_and_the_other_s_stands_beside_it(
    study: Run, config: dict[str, Any], tmp_path: Path
) -> None:
    alone = {
        name: cross_validate(given, folds=5, repeats=2, runs_dir=tmp_path / name).summary
        for name, given in (("small", config), ("poor", poor(config)))
    }
    for key in ("mean", "sd", "interval", "pooled", "folds"):
        assert study.summary[key] == alone["small"][key]
        assert study.summary["compare"]["other"][key] == alone["poor"][key]


def test_the_other_way_round_only_the_sign_turns(
    study: Run, config: dict[str, Any], tmp_path: Path
) -> None:
    turned = cross_validate(
        poor(config), folds=5, repeats=2, compare=config, runs_dir=tmp_path / "runs"
    ).summary["compare"]
    said = study.summary["compare"]
    assert turned["difference"] == -said["difference"]
    assert turned["interval"] == [-said["interval"][1], -said["interval"][0]]
    assert (turned["p"], turned["verdict"]) == (said["p"], said["verdict"])


def test_a_lower_loss_is_better_and_its_difference_is_negative(tmp_path: Path) -> None:
    """Of one scheme for each kind of data, with the interval that this kind has."""
    given = series(tmp_path / "s.csv", **LEARNS)
    for changes, kind in (
        ({"scheme": "forward_chaining"}, OVER_BLOCKS),
        ({"scheme": "k_fold", "overrides": ["cv.allow_leakage=true"]}, OVER_FOLDS),
    ):
        study = cross_validate(
            given, folds=4, compare=poor(given), runs_dir=tmp_path / "runs", **changes
        )
        said = study.summary["compare"]
        a, b = values_of(study, "test_loss")
        assert said["difference"] == pytest.approx(np.mean(a - b))
        assert said["difference"] < 0
        assert said["interval"][1] < 0
        assert said["interval_kind"] == kind
        assert (said["p"] is None) == (kind == OVER_BLOCKS)
        assert said["verdict"].startswith("small is better than poor by ")
        assert "in loss (" in said["verdict"]
        assert "-" not in said["verdict"].partition(" by ")[2].partition(";")[0], "said as a gain"


def test_a_model_is_identical_to_itself(config: dict[str, Any], tmp_path: Path) -> None:
    study = cross_validate(config, folds=3, compare=config, runs_dir=tmp_path / "runs")
    said = study.summary["compare"]
    assert (said["difference"], said["interval"], said["p"]) == (0.0, [0.0, 0.0], 1.0)
    assert said["verdict"] == "small and small (2) are identical on all 3 folds."
    assert len((study.folder / "journal.jsonl").read_text().splitlines()) == 3, "run once"


def test_what_is_alike_is_not_told_apart(config: dict[str, Any], tmp_path: Path) -> None:
    other = config | {"name": "other", "seed": 1, "training": {"epochs": 7}}
    said = cross_validate(config, folds=5, compare=other, runs_dir=tmp_path).summary["compare"]
    low, high = said["interval"]
    assert said["p"] > 0.05
    assert low <= 0 <= high
    assert " are not distinguishable: " in said["verdict"] or "identical" in said["verdict"]


@pytest.mark.parametrize("scheme", ["leave_one_out", "holdout"])
def test_examples_are_drawn_in_pairs(config: dict[str, Any], tmp_path: Path, scheme: str) -> None:
    changes = ["cv.test=20"] if scheme == "holdout" else []
    study = cross_validate(
        config, changes, scheme=scheme, compare=poor(config), runs_dir=tmp_path / "runs"
    )
    rows = rows_of(study.folder, "predictions.csv")
    right: dict[str, dict[int, float]] = {"small": {}, "poor": {}}
    for row in rows:
        right[row["model"]][row["row"]] = float(row["target"] == row["predicted"])
    apart = [right["small"][number] - right["poor"][number] for number in right["small"]]
    said = study.summary["compare"]
    assert (said["p"], said["interval_kind"]) == (None, OVER_EXAMPLES)
    assert said["difference"] == pytest.approx(np.mean(apart))
    assert said["interval"] == pytest.approx(bootstrap_interval(apart), abs=0.05)
    assert said["interval"][0] > 0
    assert said["verdict"].startswith("small is better than poor by ")
    assert f"the same {60 if scheme == 'leave_one_out' else 1} fold" in said["verdict"]
    assert "1 folds" not in said["verdict"]


def test_groups_that_are_left_out_are_drawn_in_pairs_each_once(tmp_path: Path) -> None:
    given = grouped(tmp_path / "g.npz", **LEARNS)
    study = cross_validate(
        given, scheme="leave_one_group_out", compare=poor(given), runs_dir=tmp_path / "runs"
    )
    a, b = values_of(study, "test_accuracy")
    said = study.summary["compare"]
    assert said["interval_kind"] == OVER_GROUPS
    assert said["difference"] == pytest.approx(np.mean(a - b))
    assert said["interval"] == pytest.approx(bootstrap_interval(a - b), abs=0.04)


def test_other_data_and_other_splits_are_refused(config: dict[str, Any], tmp_path: Path) -> None:
    x, labels = points(60, seed=9)
    np.savez(tmp_path / "other.npz", x=x, y=labels)
    runs_dir = tmp_path / "runs"

    def told(changes: dict[str, Any], *first: str) -> str:
        other = config | {"name": "other", "dataset": config["dataset"] | changes}
        with pytest.raises(ConfigError) as fault:
            cross_validate(config, first, folds=3, compare=other, runs_dir=runs_dir)
        assert not runs_dir.exists()
        return str(fault.value)

    assert told({"path": str(tmp_path / "other.npz")}) == (
        "other: dataset: must be the data of small, got npz. Compare on the same data."
    )
    split = (
        "other: dataset: must make the folds of small: they would not be paired. "
        "Give both the same split_seed, limit, test and validation."
    )
    assert told({"split_seed": 1}) == split
    assert told({"limit": 50}) == split
    assert told({"test": 0.4}, "cv.keep_test=true") == split


def test_what_changes_no_fold_may_differ(config: dict[str, Any], tmp_path: Path) -> None:
    """Scale and inner validation are the model's own business; so is a `cv` of its own, unused."""
    other = config | {
        "name": "other",
        "dataset": config["dataset"] | {"scale": "none", "validation": 0.3},
        "cv": {"scheme": "shuffle", "folds": 7},
    }
    study = cross_validate(config, folds=3, compare=other, runs_dir=tmp_path / "runs")
    assert study.summary["compare"]["n"] == 3
    other_folds = study.summary["compare"]["other"]["folds"]
    assert [fold["n_validation"] for fold in other_folds] == [12, 12, 12]


def test_a_metric_that_is_undefined_on_a_fold_is_told_and_not_tested(tmp_path: Path) -> None:
    """The AUC of a fold with one class: no comparison, and no traceback."""
    labels = np.array([0] * 57 + [1] * 3)
    np.savez(tmp_path / "rare.npz", x=np.random.default_rng(0).normal(size=(60, 4)), y=labels)
    measured = {"training": {"epochs": 1, "metrics": ["auc"]}}
    given = plain(tmp_path / "unused.npz", **measured)
    given["dataset"] = {"name": "npz", "path": str(tmp_path / "rare.npz")}
    study = cross_validate(
        given,
        scheme="k_fold",
        folds=10,
        compare=given | {"name": "b", "seed": 1},
        runs_dir=tmp_path / "runs",
    )
    said = study.summary["compare"]
    assert (said["difference"], said["p"]) == (None, None)
    assert said["verdict"] == (
        "small and b are not compared: auc is undefined on some of the 10 folds."
    )
    undefined = sum(f["metrics"]["test"]["auc"] is None for f in study.summary["folds"])
    assert 7 <= undefined < 10
    (note,) = [note for note in study.summary["notes"] if "undefined" in note]
    assert note.startswith(f"auc is undefined on {undefined} of 10 folds")


@pytest.mark.parametrize(
    ("metric", "difference", "ends", "decided", "said"),
    [
        ("accuracy", 0.1, (0.05, 0.15), True, "a is better than b by 10.0 points (5.0 to 15.0), "),
        ("accuracy", -0.1, (-0.15, -0.05), True, "b is better than a by 10.0 points (5.0 to 15.0)"),
        ("loss", 0.1, (0.05, 0.15), True, "b is better than a by 0.100 in loss (0.050 to 0.150), "),
        ("loss", -0.1, (-0.15, -0.05), True, "a is better than b by 0.100 in loss (0.050 to 0.1"),
        ("accuracy", 0.1, (-0.1, 0.3), False, "a and b are not distinguishable: 10 points (-10 to"),
        ("loss", 0.1, (-0.1, 0.3), False, "b and a are not distinguishable: 0.10 in loss (-0.10"),
        ("loss", 0.0, (0.0, 0.0), False, "a and b are identical on all 4 folds."),
        ("loss", 0.0, (-1.0, 1.0), False, "a and b are not distinguishable: 0.0 in loss (-1.0 to"),
        ("auc", 0.1, None, False, "a and b are not tested: a is ahead by 0.10 in auc, but auc is "),
        ("auc", -0.1, None, False, "b and a are not tested: b is ahead by 0.10 in auc, but auc is"),
        ("auc", 0.0, None, False, "a and b are not tested: they are level, but auc is no mean"),
        ("auc", math.nan, None, False, "a and b are not compared: auc is undefined on some of"),
    ],
)
def test_sentences(
    metric: str,
    difference: float,
    ends: tuple[float, float] | None,
    decided: bool,
    said: str,
) -> None:
    bounds = Bounds(None if ends is None else Interval(*ends), OVER_FOLDS)
    assert verdict("a", "b", difference, bounds, decided, metric, 4).startswith(said)
