"""`python -m benchmarks.report FILE...`: what was measured, into docs/performance.md.

Each part of the page that was measured stands between two comments that name its benchmark. It is
written anew where a JSON file of that benchmark is given, and left alone otherwise. Several files
of `throughput` are several runs, each with a column of ratios.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.machine import ROOT
from benchmarks.report import tables
from benchmarks.report.tables import Document

SINGLE: dict[str, Callable[[Document], str]] = {
    "startup": tables.startup,
    "studies": tables.studies,
    "kernels": tables.kernels,
    "augmentation": tables.augmentation,
}
PICTURE = Path("pictures") / "throughput.png"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page and the picture and return the exit code."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.report",
        description="Write the measured parts of docs/performance.md and its picture.",
    )
    made.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="what the benchmarks wrote by --json"
    )
    made.add_argument(
        "--docs",
        type=Path,
        default=ROOT / "docs",
        metavar="FOLDER",
        help="where performance.md and pictures/ are (default: docs)",
    )
    given = made.parse_args(arguments)
    page = given.docs / "performance.md"
    try:
        documents = read(given.files)
        parts = sections(documents)
        page.write_text(
            replaced(page.read_text(encoding="utf-8"), parts), encoding="utf-8", newline="\n"
        )
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if runs := documents.get("throughput"):
        from benchmarks.report.picture import draw

        draw(tables.by_allocator(runs)[0], given.docs / PICTURE)
    print(f"{page}: written anew: {', '.join(parts)}")
    return 0


def read(files: Sequence[Path]) -> dict[str, list[Document]]:
    """Return the documents by their benchmark.

    Raises:
        ValueError: a file is not one of ours, or there are two of a kind that has one.
    """
    found: dict[str, list[Document]] = {}
    for file in files:
        document = json.loads(file.read_text(encoding="utf-8"))
        name = document.get("benchmark") if isinstance(document, dict) else None
        if name != "throughput" and name not in SINGLE:
            raise ValueError(f"{file}: was not written by a benchmark with --json")
        found.setdefault(name, []).append(document)
        if name in SINGLE and len(found[name]) > 1:
            raise ValueError(f"{file}: is the second file of '{name}'; give one")
    return found


def sections(documents: Mapping[str, Sequence[Document]]) -> dict[str, str]:
    """Return the measured part of each benchmark."""
    parts = {name: make(documents[name][0]) for name, make in SINGLE.items() if name in documents}
    if runs := documents.get("throughput"):
        parts["throughput"] = tables.throughput(runs)
    return parts


def replaced(page: str, parts: Mapping[str, str]) -> str:
    """Return the page with new measured parts.

    Raises:
        ValueError: the page has no place for one.
    """
    for name, text in parts.items():
        begin, end = f"<!-- measured: {name} -->", "<!-- end -->"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        pieces = pattern.split(page)
        if len(pieces) != 2:
            raise ValueError(f"the page has {len(pieces) - 1} places '{begin}' ... '{end}', not 1")
        page = f"{begin}\n{text}\n{end}".join(pieces)
    return page


if __name__ == "__main__":
    sys.exit(main())
