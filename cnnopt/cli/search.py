"""`cnnopt search`: the best of many settings, as a config ready for `train`."""

from __future__ import annotations

from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin
from cnnopt.cli.options import whole
from cnnopt.errors import UsageError

Space = Annotated[
    list[str] | None,
    typer.Option(
        "--space",
        metavar="PATH=RANGE",
        help="A setting to vary, as of --set: log(1e-4, 1e-1), uniform(0, 0.5), int(8, 64), "
        "log_int(8, 128), or values with commas between them. May be repeated.",
        show_default=False,
    ),
]
Method = Annotated[str, typer.Option("--method", metavar="NAME", help="random, grid or halving.")]
Trials = Annotated[
    int | None,
    typer.Option(
        "--trials",
        metavar="N",
        parser=whole(1),
        help="Settings tried at most; 30, unless another budget is given.",
        show_default=False,
    ),
]
Epochs = Annotated[
    int | None,
    typer.Option(
        "--epochs", metavar="N", parser=whole(1), help="Epochs of all trainings together."
    ),
]
Seconds = Annotated[
    float | None,
    typer.Option(
        "--seconds", metavar="S", help="Seconds of work after which no further trial begins."
    ),
]
Seeds = Annotated[
    int, typer.Option("--seeds", metavar="N", parser=whole(1), help="Trainings of each setting.")
]


def search(
    context: typer.Context,
    config: options.ConfigFile = None,
    space: Space = None,
    method: Method = "random",
    trials: Trials = None,
    epochs: Epochs = None,
    seconds: Seconds = None,
    seeds: Seeds = 2,
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
    """Search settings for the best validation value.

    For instance: --space optimizer.adam.learning_rate='log(1e-4, 1e-1)'
    """
    call = begin(context, as_json=as_json, quiet=quiet, verbose=verbose)
    axes = space_of(space or [])
    from cnnopt import api_search as api

    with call.listening() as (listener, stop):
        run = api.search(
            config,
            set_ or (),
            space=axes,
            method=method,
            trials=trials,
            epochs=epochs,
            seconds=seconds,
            seeds=seeds,
            runs_dir=runs_dir,
            seed=seed,
            jobs=jobs,
            threads=threads,
            fresh=fresh,
            stop=stop,
            listener=listener,
        )
    call.finish(run.summary, run.folder)


def space_of(given: list[str]) -> dict[str, str]:
    """Return the axes by path of `--space`, still as text.

    Raises:
        UsageError: no path, no range, or a path twice.
    """
    space: dict[str, str] = {}
    for text in given:
        path, _, axis = (part.strip() for part in text.partition("="))
        if not path or not axis:
            remedy = "Write optimizer.adam.learning_rate='log(1e-4, 1e-1)', for instance."
            raise UsageError(f"--space: must read PATH=RANGE, got '{text}'. {remedy}")
        if path in space:
            raise UsageError(f"--space: {path} must be given once.")
        space[path] = axis
    return space
