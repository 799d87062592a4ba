"""What the benchmarks' command lines have in common."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.machine import Watch, about_machine, disturbance


def json_file(text: str) -> Path:
    """Return the path of a file to write, whose folder exists: asked before minutes of work."""
    path = Path(text)
    if path.is_dir() or not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"cannot be written: {text}; name a file in a folder")
    return path


def thread_counts(text: str) -> list[int]:
    """Return the different numbers of threads of a text such as `1,2`."""
    try:
        counts = [int(word) for word in text.split(",")]
    except ValueError:
        counts = [0]
    if min(counts) < 1:
        raise argparse.ArgumentTypeError(f"must be whole numbers from 1, such as 1,2; got {text}")
    return list(dict.fromkeys(counts))


def at_least(least: int, text: str) -> int:
    """Return a whole number that is not below `least`."""
    try:
        number = int(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise argparse.ArgumentTypeError(f"must be a whole number from {least}; got {text}")
    return number


def write_json(path: Path, document: dict[str, Any]) -> None:
    """Write a benchmark's figures."""
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def conclude(name: str, figures: dict[str, Any], watch: Watch, path: Path | None) -> None:
    """End a benchmark: say whether others disturbed it, write its figures where that is wanted."""
    others = watch.others()
    if told := disturbance(others):
        print(told)
    if path is not None:
        document = {"benchmark": name, **figures, "others": others, **about_machine()}
        write_json(path, document)
