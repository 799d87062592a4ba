"""`cnnopt runs`: what was run, what came of it, what differs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin, print_json
from cnnopt.errors import UsageError

app = typer.Typer(help="List, show or compare runs.")

Names = Annotated[
    list[str],
    typer.Argument(metavar="RUN RUN...", help="Two or more runs, named as for 'runs show'."),
]
Plot = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE.png",
        help="Where the curves are drawn; by default, in the folder of runs.",
        show_default=False,
    ),
]


@app.callback()
def _runs() -> None:
    """List, show or compare runs."""


@app.command("list")
def list_(
    context: typer.Context,
    runs_dir: options.RunsDir = options.RUNS,
    as_json: options.Json = False,
) -> None:
    """List the runs, the newest last."""
    call = begin(context, as_json=as_json)
    from cnnopt.display.runs import as_rows, show_runs
    from cnnopt.records import list_runs

    records = list_runs(runs_dir)
    if call.as_json:
        print_json(as_rows(records))
        return
    from cnnopt.display.console import make_console

    show_runs(make_console(), records, runs_dir)


@app.command("show")
def show(
    context: typer.Context,
    run: options.RunName,
    runs_dir: options.RunsDir = options.RUNS,
    as_json: options.Json = False,
) -> None:
    """Show what a run was and what came of it."""
    call = begin(context, as_json=as_json)
    from cnnopt.records import find_run, load_run

    record = load_run(find_run(run, runs_dir))
    if call.as_json:
        facts = {"status": record.status, "folder": str(record.folder)}
        print_json({**record.summary, **facts, "meta": record.meta, "config": record.config})
        return
    from cnnopt.display.console import make_console
    from cnnopt.display.runs import show_run

    show_run(make_console(), record)


@app.command("compare")
def compare(
    context: typer.Context,
    runs: Names,
    output: Plot = None,
    runs_dir: options.RunsDir = options.RUNS,
    as_json: options.Json = False,
) -> None:
    """Show how the settings and results of runs differ, and draw their curves into one picture."""
    call = begin(context, as_json=as_json)
    if len(runs) < 2:
        raise UsageError("A comparison needs two runs or more. See 'cnnopt runs list'.")
    from cnnopt.display.runs import differences, final_metrics, show_differences
    from cnnopt.plots import draw_overlay
    from cnnopt.records import find_run, load_run

    records = [load_run(find_run(run, runs_dir)) for run in runs]
    ends = "-".join(record.folder.name.rpartition("-")[2] for record in records)
    path = output or runs_dir / f"compare-{ends}.png"
    draw_overlay(records, path)
    if call.as_json:
        print_json(
            {
                "runs": [str(record.folder) for record in records],
                "settings": differences(records),
                "metrics": [final_metrics(record.summary) for record in records],
                "plot": str(path),
            }
        )
        return
    from cnnopt.display.console import make_console

    show_differences(make_console(), records, path)
