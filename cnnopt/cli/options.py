"""The options that several commands share; each means the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from cnnopt.errors import UsageError


def whole(minimum: int) -> Callable[[str], int]:
    """Return a parser of whole numbers of at least `minimum`."""

    def number(text: str) -> int:
        # Typer hands defaults to the parser as well, so the value need not be a text.
        try:
            value = int(str(text))
        except ValueError:
            value = minimum - 1
        if value < minimum:
            rule = f"must be a whole number of at least {minimum}, got '{text}'."
            raise typer.BadParameter(rule)
        return value

    return number


def names(
    text: str, option: str = "--optimizers", example: str = "sgd,momentum,adam"
) -> tuple[str, ...]:
    """Split the value of an option, such as `sgd,momentum,adam`, into its names.

    Raises:
        UsageError: when there is no name in it.
    """
    found = tuple(name.strip() for name in text.split(",") if name.strip())
    if not found:
        rule = "must be names with commas between them"
        raise UsageError(f"{option}: {rule}, got '{text}'. Use {example}.")
    return found


ConfigFile = Annotated[
    Path | None,
    typer.Argument(
        metavar="CONFIG",
        help="YAML file; without one, config.yaml in this folder, else the built-in digits config.",
        show_default=False,
    ),
]
RunName = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="Run folder, its name or a part of it that no other has, or 'latest'.",
        show_default=False,
    ),
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Change a setting, such as optimizer.adam.learning_rate=3e-4. May be repeated.",
        show_default=False,
    ),
]
RunsDir = Annotated[
    Path, typer.Option("--runs-dir", metavar="FOLDER", help="Where run folders are.")
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        metavar="N",
        parser=whole(0),
        help="Seed of weights, order and masks, in place of the config's.",
        show_default=False,
    ),
]
Jobs = Annotated[
    int | None,
    typer.Option(
        "--jobs", metavar="N", parser=whole(1), help="Worker processes; by default, one per core."
    ),
]
TrainThreads = Annotated[
    int | None,
    typer.Option(
        "--threads", metavar="N", parser=whole(1), help="Threads; by default, one per core."
    ),
]
StudyThreads = Annotated[
    int,
    typer.Option("--threads", metavar="N", parser=whole(1), help="Threads in each worker."),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Start anew, even where an unfinished study could go on.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print more.")]
Json = Annotated[
    bool, typer.Option("--json", help="Print the summary as one JSON document on stdout.")
]

RUNS = Path("runs")


def grid_of(given: list[str], option: str = "--tune") -> dict[str, tuple[str, ...]]:
    """Return the values by path of `--tune`, or of another option that takes them.

    Raises:
        UsageError: no path, or no values.
    """
    from cnnopt.studies.values import split_values

    grid: dict[str, tuple[str, ...]] = {}
    for text in given:
        path, _, values = text.partition("=")
        found = split_values(values)
        if not path.strip() or not found or path.strip() in grid:
            raise UsageError(f"{option}: must read PATH=VALUE,VALUE, a path once, got '{text}'.")
        grid[path.strip()] = found
    return grid
