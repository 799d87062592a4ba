from __future__ import annotations

from typing import get_args

import pytest
from made_up import Clock, study, training

from cnnopt.display.lines import ENDINGS, Lines
from cnnopt.training.events import Reason, Stopped


def written(events: str = "training", *, verbose: bool = False, **kind: bool) -> list[str]:
    clock = Clock()
    lines: list[str] = []
    show = Lines(lines.append, clock, verbose=verbose)
    for event in training(clock, **kind) if events == "training" else study(clock):
        show(event)
    return lines


def test_one_line_per_epoch() -> None:
    epochs = [line for line in written() if line.startswith("epoch")]
    assert epochs[0] == (
        "epoch 1 of 3: loss 0.5000 (validation 0.6000), accuracy 90.00 % (validation 89.00 %), "
        "gap 1.0 points (within noise), best so far, about 4 s left"
    )
    assert "best so far" not in epochs[1]
    assert "left" not in epochs[2]
    assert len(epochs) == 3


def test_plan_folder_and_warnings_are_told_in_order() -> None:
    assert written()[:4] == [
        "digits: 1,797 images",
        "Network: 9 layers, 10,186 parameters",
        "run       runs/one",
        "warning: the first loss is 3.61, far from 2.30.",
    ]


def test_no_line_is_broken() -> None:
    assert not [line for line in written() + written("study") if "\n" in line]


def test_without_validation_there_is_no_gap_and_no_best() -> None:
    line = next(line for line in written(validation=False) if line.startswith("epoch"))
    assert line == "epoch 1 of 3: loss 0.5000, accuracy 90.00 %, about 4 s left"


def test_regression_shows_its_own_metrics() -> None:
    line = next(line for line in written(regression=True) if line.startswith("epoch"))
    assert "MAE 0.3000 (validation 0.2900)" in line
    assert "%" not in line


def test_verbose_tells_more() -> None:
    line = next(line for line in written(verbose=True) if line.startswith("epoch"))
    for words in ("step 4", "batch loss 0.9000", "learning rate 0.001", "took 2.0 s"):
        assert words in line
        assert words not in " ".join(written())


def test_one_line_per_trial() -> None:
    assert written("study") == [
        "5 folds",
        "cv: 4 trials, 1 of them finished before",
        "trial 2 of 4, fold 2: accuracy 97.00 % on validation, 98.50 % on test, "
        "best epoch 12 of 20, took 10 s, about 20 s left",
        "trial 3 of 4, fold 3: diverged, took 10 s, about 10 s left",
        "trial 4 of 4, fold 4: accuracy 97.00 % on validation, 98.50 % on test, "
        "best epoch 12 of 20, took 10 s",
    ]


def test_verbose_tells_when_a_trial_starts() -> None:
    lines = written("study", verbose=True)
    assert "trial 2, fold 2: started" in lines
    assert any("on training" in line for line in lines)


@pytest.mark.parametrize(("reason", "said"), [("early_stopping", 1), ("budget", 0)])
def test_an_early_stop_is_explained(reason: str, said: int) -> None:
    lines: list[str] = []
    show = Lines(lines.append, Clock(), verbose=False)
    show(Stopped(reason, 4, 1, lambda: None))  # type: ignore[arg-type]  # a snapshot nobody takes
    assert len([line for line in lines if line.startswith("Stopped early")]) == said


def test_every_reason_to_stop_has_its_words() -> None:
    assert set(ENDINGS) == set(get_args(Reason))
