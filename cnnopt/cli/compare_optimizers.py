"""`cnnopt compare-optimizers`: a fair comparison that ends in a verdict."""

from __future__ import annotations

from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin
from cnnopt.cli.options import names, whole

Optimizers = Annotated[
    str | None,
    typer.Option(
        "--optimizers",
        metavar="NAMES",
        help="Which, with commas between them; by default the nine of the lesson.",
        show_default=False,
    ),
]
Trials = Annotated[
    int,
    typer.Option(
        "--trials", metavar="N", parser=whole(1), help="Learning rates tried per optimizer."
    ),
]
Seeds = Annotated[
    int,
    typer.Option("--seeds", metavar="N", parser=whole(1), help="Final runs per optimizer, paired."),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        "--epochs", metavar="N", parser=whole(1), help="Epochs, in place of training.epochs."
    ),
]

Extend = Annotated[
    bool, typer.Option("--extend", help="Try two more rates each: one beyond either end.")
]
Budget = Annotated[
    int | None,
    typer.Option(
        "--budget", metavar="STEPS", parser=whole(1), help="Steps of each run, in place of epochs."
    ),
]

Configs = Annotated[
    str | None,
    typer.Option(
        "--configs",
        metavar="FILES",
        help="Several problems, with commas between them, in place of CONFIG; five give ranks.",
        show_default=False,
    ),
]


def compare_optimizers(
    context: typer.Context,
    config: options.ConfigFile = None,
    configs: Configs = None,
    optimizers: Optimizers = None,
    trials: Trials = 5,
    seeds: Seeds = 10,
    epochs: Epochs = None,
    budget: Budget = None,
    extend: Extend = False,
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
    """Compare optimizers fairly; end in a verdict.

    Learning rates are tuned on the validation part; the final runs share their seeds.
    """
    call = begin(context, as_json=as_json, quiet=quiet, verbose=verbose)
    chosen = None if optimizers is None else names(optimizers)
    from cnnopt import api_studies as api

    with call.listening() as (listener, stop):
        run = api.compare_optimizers(
            config,
            set_ or (),
            configs=() if configs is None else names(configs, "--configs", "a.yaml,b.yaml"),
            optimizers=chosen,
            trials=trials + 2 if extend else trials,
            seeds=seeds,
            epochs=epochs,
            budget=budget,
            runs_dir=runs_dir,
            seed=seed,
            jobs=jobs,
            threads=threads,
            fresh=fresh,
            stop=stop,
            listener=listener,
        )
    call.finish(run.summary, run.folder)
