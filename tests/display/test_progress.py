from __future__ import annotations

import pytest
from made_up import Clock, row, study, training

from cnnopt.display.progress import StudyProgress, TrainingProgress, part_of
from cnnopt.training.events import Started, StepDone
from cnnopt.trials.events import StudyStarted, TrialDone, TrialStarted


def test_time_left_is_the_pace_times_the_steps_left() -> None:
    clock = Clock(tick=0.5)
    progress = TrainingProgress(clock)
    for event in training(clock, epochs=3, steps=4):
        progress.hear(event)
        if isinstance(event, StepDone):
            assert progress.seconds_left == pytest.approx(0.5 * (12 - event.step))
    assert progress.seconds_left == 0


def test_a_resumed_training_counts_only_its_own_steps() -> None:
    clock = Clock()
    progress = TrainingProgress(clock)
    progress.hear(Started(8, 12, 3, 4, {"train": 100}, 10))
    assert progress.seconds_left is None
    clock.now += 2
    progress.hear(StepDone(9, 3, 0.1))
    assert progress.seconds_left == pytest.approx(2 * 3)
    assert (progress.epoch, progress.batch) == (3, (1, 4))


def test_epoch_and_batch_follow_the_steps() -> None:
    progress = TrainingProgress(Clock())
    progress.hear(Started(0, 10, 3, 4, {"train": 100}, 10))  # the last epoch has two steps only
    places = []
    for step in range(1, 11):
        progress.hear(StepDone(step, 1 + (step - 1) // 4, 0.1))
        places.append((progress.epoch, *progress.batch))
    assert places[2:5] == [(1, 3, 4), (2, 0, 4), (2, 1, 4)]
    assert places[8:] == [(3, 1, 2), (3, 2, 2)]


def test_best_is_the_last_row_that_was_called_best() -> None:
    clock = Clock()
    progress = TrainingProgress(clock)
    seen = []
    for event in training(clock):
        progress.hear(event)
        if progress.row:
            seen.append((progress.row["epoch"], progress.best["epoch"]))
    assert dict(seen) == {1: 1, 2: 1, 3: 3}


def test_no_gap_without_validation() -> None:
    clock = Clock()
    progress = TrainingProgress(clock)
    for event in training(clock, rows={"train": 100}, validation=False):
        progress.hear(event)
    assert progress.gap is None


def test_a_study_knows_what_runs_what_is_done_and_how_long_it_takes() -> None:
    clock = Clock()
    progress = StudyProgress(clock)
    left = []
    for event in study(clock):
        progress.hear(event)
        left.append((progress.finished, dict(progress.running), progress.seconds_left))
    assert left[1] == (1, {}, None)
    assert left[2] == (1, {2: "fold 2"}, None)
    assert left[3] == (2, {}, 20.0)
    assert left[-1] == (4, {}, 0.0)
    assert [trial.index for trial in progress.done] == [2, 3, 4]


def test_two_workers_take_half_as_long() -> None:
    clock = Clock()
    progress = StudyProgress(clock)
    progress.hear(StudyStarted("cv", 5, 0))
    for index in (1, 2):
        progress.hear(TrialStarted(index, f"fold {index}"))
    clock.now += 6
    progress.hear(TrialDone(1, "fold 1", "completed", 6.0, {}))
    assert progress.seconds_left == 4 * 6.0 / 2
    clock.now += 2  # nothing happens, but time goes by
    assert progress.seconds_left == 4 * 6.0 / 2 - 2
    clock.now += 100
    assert progress.seconds_left == 0


def test_parts_of_a_row() -> None:
    assert part_of(row(1, 4), "validation") == {"loss": 0.6, "accuracy": 0.89}
    assert part_of(row(1, 4, validation=False), "validation") == {}
