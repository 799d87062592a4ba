"""`compare-optimizers --configs`: the same comparison on several problems, and ranks over them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cnnopt.config import Config
from cnnopt.errors import ConfigError, UsageError
from cnnopt.metrics import higher_is_better
from cnnopt.records import create_run, find_unfinished, list_runs, load_run, open_run
from cnnopt.statistics import critical_difference, friedman
from cnnopt.studies.compare_optimizers import Options, check_problem, compare_optimizers
from cnnopt.studies.study import RESULTS, Resources
from cnnopt.trials.events import RunReady, StudyNote
from cnnopt.trials.result import summary_head
from cnnopt.trials.trial import decisive, digest, load_data, numerics

COMMAND = "compare-problems"
PROBLEMS = "problems"
FEWEST = 5
"""Problems from which ranks are told: on fewer, no difference could be found by them."""

Draw = Callable[[Path, Config], None]


def compare_on_problems(
    problems: Sequence[tuple[Config, str]],
    resources: Resources,
    options: Options,
    draw: Draw,
    *,
    fresh: bool = False,
) -> Path:
    """Compare optimizers on each problem, in `problems/` of one folder; return that folder.

    What is finished is not run again when an interrupted comparison is asked for once more.

    Args:
        problems: configs with their texts; their names must differ.
        resources: where and how.
        options: of each comparison.
        draw: draws the pictures of a finished one.
        fresh: never go on with an interrupted one.

    Raises:
        UsageError: fewer than two problems, or two of one name.
        ConfigError: a problem that cannot be compared on, before any is begun.
        Others: see `compare_optimizers`.
    """
    names = [config.name for config, _ in problems]
    if len(names) < 2 or len(set(names)) < len(names):
        given = ", ".join(names)
        raise UsageError(
            f"--configs: must be two or more configs with different names, got {given}."
        )
    fingerprints = [_checked(config) for config, _ in problems]
    facts = {
        "command": COMMAND,
        "problems": [decisive(config.resolved()) | {"name": config.name} for config, _ in problems],
        "options": options.to_json(),
        "data": fingerprints,
        "numerics": numerics(),
    }
    identity = digest(facts)
    folder = None if fresh else find_unfinished(resources.runs_dir, identity)
    if folder is not None:
        run = open_run(folder)
    else:
        meta = {"command": COMMAND, "options": options.to_json(), "problems": names}
        config, text = problems[0]
        run = create_run(
            resources.runs_dir, "problems", identity, config.resolved(), text,
            meta | {"seed": config.seed},
        )  # fmt: skip
    resources.listener(RunReady(run.path))
    inside = replace(resources, runs_dir=run.path / PROBLEMS)
    with run:
        summaries: dict[str, Mapping[str, Any]] = {}
        for config, text in problems:
            resources.listener(StudyNote(f"Problem {config.name}:"))
            done = _finished(inside.runs_dir, config.name)
            if done is None:
                done = compare_optimizers(config, text, inside, options)
                draw(done, config)
            summaries[config.name] = load_run(done).summary
        run.write_table(RESULTS, _rows(summaries))
        found = problems_summary(summaries, options)
        run.write_summary(summary_head(run, COMMAND, "completed") | found)
    return run.path


def _checked(config: Config) -> str:
    """Return the fingerprint of a problem's data; each fault says of which problem it is."""
    data = load_data(config)
    try:
        check_problem(config, data)
    except ConfigError as error:
        place = f"problem {config.name}"
        faults = [replace(f, file=f.file or place) for f in error.faults]
        raise ConfigError(*faults) from None
    return data.fingerprint


def problems_summary(
    summaries: Mapping[str, Mapping[str, Any]], options: Options
) -> dict[str, Any]:
    """Return the part of `summary.json` that is about all problems.

    Args:
        summaries: of each problem's comparison, by its name.
        options: of the comparisons.
    """
    tables = [
        {
            "name": name,
            "metric": summary["metric"],
            "folder": summary["folder"],
            "means": {each["name"]: each["mean"] for each in summary["optimizers"]},
            "verdict": summary["verdict"],
        }
        for name, summary in summaries.items()
    ]
    result: dict[str, Any] = {"options": options.to_json(), "problems": tables}
    count = len(tables)
    if count < FEWEST:
        return result | {
            "verdict": f"No ranks over {count} problems: on fewer than {FEWEST}, average ranks "
            f"could tell no two optimizers apart. The verdict of each problem stands for itself."
        }
    # Higher is better throughout: an error's sign is turned.
    values = [
        [t["means"][name] * (1 if higher_is_better(t["metric"]) else -1)
         for name in options.optimizers]
        for t in tables
    ]  # fmt: skip
    test = friedman(values, higher_is_better=True)
    ranks = dict(zip(options.optimizers, test.average_ranks, strict=True))
    cd = critical_difference(len(ranks), count)
    return result | {
        "ranks": ranks,
        "friedman": {"chi_square": test.chi_square, "f": test.f, "p": test.p},
        "critical_difference": cd,
        "verdict": _verdict(ranks, cd, test.p, count),
    }


def _verdict(ranks: Mapping[str, float], cd: float, p: float, count: int) -> str:
    order = sorted(ranks, key=ranks.__getitem__)
    listed = ", ".join(f"{name} {ranks[name]:.2f}" for name in order)
    head = f"Average ranks over {count} problems: {listed}."
    if p > 0.05:
        return f"{head} They do not differ more than by chance (Friedman, p = {p:.2g})."
    best = order[0]
    beaten = [name for name in order if ranks[name] - ranks[best] >= cd]
    said = f"They differ (Friedman, p = {p:.2g}); "
    if not beaten:
        return f"{head} {said}no pair with {best} is {cd:.2f} ranks apart, as Nemenyi's test asks."
    return f"{head} {said}{best} is better than {', '.join(beaten)} (Nemenyi, {cd:.2f} ranks)."


def _finished(runs_dir: Path, name: str) -> Path | None:
    """Return the completed comparison of a problem in this folder."""
    return next(
        (
            record.folder
            for record in list_runs(runs_dir)
            if record.status == "completed" and record.config.get("name") == name
        ),
        None,
    )


def _rows(summaries: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "problem": name,
            "optimizer": each["name"],
            "metric": summary["metric"],
            "learning_rate": each["learning_rate"],
            "mean": each["mean"],
            "sd": each["sd"],
            "diverged": each["diverged"],
        }
        for name, summary in summaries.items()
        for each in summary["optimizers"]
    ]
