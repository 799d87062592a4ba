"""What `cv` refuses, before anything is written: path, rule, what was given, remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from folded_problems import RATES, grouped, plain, series
from small_problems import cross_validate

from cnnopt.errors import ConfigError, Fault, UsageError

Given = dict[str, Any]


def numbers(path: Path) -> Given:
    """Return a problem of targets without order."""
    np.savez(path, x=np.random.default_rng(0).normal(size=(40, 3)), y=np.linspace(0, 1, 40))
    return plain(path.with_name("unused.npz"), model=[{"dense": 1}], loss="squared_error") | {
        "dataset": {"name": "npz", "path": str(path)}
    }


def classes(path: Path) -> Given:
    return plain(path)


def subjects(path: Path) -> Given:
    return grouped(path)


def wave(path: Path) -> Given:
    return series(path)


FUTURE = "the rows of series are in order of time: with {} the future would train the past"
HARM = "Use forward_chaining, or cv.allow_leakage: true to see the harm"
KINDS = "k_fold or stratified or group or stratified_group"

REFUSED: list[tuple[Callable[[Path], Given], list[str], tuple[str, str, str, str]]] = [
    *[
        (wave, [f"scheme={scheme}"], ("cv.scheme", FUTURE.format(scheme), scheme, HARM))
        for scheme in ("k_fold", "shuffle", "leave_one_out")
    ],
    *[
        (
            classes,
            [f"scheme={scheme}"],
            ("cv.scheme", f"{scheme} needs groups, and npz has none", scheme, "Use stratified"),
        )
        for scheme in ("group", "stratified_group", "leave_one_group_out")
    ],
    (
        numbers,
        ["scheme=stratified"],
        ("cv.scheme", "stratified needs classes, and npz has targets", "stratified", "Use k_fold"),
    ),
    (
        numbers,
        ["scheme=group"],
        ("cv.scheme", "group needs groups, and npz has none", "group", "Use k_fold"),
    ),
    (
        classes,
        ["scheme=forward_chaining"],
        (
            "cv.scheme",
            "forward_chaining needs rows in order of time, and npz has none",
            "forward_chaining",
            "Use stratified",
        ),
    ),
    (
        subjects,
        ["scheme=forward_chaining"],
        (
            "cv.scheme",
            "forward_chaining needs rows in order of time, and npz has none",
            "forward_chaining",
            "Use stratified_group",
        ),
    ),
    (
        classes,
        ["scheme=k_fold", "gap=2"],
        ("cv.gap", "has no effect with k_fold", "2", "Remove it, or use forward_chaining"),
    ),
    (
        classes,
        ["gap=2"],
        ("cv.gap", "has no effect with stratified", "2", "Remove it, or use forward_chaining"),
    ),
    (
        classes,
        ["scheme=holdout", "repeats=3"],
        ("cv.repeats", "has no effect with holdout", "3", f"Remove it, or use {KINDS}"),
    ),
    (
        classes,
        ["scheme=shuffle", "repeats=3"],
        ("cv.repeats", "has no effect with shuffle", "3", f"Remove it, or use {KINDS}"),
    ),
    (
        classes,
        ["scheme=leave_one_out", "folds=5"],
        (
            "cv.folds",
            "has no effect with leave_one_out",
            "5",
            f"Remove it, or use {KINDS} or shuffle or forward_chaining",
        ),
    ),
    (
        classes,
        ["scheme=stratified", "test=0.3"],
        (
            "cv.test",
            "has no effect with stratified",
            "0.3",
            "Remove it, or use holdout or shuffle or forward_chaining",
        ),
    ),
    (
        wave,
        ["train=20"],
        ("cv.train", "has no effect while the window expands", "20", "Add window: sliding"),
    ),
    (
        wave,
        ["folds=70"],
        (
            "cv.folds",
            "must not exceed the 61 rows less one to train on",
            "70",
            "Use at most 60",
        ),
    ),
    (
        classes,
        ["repeats=2", "shuffle=false"],
        (
            "cv.repeats",
            "needs shuffled folds: else all repetitions are the same",
            "2",
            "Remove shuffle: false",
        ),
    ),
]


@pytest.mark.parametrize(("make", "changes", "fault"), REFUSED)
def test_a_scheme_that_does_not_fit(
    tmp_path: Path,
    make: Callable[[Path], Given],
    changes: list[str],
    fault: tuple[str, str, str, str],
) -> None:
    given = make(tmp_path / "data.npz")
    with pytest.raises(ConfigError) as told:
        cross_validate(given, [f"cv.{each}" for each in changes], runs_dir=tmp_path / "runs")
    (found,) = told.value.faults
    assert (found.path, found.rule, found.given, found.remedy) == fault
    assert not (tmp_path / "runs").exists()
    assert told.value.exit_code == 2


def test_a_test_part_to_keep_has_to_be_there(tmp_path: Path) -> None:
    given = plain(tmp_path / "data.npz", dataset={"test": 0})
    with pytest.raises(ConfigError) as told:
        cross_validate(given, ["cv.keep_test=true"], runs_dir=tmp_path / "runs")
    assert str(told.value) == (
        "--set: cv.keep_test: has no effect: dataset.test is 0, there is no test part to keep, "
        "got true. Remove it, or set dataset.test."
    )


def test_leakage_that_is_allowed_is_measured_and_said(tmp_path: Path) -> None:
    given, runs_dir = series(tmp_path / "s.csv"), tmp_path / "runs"
    leaky = cross_validate(
        given, ["cv.allow_leakage=true"], scheme="k_fold", folds=3, runs_dir=runs_dir
    )
    (note,) = [note for note in leaky.summary["notes"] if "allow_leakage" in note]
    assert "the future may have trained the past" in note
    assert "too good" in note
    honest = cross_validate(given, folds=3, runs_dir=runs_dir)
    assert not any("allow_leakage" in note for note in honest.summary["notes"])


TUNED: list[tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
    *[
        (
            {path: values},
            {},
            ("--tune: cannot be tuned: every fold must have the same data", f"got {path}."),
        )
        for path, values in {
            "dataset.limit": ["30", "40"],
            "dataset": ["digits"],
            "cv.folds": ["2", "3"],
            "seed": ["1", "2"],
            " dataset.split_seed": ["1", "2"],
        }.items()
    ],
    (
        {"optimizer.adam.learning_rate": ["0.1", "1e-1"]},
        {},
        ("must have different values", "learning_rate=0.1 and", "=1e-1, which are the same"),
    ),
    ({"name": ["a", "b"]}, {}, ("must have different values",)),
    ({"optimizer.adam.learning_rate": []}, {}, ("must have values to try",)),
    (
        {"optimizer.adam.learning_rate": ["0.1", "-1"]},
        {},
        ("--tune optimizer.adam.learning_rate=-1: ", "must be a finite number greater than 0"),
    ),
    ({"optimizer.adam.learnin_rate": ["1"]}, {}, ("unknown key", "Did you mean learning_rate?")),
    ({"training.metrics": ["[auc]"]}, {}, ("training.metrics: must begin with accuracy",)),
    ({"model.0.dense": ["2", "3"]}, {}, ("--tune model.0.dense=3: ",)),
    (
        RATES,
        {"inner_folds": 25},
        ("inside fold 1: --inner-folds: must not exceed", "got 25. Use at most 20."),
    ),
]


@pytest.mark.parametrize(("tune", "options", "said"), TUNED)
def test_what_cannot_be_tuned(
    tmp_path: Path, tune: dict[str, Any], options: dict[str, Any], said: tuple[str, ...]
) -> None:
    given = plain(tmp_path / "data.npz")
    with pytest.raises(ConfigError) as told:
        cross_validate(given, folds=3, tune=tune, runs_dir=tmp_path / "runs", **options)
    assert all(part in str(told.value) for part in said), str(told.value)
    assert not (tmp_path / "runs").exists()


def test_losses_of_two_kinds_are_no_measure_to_choose_or_compare_by(tmp_path: Path) -> None:
    given, runs_dir = numbers(tmp_path / "data.npz"), tmp_path / "runs"
    with pytest.raises(ConfigError, match="values of two kinds of loss are not comparable"):
        cross_validate(given, folds=3, tune={"loss": ["squared_error", "huber"]}, runs_dir=runs_dir)
    other = given | {"name": "other", "loss": "huber"}
    with pytest.raises(ConfigError, match="other: loss: must be that of small") as told:
        cross_validate(given, folds=3, compare=other, runs_dir=runs_dir)
    assert told.value.faults == (
        Fault(
            "loss",
            "must be that of small: values of two kinds of loss are not comparable",
            "huber",
            "Give training.metrics, such as [mse], to compare by",
            "other",
        ),
    )
    measured = {"epochs": 1, "batch_size": 16, "metrics": ["mse"]}
    study = cross_validate(
        given | {"training": measured},
        folds=3,
        compare=other | {"training": measured},
        runs_dir=runs_dir,
    )
    assert study.summary["metric"] == "mse"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"folds": 1}, "--folds: must be at least 2, got 1. Use 5 or 10."),
        ({"repeats": 0}, "--repeats: must be at least 1, got 0."),
        ({"inner_folds": 1, "tune": RATES}, "--inner-folds: must be at least 2, got 1. Use 3."),
        ({"inner_folds": 4}, "--inner-folds: has no effect without --tune."),
        ({"refit": True, "tune": RATES}, "--refit and --tune: the folds may choose different"),
        ({"compare": {}, "tune": RATES}, "--compare and --tune: one at a time."),
    ],
)
def test_options_that_do_not_go_together(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(UsageError) as told:
        cross_validate(plain(tmp_path / "data.npz"), runs_dir=tmp_path / "runs", **options)
    assert said in str(told.value)
