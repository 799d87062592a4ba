"""The public functions that teach: no data, no config, small enough to look at every step."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cnnopt.arguments import Stop, never
from cnnopt.run import Run
from cnnopt.trials.events import Listener, nobody


def explain_optimizers(
    *,
    optimizers: Sequence[str] | None = None,
    functions: Sequence[str] | None = None,
    steps: int = 200,
    seed: int = 0,
    runs_dir: str | Path = "runs",
    stop: Stop = never,
    listener: Listener = nobody,
) -> Run:
    """Walk with optimizers over functions of two weights; draw paths and effective rates.

    Args:
        optimizers: names; None: all.
        functions: names, such as `ravine` and `rosenbrock`; None: all.
        steps: of each path, at least 10.
        seed: of the noise, the same for every optimizer.
        runs_dir, stop, listener: as of `train`.

    Raises:
        UsageError: names that are not known or twice there, too few steps.
        Interrupted: `stop` said so.

    Example:
        >>> import cnnopt
        >>> run = cnnopt.explain_optimizers(functions=["ravine"])  # doctest: +SKIP
        >>> run.summary["functions"][0]["seen"]  # doctest: +SKIP
        ['8 of 11 arrive (stay below 1/10,000 of the value at the start): ...', ...]
    """
    from cnnopt import analysis
    from cnnopt.api import load_run
    from cnnopt.plots import draw_explanation

    options = analysis.options_of(optimizers, functions, steps, seed)
    folder = analysis.explain_optimizers(options, Path(runs_dir), stop, listener)
    draw_explanation(folder)
    return load_run(folder)
