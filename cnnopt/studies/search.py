"""`search`: the best of many settings by the validation value; the test part is not looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cnnopt.config import Config, dump_yaml, written_config
from cnnopt.files import write_atomic
from cnnopt.studies.rows import timed_rows, without_times
from cnnopt.studies.search_options import Options, check_budget, check_options
from cnnopt.studies.search_plan import SearchPlan, plan_lines, plan_search, settings_of
from cnnopt.studies.search_rungs import ETA, Rung, epochs_text
from cnnopt.studies.search_space import short_names
from cnnopt.studies.search_summary import search_summary
from cnnopt.studies.search_trials import Point, Tried, tried_of
from cnnopt.studies.selection import TUNING_SEEDS
from cnnopt.studies.study import RESULTS, Planned, Resources, TrialRunner, enter_study
from cnnopt.trials.events import Plan
from cnnopt.trials.result import summary_head
from cnnopt.trials.trial import Trial, load_data

COMMAND = "search"
BEST = "best.yaml"
"""In the study's folder: the config with the best settings."""


def search(
    config: Config,
    written: Mapping[str, Any],
    config_input: str,
    resources: Resources,
    options: Options,
    *,
    fresh: bool = False,
    folder: Path | None = None,
) -> Path:
    """Search a space of settings and return the study's folder.

    Each trial trains anew, on seeds that no other training has, and is judged by the validation
    value that `training.select` selects by. One that diverged is the worst. On a rung of halving
    `training.epochs` is the rung's, also for those that were on the rung before: a schedule that
    falls over the epochs would else have been cut off half-way, or be at its end already.

    Args:
        config: what is varied, checked.
        written: the same as `written_config` gives it.
        config_input: its text as given.
        resources: where and how.
        options: space, method, budget.
        fresh: never go on with an earlier study.
        folder: go on with this one.

    Raises:
        UsageError: options that make no search.
        ConfigError: no space; a point that is no config; no validation part.
        Interrupted, TrialsCrashed: see `TrialRunner.run`.
    """
    check_options(options)
    check_budget(options, config)
    data = load_data(config)
    plan = plan_search(config, written, options, data)
    resources.listener(Plan(plan_lines(plan, options, resources)))
    given = options.to_json()
    run = enter_study(
        COMMAND,
        config,
        config_input,
        given,
        data,
        resources,
        fresh=fresh,
        folder=folder,
        written=written,
    )
    with run:
        runner = TrialRunner(run, data, resources)
        tried, rows = _climb(runner, plan, options, config.seed)
        run.write_table(RESULTS, without_times(rows))
        summary = search_summary(plan, options, tried, rows, data)
        if summary["best"] is not None:
            summary["config"] = BEST
            write_atomic(run.path / BEST, _best_config(plan, summary).encode())
        run.write_summary(summary_head(run, COMMAND, "completed") | summary)
    return run.path


def _climb(
    runner: TrialRunner, plan: SearchPlan, options: Options, seed: int
) -> tuple[list[Tried], list[dict[str, Any]]]:
    """Run rung after rung, the best third of each on the next; return all that was tried."""
    points: Sequence[Point] = plan.points
    tried: list[Tried] = []
    rows: list[dict[str, Any]] = []
    last = plan.rungs[-1]
    for place, rung in enumerate(plan.rungs):
        if not points or (len(points) == 1 and place and rung is not last):
            continue  # a single one has nothing to win against: it goes on to the last rung
        planned = [
            _planned(plan, rung, point, seed + TUNING_SEEDS[0] + added)
            for point in points[: rung.trials]
            for added in range(options.seeds)
        ]
        enough = None
        if options.seconds is not None and place == 0:  # what follows is as much work per rung
            enough = partial(_spent, runner, options.seconds / len(plan.rungs))
        results = runner.run(rung.name, planned, enough=enough)
        done = runner.finished(planned)
        here = tried_of(done, results, points, options.seeds)
        numbers = {each.point.number for each in here}
        for row, result in zip(timed_rows(runner, done, results), results, strict=True):
            if row["number"] in numbers:
                rows.append(row | {"selection_error": result["selection"].get("error")})
        tried += here
        going_on = max(1, len(here) // ETA)
        ranked = sorted(here, key=lambda each: (each.score, each.point.number))
        points = [each.point for each in ranked if each.completed][:going_on]
    return tried, rows


def _spent(runner: TrialRunner, seconds: float) -> bool:
    return runner.spent >= seconds


def _planned(plan: SearchPlan, rung: Rung, point: Point, seed: int) -> Planned:
    settings = settings_of(plan, point.values, rung.epochs, seed)
    names = short_names(plan.axes)
    label = ", ".join(
        f"{names[path]} {value}" for path, value in zip(plan.axes, point.values, strict=True)
    )
    if rung.epochs is not None:
        label += f", {epochs_text(rung.epochs)}"
    if plan.seeds > 1:
        label += f", seed {seed}"
    row = {"number": point.number, "stage": rung.name}
    row |= dict(zip(plan.axes, point.values, strict=True)) | {"seed": seed}
    return Planned(Trial(settings.resolved(), tests=False), label, row)


def _best_config(plan: SearchPlan, summary: Mapping[str, Any]) -> str:
    """Return the config with the best settings as a file."""
    best = summary["best"]
    point = next(each for each in plan.points if each.number == best["trial"])
    head = (
        f"# The best of a search over {summary['trials']} trials: number {best['trial']}, "
        f"validation {summary['metric']} {best['value']:.4g}.\n"
        f"# The test part was not looked at; `cnnopt train` looks once.\n"
    )
    return head + dump_yaml(written_config(plan.written, point.changes(plan.axes)))
