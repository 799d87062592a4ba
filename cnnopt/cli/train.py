"""`cnnopt train`: one trial."""

from __future__ import annotations

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin


def train(
    context: typer.Context,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    seed: options.Seed = None,
    runs_dir: options.RunsDir = options.RUNS,
    threads: options.TrainThreads = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Train one network and test it."""
    call = begin(context, as_json=as_json, quiet=quiet, verbose=verbose)
    from cnnopt import api

    with call.listening() as (listener, stop):
        run = api.train(
            config,
            set_ or (),
            runs_dir=runs_dir,
            seed=seed,
            threads=threads,
            stop=stop,
            listener=listener,
        )
    call.finish(run.summary, run.folder)
