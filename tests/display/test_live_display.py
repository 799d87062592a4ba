from __future__ import annotations

import io

import pytest
from made_up import Clock, study, training
from rich.console import Console
from rich.text import Text

from cnnopt.display.console import can_live, make_console
from cnnopt.display.live import STOPPING, LiveDisplay, hang
from cnnopt.display.show import showing
from cnnopt.training.events import EpochDone, StepDone
from cnnopt.trials.events import StudyStarted, TrialDone


@pytest.fixture(autouse=True)
def _a_terminal_with_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite may run in no terminal, or in a dumb one without colours."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)


def terminal(width: int = 80) -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=width, highlight=False)


def frame(display: LiveDisplay, width: int = 80) -> list[str]:
    """Return what the live lines show now, as plain text."""
    console = Console(file=io.StringIO(), width=width, force_terminal=False, markup=False)
    console.print(display)
    return Text.from_ansi(console.file.getvalue()).plain.splitlines()  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [80, 120])
def test_a_frame_of_training_fits_and_shows_everything(width: int) -> None:
    clock = Clock()
    with LiveDisplay(terminal(width), clock, lambda: False, verbose=False) as display:
        for event in training(clock):
            display(event)
            if isinstance(event, StepDone) and event.step == 6:
                lines = frame(display, width)
                break
    text = "\n".join(lines)
    assert max(map(len, lines)) <= width
    for words in (
        "epoch 2 of 3",
        "batch 2 of 4",
        "50 %  about 3 s left",
        "batch loss 0.3333",
        "after epoch 1",
        "best: epoch 1",
        "90.00 %",
        "89.00 %",
        "generalization gap  1.0 points, within noise",
    ):
        assert words in text
    assert "…" not in text


def test_a_frame_of_a_study_shows_trials() -> None:
    clock = Clock()
    with LiveDisplay(terminal(), clock, lambda: False, verbose=False) as display:
        for event in study(clock):
            display(event)
        lines = frame(display)
    text = "\n".join(lines)
    assert "4 of 4 trials" in text
    assert "validation accuracy" in text
    assert "diverged" in text
    assert max(map(len, lines)) <= 80


def test_being_asked_to_stop_is_shown() -> None:
    clock = Clock()
    asked = [False]
    with LiveDisplay(terminal(), clock, lambda: asked[0], verbose=False) as display:
        for event in training(clock):
            display(event)
        before = frame(display)
        asked[0] = True
        assert [*before, STOPPING] == frame(display)


def test_verbose_leaves_a_line_per_epoch_above() -> None:
    for verbose in (False, True):
        clock, console = Clock(), terminal(200)
        epochs = 0
        with LiveDisplay(console, clock, lambda: False, verbose=verbose) as display:
            for event in training(clock):
                display(event)
                epochs += isinstance(event, EpochDone)
        text = console.file.getvalue()  # type: ignore[attr-defined]
        assert text.count("learning rate 0.001") == (epochs if verbose else 0)


def test_the_terminal_is_left_as_it_was_when_something_breaks() -> None:
    clock, console = Clock(), terminal()

    def break_in_the_middle() -> None:
        with LiveDisplay(console, clock, lambda: False, verbose=False) as display:
            for event in training(clock):
                display(event)
                if isinstance(event, StepDone):
                    raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        break_in_the_middle()
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # the cursor is shown again


def test_a_pipe_and_a_dumb_terminal_get_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert not can_live(terminal())
    monkeypatch.setenv("TERM", "xterm")
    assert can_live(terminal())
    assert not can_live(Console(file=io.StringIO()))


def test_lines_are_as_long_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with showing(make_console(), 0, lambda: False) as (show, live):
        for event in training(clock):
            show(event)
    out = capsys.readouterr().out
    assert not live
    assert [line for line in out.splitlines() if len(line) > 100]
    assert "\x1b" not in out


def test_long_lines_of_the_plan_hang_below_their_text() -> None:
    line = "data      " + "digits: 1,797 examples, " * 5 + "seed 0"
    text = hang(line, " " * 10, 40)
    assert " ".join(text.split()) == " ".join(line.split())
    assert all(len(part) <= 40 for part in text.splitlines())
    assert all(part.startswith(" " * 10) for part in text.splitlines()[1:])
    path = "run       " + "runs/" + "x-" * 40
    assert "x-" * 40 in hang(path, " " * 10, 40)  # a path can be copied


def test_quiet_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with showing(make_console(), -1, lambda: False) as (show, _):
        for event in training(clock):
            show(event)
    assert capsys.readouterr() == ("", "")


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    coloured = {}
    for value in ("", "1"):
        monkeypatch.setenv("NO_COLOR", value)
        clock, console = Clock(), terminal()
        with LiveDisplay(console, clock, lambda: False, verbose=False) as display:
            for event in training(clock):
                display(event)
        text = console.file.getvalue()  # type: ignore[attr-defined]
        coloured[value] = any(code in text for code in ("\x1b[33m", "\x1b[36m"))
    assert coloured == {"": True, "1": False}


def test_a_frame_of_a_search_shows_the_best_so_far() -> None:
    clock = Clock()
    with LiveDisplay(terminal(), clock, lambda: False, verbose=False) as display:
        display(StudyStarted("random", 3, 0))
        for index, (loss, label) in enumerate(
            [(0.5, "width 8"), (0.25, "width 16"), (0.4, "width 32")], 1
        ):
            result = {
                "status": "completed",
                "selection": {"metric": "loss", "value": loss},
                "metrics": {"validation": {"loss": loss}},
            }
            display(TrialDone(index, label, "completed", 1.0, result, "random"))
        lines = frame(display)
    head = next(n for n, line in enumerate(lines) if "best loss" in line)
    assert lines[head + 1].split() == ["random", "3", "0.2500", "width", "16"]
    assert any(line.startswith("width 32") for line in lines)  # the newest ones are below
