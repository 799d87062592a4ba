"""`cnnopt resume`: go on after an interruption, or for longer."""

from __future__ import annotations

from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin
from cnnopt.cli.options import whole

Epochs = Annotated[
    int | None,
    typer.Option(
        "--epochs", metavar="N", parser=whole(1), help="Train until epoch N instead of as planned."
    ),
]
Threads = Annotated[
    int | None,
    typer.Option(
        "--threads",
        metavar="N",
        parser=whole(1),
        help="Threads; by default, one per core for a run and 1 in each worker of a study.",
    ),
]


def resume(
    context: typer.Context,
    run: options.RunName,
    epochs: Epochs = None,
    runs_dir: options.RunsDir = options.RUNS,
    jobs: options.Jobs = None,
    threads: Threads = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Go on with a run after any interruption, or for longer."""
    call = begin(context, as_json=as_json, quiet=quiet, verbose=verbose)
    from cnnopt import api

    with call.listening() as (listener, stop):
        done = api.resume(
            run,
            epochs=epochs,
            runs_dir=runs_dir,
            threads=threads,
            jobs=jobs,
            stop=stop,
            listener=listener,
        )
    call.finish(done.summary, done.folder)
