"""`cnnopt ablate`: what each regularizer does, alone and among the others."""

from __future__ import annotations

from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin
from cnnopt.cli.options import grid_of, names, whole

Parts = Annotated[
    str | None,
    typer.Option(
        "--parts",
        metavar="NAMES",
        help="Regularizers, and kinds or names of dropout and normalization layers, with commas "
        "between them: these are taken out, the others stay. By default all.",
        show_default=False,
    ),
]
Sweep = Annotated[
    str | None,
    typer.Option(
        "--sweep",
        metavar="PATH=VALUES",
        help="In place of parts: errors by the strength of one setting, such as "
        "l2=0,1e-5,1e-4,1e-3.",
        show_default=False,
    ),
]
Seeds = Annotated[
    int, typer.Option("--seeds", metavar="N", parser=whole(2), help="Runs per arm, paired.")
]


def ablate(
    context: typer.Context,
    config: options.ConfigFile = None,
    parts: Parts = None,
    sweep: Sweep = None,
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
    """Say what each regularizer does: none, each alone, all, all but each.

    For instance: --parts l2,dropout, or --sweep l2=0,1e-5,1e-4,1e-3
    """
    call = begin(context, as_json=as_json, quiet=quiet, verbose=verbose)
    chosen = None if parts is None else names(parts, "--parts", "l2,dropout")
    strengths = None if sweep is None else grid_of([sweep], "--sweep")
    from cnnopt import api_ablate as api

    with call.listening() as (listener, stop):
        run = api.ablate(
            config,
            set_ or (),
            parts=chosen,
            seeds=seeds,
            sweep=strengths,
            runs_dir=runs_dir,
            seed=seed,
            jobs=jobs,
            threads=threads,
            fresh=fresh,
            stop=stop,
            listener=listener,
        )
    call.finish(run.summary, run.folder)
