"""`cnnopt range-test`: which learning rate to begin with."""

from __future__ import annotations

from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin
from cnnopt.cli.options import whole

Low = Annotated[
    float, typer.Option("--low", metavar="RATE", help="Learning rate of the first step.")
]
High = Annotated[
    float, typer.Option("--high", metavar="RATE", help="Learning rate of the last step.")
]
Steps = Annotated[
    int | None,
    typer.Option(
        "--steps",
        metavar="N",
        parser=whole(10),
        help="How many steps; by default two epochs' worth, at least 100.",
        show_default=False,
    ),
]


def range_test(
    context: typer.Context,
    config: options.ConfigFile = None,
    low: Low = 1e-6,
    high: High = 10.0,
    steps: Steps = None,
    set_: options.Set = None,
    seed: options.Seed = None,
    runs_dir: options.RunsDir = options.RUNS,
    threads: options.TrainThreads = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Raise the learning rate until the loss does; suggest one."""
    call = begin(context, as_json=as_json, quiet=quiet, verbose=verbose)
    from cnnopt import api

    with call.listening() as (listener, stop):
        run = api.range_test(
            config,
            set_ or (),
            low=low,
            high=high,
            steps=steps,
            runs_dir=runs_dir,
            seed=seed,
            threads=threads,
            stop=stop,
            listener=listener,
        )
    call.finish(run.summary, run.folder)
