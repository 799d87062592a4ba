"""The first signal asks, the second ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from cnnopt.cli.signals import NOTICE, caught

POLITE = """
from cnnopt.cli.signals import caught
with caught() as stop:
    print("ready", flush=True)
    while not stop():
        pass
raise SystemExit(stop.exit_code)
"""

STUBBORN = """
from cnnopt.cli.signals import caught
with caught() as stop:
    try:
        print("ready", flush=True)
        while not stop():
            pass
        print("asked", flush=True)
        while True:
            pass
    finally:
        print("cleaned up", flush=True)
"""

CODES = [(signal.SIGINT, 130), (signal.SIGTERM, 143)]


@contextmanager
def running(code: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "ready\n"
            yield child
        finally:
            child.kill()


@pytest.mark.parametrize(("number", "code"), CODES)
def test_the_first_signal_asks(number: signal.Signals, code: int) -> None:
    with running(POLITE) as child:
        child.send_signal(number)
        out, err = child.communicate(timeout=60)
        assert child.returncode == code
    assert out == ""
    assert err.strip() == NOTICE


@pytest.mark.parametrize(("number", "code"), CODES)
def test_the_second_signal_ends_at_once(number: signal.Signals, code: int) -> None:
    with running(STUBBORN) as child:
        child.send_signal(signal.SIGINT)
        assert child.stdout is not None
        assert child.stdout.readline() == "asked\n"
        child.send_signal(number)
        out, _ = child.communicate(timeout=60)
        assert child.returncode == code
    assert out == ""  # not even cleaned up: that could wait for a worker


def test_a_live_display_announces_it_itself(capfd: pytest.CaptureFixture[str]) -> None:
    with caught() as stop:
        stop.announces = False
        signal.raise_signal(signal.SIGTERM)
        assert stop()
    assert capfd.readouterr().err == ""


def test_the_handlers_of_before_come_back() -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with caught():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
