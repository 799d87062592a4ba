"""`cnnopt cv`: cross-validation."""

from __future__ import annotations

from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin
from cnnopt.cli.options import whole

Folds = Annotated[
    int | None,
    typer.Option("--folds", metavar="K", parser=whole(1), help="Folds, in place of cv.folds."),
]
Scheme = Annotated[
    str | None,
    typer.Option("--scheme", metavar="NAME", help="stratified or k_fold, in place of cv.scheme."),
]
Repeats = Annotated[
    int | None,
    typer.Option(
        "--repeats", metavar="N", parser=whole(1), help="Repetitions, in place of cv.repeats."
    ),
]
Refit = Annotated[bool, typer.Option("--refit", help="Then train the final model on all the rows.")]


def cv(
    context: typer.Context,
    config: options.ConfigFile = None,
    folds: Folds = None,
    scheme: Scheme = None,
    repeats: Repeats = None,
    refit: Refit = False,
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
    """Cross-validate: folds, a corrected interval, an audit."""
    call = begin(context, as_json=as_json, quiet=quiet, verbose=verbose)
    from cnnopt import api_studies as api

    with call.listening() as (listener, stop):
        run = api.cross_validate(
            config,
            set_ or (),
            folds=folds,
            scheme=scheme,
            repeats=repeats,
            refit=refit,
            runs_dir=runs_dir,
            seed=seed,
            jobs=jobs,
            threads=threads,
            fresh=fresh,
            stop=stop,
            listener=listener,
        )
    call.finish(run.summary, run.folder)
