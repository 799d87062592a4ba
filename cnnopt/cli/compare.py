"""`cnnopt compare` and `cnnopt run`: studies of any arms, and study files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin
from cnnopt.cli.options import whole
from cnnopt.errors import UsageError

Arms = Annotated[
    list[str] | None,
    typer.Option(
        "--arm",
        metavar="NAME[: CHANGES]",
        help="A variant: its name, and after a colon its changes as of --set, with semicolons "
        "between them. At least two.",
        show_default=False,
    ),
]
Tune = Annotated[
    list[str] | None,
    typer.Option(
        "--tune",
        metavar="PATH=VALUES",
        help="Values that every arm tries first, with commas between them. May be repeated.",
        show_default=False,
    ),
]
Seeds = Annotated[
    int, typer.Option("--seeds", metavar="N", parser=whole(1), help="Runs per arm, paired.")
]
StudyFile = Annotated[
    Path, typer.Argument(metavar="STUDY", help="A config with a `study` in it.", show_default=False)
]


def compare(
    context: typer.Context,
    config: options.ConfigFile = None,
    arm: Arms = None,
    tune: Tune = None,
    seeds: Seeds = 10,
    fresh: options.Fresh = False,
    set_: options.Set = None,
    seed: options.Seed = None,
    runs_dir: options.RunsDir = options.RUNS,
    jobs: options.Jobs = None,
    threads: options.StudyThreads = 1,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Compare any variants of one config on paired seeds.

    For instance: --arm 'plain' --arm 'sam: regularizers=[sam]'
    """
    call = begin(context, as_json=as_json, quiet=quiet, verbose=verbose)
    arms, grid = arms_of(arm or []), grid_of(tune or [])
    from cnnopt import api_studies as api

    with call.listening() as (listener, stop):
        run = api.compare(
            config,
            set_ or (),
            arms=arms,
            seeds=seeds,
            tune=grid,
            runs_dir=runs_dir,
            seed=seed,
            jobs=jobs,
            threads=threads,
            fresh=fresh,
            stop=stop,
            listener=listener,
        )
    call.finish(run.summary, run.folder)


def run(
    context: typer.Context,
    study: StudyFile,
    fresh: options.Fresh = False,
    set_: options.Set = None,
    seed: options.Seed = None,
    runs_dir: options.RunsDir = options.RUNS,
    jobs: options.Jobs = None,
    threads: options.StudyThreads = 1,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Run a study file: a config that says which study to make of it."""
    call = begin(context, as_json=as_json, quiet=quiet, verbose=verbose)
    from cnnopt import api_studies as api

    with call.listening() as (listener, stop):
        done = api.run_study(
            study,
            set_ or (),
            runs_dir=runs_dir,
            seed=seed,
            jobs=jobs,
            threads=threads,
            fresh=fresh,
            stop=stop,
            listener=listener,
        )
    call.finish(done.summary, done.folder)


def arms_of(given: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the arms of `--arm`: `sam: regularizers=[sam]; seed=1`.

    Raises:
        UsageError: an arm without a name, or two of the same one.
    """
    arms: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, _, changes = text.partition(":")
        if not (name := name.strip()) or "=" in name:
            raise UsageError(f"--arm: must read NAME or NAME: PATH=VALUE; ..., got '{text}'.")
        if name in arms:
            raise UsageError(f"--arm: {name} must be given once.")
        arms[name] = tuple(each.strip() for each in changes.split(";") if each.strip())
    return arms


def grid_of(given: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the values by path of `--tune`.

    Raises:
        UsageError: no path, or no values.
    """
    from cnnopt.studies.values import split_values

    grid: dict[str, tuple[str, ...]] = {}
    for text in given:
        path, _, values = text.partition("=")
        found = split_values(values)
        if not path.strip() or not found or path.strip() in grid:
            raise UsageError(f"--tune: must read PATH=VALUE,VALUE, a path once, got '{text}'.")
        grid[path.strip()] = found
    return grid
