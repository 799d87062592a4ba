from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from made_up import comparison_summary, cv_summary, train_summary
from rich.console import Console

from cnnopt.display.results import show_result


def shown(summary: dict[str, Any], folder: Path, width: int = 80) -> str:
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False)
    show_result(console, summary, folder)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "learning_curves.png").touch()
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "meta.json").write_text('{"status": "completed"}')
    (tmp_path / "config.yaml").write_text("training: {select: {best: {metric: accuracy}}}")
    return tmp_path


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("make", [train_summary, cv_summary, comparison_summary])
def test_everything_but_paths_fits_into_80_columns(
    make: Callable[[], dict[str, Any]], folder: Path
) -> None:
    lines = shown(make(), folder).splitlines()
    assert not [line for line in lines if len(line.rstrip()) > 80 and str(folder) not in line]
    assert not [line for line in lines if "…" in line]


def test_a_training_shows_each_part_the_kept_epoch_and_where_things_are(folder: Path) -> None:
    text = shown(train_summary(), folder)
    assert "test 0.0700 98.06 %" in flat(text)
    assert "Weights of epoch 14 of 20, 10,186 parameters" in flat(text)
    assert "Generalization gap: 1.5 points (−0.2 to 3.4): fitting." in text
    assert str(folder / "plots" / "learning_curves.png") in text
    assert f"cnnopt predict {folder} --input FILE" in text


def test_a_path_is_never_broken_over_two_lines(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    assert str(deep) in shown(train_summary(), deep)


def test_an_unfinished_run_is_not_offered_for_use(folder: Path) -> None:
    assert "cnnopt predict" not in shown(train_summary(status="interrupted"), folder)


def test_without_a_test_part_there_is_no_row_for_it(folder: Path) -> None:
    summary = train_summary()
    del summary["metrics"]["test"]
    assert "test" not in shown(summary, folder).split("Run")[0]


def test_a_cross_validation_shows_folds_beside_the_baseline(folder: Path) -> None:
    text = flat(shown(cv_summary(), folder))
    assert "3 359 12 100.00 % 98.00 % 93.00 % 98.30 %" in text
    assert "Mean accuracy on the test parts: 93.00 %, 95 % interval 90.00 to 96.00 %" in text
    assert "spread 1.58 points" in text
    assert "For comparison, on the same folds: 1-nearest-neighbour 98.30 %." in text
    assert "Audit, exact duplicates across folds: 2 found, rows 3 = 7, 4 = 9." in text
    assert "Note: The rows come in blocks by writer." in text


def test_a_list_that_the_audit_cuts_off_keeps_its_dots(folder: Path) -> None:
    found = {"check": "groups on both sides", "found": 6, "detail": "anna, ben, cleo, ..."}
    text = flat(shown(cv_summary() | {"audit": [found]}, folder))
    assert "Audit, groups on both sides: 6 found, anna, ben, cleo, ... " in text


def test_a_note_that_was_told_is_not_repeated(folder: Path) -> None:
    console = Console(file=io.StringIO(), width=80)
    summary = cv_summary()
    show_result(console, summary, folder, told=summary["notes"])
    assert "Note:" not in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_refitted_model_is_the_one_to_use(folder: Path) -> None:
    (folder / "refit" / "checkpoints").mkdir(parents=True)
    assert f"cnnopt predict {folder / 'refit'} " in shown(cv_summary() | {"refit": "refit"}, folder)


def test_repeats_get_a_column_only_when_there_are_some(folder: Path) -> None:
    assert "repeat  fold" not in shown(cv_summary(), folder)
    assert "repeat  fold" in shown(cv_summary(repeats=2), folder, 100)


def test_a_comparison_ends_in_its_verdict(folder: Path) -> None:
    text = flat(shown(comparison_summary(), folder))
    assert "sgd 0.3 10 97.00 % 96.80 to 97.20 % 0.30 97.00 % 0" in text
    assert "sgd 95.00 % 96.00 % 97.00 % 7.2 33 s" in text
    assert "common rate 0.01" in text
    assert "adam − sgd +1.00 +0.50 to +1.50 0.0009" in text
    verdict = text.index("Verdict: adam is better than sgd by 1.0 points (0.5 to 1.5).")
    assert verdict > text.index("Note: sgd: the best rate, 0.3, is on the edge")
    assert verdict > text.index("On the same seeds, adjusted by Holm over all")


def test_the_chosen_rate_and_divergence_are_marked(folder: Path) -> None:
    text = shown(comparison_summary(), folder)
    table = text[text.index("Accuracy on the validation part, below each rate") :].splitlines()
    [at] = [number for number, line in enumerate(table) if line.startswith("sgd")]
    # Each rate has its value below it.
    assert table[at].split() == ["sgd", "*0.3", "3"]
    assert table[at + 1].split()[-1] == "diverged"
    assert "97.00 %" in table[at + 1]


def test_only_pairs_with_the_leader_are_shown(folder: Path) -> None:
    summary = comparison_summary()
    [pair] = summary["pairs"]
    summary["pairs"] += [pair | {"a": "adam", "b": "rmsprop"}, pair | {"a": "sgd", "b": "rmsprop"}]
    text = flat(shown(summary, folder))
    assert "adam − rmsprop" in text
    assert "sgd − rmsprop" not in text
    assert "over all 3 pairs" in text


def test_rates_are_judged_by_what_tuning_looked_at(folder: Path) -> None:
    (folder / "config.yaml").write_text("training: {select: {best: {metric: loss}}}")
    text = shown(comparison_summary(), folder)
    table = text[text.index("Loss on the validation part, below each rate") :]
    assert "0.9700" in table[: table.index("On the same seeds")]
    assert "98.00 %" in text  # the test part is still told as accuracy


def test_a_diverged_fold_is_marked(folder: Path) -> None:
    summary = cv_summary()
    summary["folds"][1] |= {"status": "diverged", "best_epoch": 0}
    rows = shown(summary, Path("runs") / "one").splitlines()
    assert [line[0] for line in rows if "diverged" in line] == ["2"]


def test_a_budget_in_steps_is_paced_in_steps(folder: Path) -> None:
    assert "epochs to target" in flat(shown(comparison_summary(), folder, 120))
    (folder / "config.yaml").write_text("training: {steps: 10000}")
    text = flat(shown(comparison_summary(), folder, 120))
    assert "steps to target" in text
    assert "epochs to target" not in text
    assert "sgd 95.00 % 96.00 % 97.00 % 3,625 33 s" in text
