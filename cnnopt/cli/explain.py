"""`cnnopt explain`: worked lessons; so far, what optimizers do on functions of two weights."""

from __future__ import annotations

from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin
from cnnopt.cli.options import names, whole

Topic = Annotated[
    str, typer.Argument(metavar="TOPIC", help="What: optimizers.", show_default=False)
]
Optimizers = Annotated[
    str | None,
    typer.Option(
        "--optimizers",
        metavar="NAMES",
        help="Which, with commas between them; by default, all.",
        show_default=False,
    ),
]
Functions = Annotated[
    str | None,
    typer.Option(
        "--functions",
        metavar="NAMES",
        help="Of ravine, rosenbrock, beale, saddle, himmelblau, noisy; by default, all.",
        show_default=False,
    ),
]
Steps = Annotated[
    int, typer.Option("--steps", metavar="N", parser=whole(10), help="Steps of each path.")
]
NoiseSeed = Annotated[
    int, typer.Option("--seed", metavar="N", parser=whole(0), help="Seed of the noise.")
]


def explain(
    context: typer.Context,
    topic: Topic,
    optimizers: Optimizers = None,
    functions: Functions = None,
    steps: Steps = 200,
    seed: NoiseSeed = 0,
    runs_dir: options.RunsDir = options.RUNS,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Show what optimizers do, step by step, where it can be seen.

    All of them walk over functions of two weights, each at the rate that suits it best.
    """
    call = begin(context, as_json=as_json, quiet=quiet)
    chosen = None if optimizers is None else names(optimizers)
    over = None if functions is None else names(functions, "--functions", "ravine,saddle")
    from cnnopt import api
    from cnnopt.analysis import check_topic

    check_topic(topic)
    with call.listening() as (listener, stop):
        run = api.explain_optimizers(
            optimizers=chosen,
            functions=over,
            steps=steps,
            seed=seed,
            runs_dir=runs_dir,
            stop=stop,
            listener=listener,
        )
    call.finish(run.summary, run.folder)
