"""`explain optimizers`: all optimizers on functions of two weights, in a run folder."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from cnnopt.analysis.observations import observations
from cnnopt.analysis.optimizer_paths import (
    ARRIVED,
    RATES,
    Tuned,
    noise_for,
    optimizer_names,
    tune,
)
from cnnopt.analysis.path_rows import duel_of, labelled, mark_same, row_of
from cnnopt.analysis.surfaces import SURFACES, Surface
from cnnopt.errors import Interrupted, UsageError
from cnnopt.records import create_run
from cnnopt.trials.events import (
    Listener,
    Plan,
    RunReady,
    StudyStarted,
    TrialDone,
    TrialStarted,
)
from cnnopt.trials.result import summary_head
from cnnopt.trials.trial import digest, numerics

COMMAND = "explain"
TOPICS = ("optimizers",)
FEWEST_STEPS = 10
RESULTS, TRIED, PATHS = "results.csv", "tried.csv", "paths.csv"


@dataclass(frozen=True)
class Options:
    """What is explained.

    Attributes:
        optimizers: names, in the order of tables and looks.
        functions: names.
        steps: of each path, at least 10.
        seed: of the noise.
    """

    optimizers: tuple[str, ...]
    functions: tuple[str, ...]
    steps: int
    seed: int


def check_topic(topic: str) -> None:
    """Raise `UsageError` for a topic that is not known."""
    if topic not in TOPICS:
        use = f"cnnopt explain {TOPICS[0]}"
        raise UsageError(f"TOPIC: must be among {', '.join(TOPICS)}, got '{topic}'. Use: {use}")


def options_of(
    optimizers: Sequence[str] | None, functions: Sequence[str] | None, steps: int, seed: int
) -> Options:
    """Return the options; None means all there are.

    Raises:
        UsageError: names that are not known or twice there, too few steps.
    """
    if steps < FEWEST_STEPS:
        raise UsageError(f"--steps: must be at least {FEWEST_STEPS}, got {steps}. Use 200.")
    if seed < 0:
        raise UsageError(f"--seed: must be at least 0, got {seed}.")
    return Options(
        _chosen("optimizers", optimizers, optimizer_names()),
        _chosen("functions", functions, tuple(SURFACES)),
        steps,
        seed,
    )


def _chosen(option: str, given: Sequence[str] | None, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(known) if given is None else tuple(given)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UsageError(f"--{option}: must be among {', '.join(known)}, got {name}.{hint}")
    if not names or len(set(names)) < len(names):
        raise UsageError(f"--{option}: must be different names, got {','.join(names) or 'none'}.")
    return names


def explain_optimizers(
    options: Options, runs_dir: Path, stop: Callable[[], bool], listener: Listener
) -> Path:
    """Walk with every optimizer over every function; return the run folder.

    `results.csv` has a row for each function and optimizer, `tried.csv` one for each rate,
    `paths.csv` one for each step; `summary.json` has the results with sentences.

    Raises:
        Interrupted: `stop` said so.
        WriteError: the folder could not be written.
    """
    facts = asdict(options) | {"topic": "optimizers"}
    resolved = {"name": "explain-optimizers", COMMAND: facts}
    identity = digest({"command": COMMAND, "options": facts, "numerics": numerics()})
    meta = {"command": COMMAND, "options": facts, "seed": options.seed}
    count = len(options.optimizers)
    paths = f"{count} optimizer{'s' if count > 1 else ''}, {len(RATES)} learning rates each"
    listener(Plan((f"explain   {paths}, {options.steps} steps",)))
    with create_run(runs_dir, "explain-optimizers", identity, resolved, "", meta) as run:
        listener(RunReady(run.path))
        listener(StudyStarted("functions", len(options.functions), 0))
        explained, rates, steps = [], [], []
        for number, name in enumerate(options.functions, start=1):
            listener(TrialStarted(number, name))
            began = perf_counter()
            tuned = _walk_all(SURFACES[name], options, stop)
            explained.append(_explained(SURFACES[name], tuned, options))
            rates += _rate_rows(name, tuned)
            steps += _step_rows(name, tuned)
            listener(TrialDone(number, name, "completed", perf_counter() - began, {}))
        run.write_table(RESULTS, [row for each in explained for row in each["results"]])
        run.write_table(TRIED, rates)
        run.write_table(PATHS, steps)
        summary = summary_head(run, COMMAND, "completed")
        summary |= {"topic": "optimizers", "steps": options.steps, "seed": options.seed}
        summary |= {"rates": RATES, "arrived_below": ARRIVED, "functions": explained}
        run.write_summary(summary)
    return run.path


def _walk_all(surface: Surface, options: Options, stop: Callable[[], bool]) -> dict[str, Tuned]:
    noise = noise_for(surface, options.steps, options.seed)
    tuned = {}
    for name in options.optimizers:
        if stop():
            raise Interrupted("Interrupted; start anew with: cnnopt explain optimizers")
        tuned[name] = tune(surface, name, noise)
    return tuned


def _explained(surface: Surface, tuned: dict[str, Tuned], options: Options) -> dict[str, Any]:
    """Return all that is said of a function, JSON-ready."""
    rows = [row_of(surface, each, options.steps) for each in tuned.values()]
    mark_same(rows, tuned)
    duel = duel_of(surface, tuned, noise_for(surface, options.steps, options.seed))
    return {
        "name": surface.name,
        "title": surface.title,
        "formula": surface.formula,
        "lesson": surface.lesson,
        "noise": surface.noise,
        "start": surface.start,
        "minima": labelled(surface.minima),
        "results": rows,
        "duel": duel,
        "seen": observations(surface, rows, duel),
    }


def _rate_rows(function: str, tuned: dict[str, Tuned]) -> list[dict[str, Any]]:
    return [
        {
            "function": function,
            "optimizer": name,
            "learning_rate": rate,
            "late_value": value,
            "chosen": rate == each.path.rate,
        }
        for name, each in tuned.items()
        for rate, value in each.tried.items()
    ]


def _step_rows(function: str, tuned: dict[str, Tuned]) -> list[dict[str, Any]]:
    """Return a row for the start and one for each step; there the gradient that led to it."""
    rows = []
    for name, each in tuned.items():
        path = each.path
        slopes = [(None, None), *path.gradients.tolist()]
        for step, (point, value, slope) in enumerate(
            zip(path.points.tolist(), path.values.tolist(), slopes, strict=True)
        ):
            rows.append(
                {
                    "function": function,
                    "optimizer": name,
                    "step": step,
                    "w1": point[0],
                    "w2": point[1],
                    "value": value,
                    "gradient_w1": slope[0],
                    "gradient_w2": slope[1],
                }
            )
    return rows
