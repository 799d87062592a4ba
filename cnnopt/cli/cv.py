"""`cnnopt cv`: cross-validation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin
from cnnopt.cli.options import grid_of, whole

Folds = Annotated[
    int | None,
    typer.Option("--folds", metavar="K", parser=whole(1), help="Folds, in place of cv.folds."),
]
Scheme = Annotated[
    str | None,
    typer.Option(
        "--scheme",
        metavar="NAME",
        help="holdout, k_fold, stratified, group, stratified_group, leave_one_out, "
        "leave_one_group_out, shuffle or forward_chaining, in place of cv.scheme.",
        show_default="the one that fits the data",
    ),
]
Repeats = Annotated[
    int | None,
    typer.Option(
        "--repeats", metavar="N", parser=whole(1), help="Repetitions, in place of cv.repeats."
    ),
]
Compare = Annotated[
    Path | None,
    typer.Option(
        "--compare",
        metavar="CONFIG",
        help="A second config, measured on the same folds: paired test, verdict.",
        show_default=False,
    ),
]
Tune = Annotated[
    list[str] | None,
    typer.Option(
        "--tune",
        metavar="PATH=VALUES",
        help="Values to choose from inside each fold's training part, with commas between them "
        "(nested cross-validation). May be repeated.",
        show_default=False,
    ),
]
InnerFolds = Annotated[
    int,
    typer.Option("--inner-folds", metavar="K", parser=whole(1), help="Folds that --tune makes."),
]
Refit = Annotated[bool, typer.Option("--refit", help="Then train the final model on all the rows.")]


def cv(
    context: typer.Context,
    config: options.ConfigFile = None,
    folds: Folds = None,
    scheme: Scheme = None,
    repeats: Repeats = None,
    compare: Compare = None,
    tune: Tune = None,
    inner_folds: InnerFolds = 3,
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
    grid = grid_of(tune or [])
    from cnnopt import api_folds as api

    with call.listening() as (listener, stop):
        run = api.cross_validate(
            config,
            set_ or (),
            folds=folds,
            scheme=scheme,
            repeats=repeats,
            refit=refit,
            compare=compare,
            tune=grid,
            inner_folds=inner_folds,
            runs_dir=runs_dir,
            seed=seed,
            jobs=jobs,
            threads=threads,
            fresh=fresh,
            stop=stop,
            listener=listener,
        )
    call.finish(run.summary, run.folder)
