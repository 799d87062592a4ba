"""What a search will run, checked before the first trial: every point is a config that builds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cnnopt.build import build
from cnnopt.config import Config, load_config
from cnnopt.config.training import Best
from cnnopt.data.dataset import Dataset
from cnnopt.errors import ConfigError, Diverged, Fault, UsageError
from cnnopt.studies.search_candidates import (
    Candidate,
    corners,
    grid_candidates,
    random_candidates,
)
from cnnopt.studies.search_options import GRID, HALVING, Options
from cnnopt.studies.search_rungs import Rung, epochs_text, halving_rungs
from cnnopt.studies.search_space import OPTION, Axis, read_space
from cnnopt.studies.search_trials import Point
from cnnopt.studies.study import Resources
from cnnopt.studies.variants import placed
from cnnopt.trials.outline import expected_seconds, outline, rough_time
from cnnopt.trials.running import Prepared, prepare_trial
from cnnopt.trials.schedule_check import check_schedule


@dataclass(frozen=True)
class SearchPlan:
    """What a search will run.

    Attributes:
        written: the config that is varied, as `written_config` gives it.
        axes: the space, by path.
        points: in the order in which they are tried.
        rungs: one; several for halving.
        seeds: trainings of each point.
        first: the config as it is, ready to run.
        epochs: of all trainings at most; None where the config counts in steps.
        whole: whether these are all the points that the space has, fewer than were asked for.
    """

    written: Mapping[str, Any]
    axes: Mapping[str, Axis]
    points: Sequence[Point]
    rungs: Sequence[Rung]
    seeds: int
    first: Prepared
    epochs: int | None
    whole: bool


def plan_search(
    config: Config, written: Mapping[str, Any], options: Options, data: Dataset
) -> SearchPlan:
    """Return the plan; nothing of it can be refused when it runs.

    Raises:
        UsageError: a budget that pays for no trial, or a grid that is too large.
        ConfigError: the space is none, a corner or point of it is no config of these data, or
            there is no validation part.
    """
    axes = read_space(options.space, grid=options.method == GRID)
    _check_axes(axes, options)
    first = prepare_trial(config, None, data, tests=False)
    if "validation" not in first.task.parts:
        rule = "a search needs a validation part, there is none"
        raise ConfigError(config.located(Fault("dataset.validation", rule, "0", "Use 0.1")))
    rungs = _rungs(config, options)
    checking = _Checking(config, written, axes, data, len(first.task.parts["train"]))
    for corner in corners(axes):
        checking.epochs_of(corner, rungs[0].epochs)
    draw = grid_candidates if options.method == GRID else random_candidates
    drawn = draw(axes, rungs[0].trials, config.seed)
    epochs = [checking.epochs_of(candidate, rungs[0].epochs) for candidate in drawn]
    count = len(drawn)
    if options.epochs is not None and options.method != HALVING:
        count = _affordable(epochs, options)
    elif options.method == HALVING and count < rungs[0].trials:  # the space has no more
        rungs = halving_rungs(int(config.training.epochs or 0), count)
    total = _total(rungs, epochs[:count], options.seeds)
    points = [Point(number, values) for number, values in enumerate(drawn[:count], start=1)]
    whole = options.method != GRID and len(drawn) < rungs[0].trials
    if len(rungs) == 1:
        rungs = [replace(rungs[0], trials=count)]
    return SearchPlan(written, axes, points, rungs, options.seeds, first, total, whole)


def settings_of(plan: SearchPlan, values: Candidate, epochs: int | None, seed: int) -> Config:
    """Return the config of a training."""
    changes = [*_changes(plan.axes, values, epochs), f"seed={seed}"]
    return load_config(plan.written, changes)


def plan_lines(plan: SearchPlan, options: Options, resources: Resources) -> tuple[str, ...]:
    """Return what will be run, in a few lines."""
    metric = selected_metric(plan.first.config)
    most = "up to " if options.seconds is not None else ""
    count = len(plan.points)
    if len(plan.rungs) > 1:
        parts = [f"{rung.trials} for {epochs_text(rung.epochs)}" for rung in plan.rungs]
        how = f"halving: {most}{', then '.join(parts)}"
    else:
        how = f"{most}{count} {options.method} trial{'s' * (count != 1)}"
    if plan.seeds > 1:
        how += f", {plan.seeds} seeds each"
    space = [f"{'space' if not n else '':10}{path}: {text}"
             for n, (path, text) in enumerate(options.space.items())]  # fmt: skip
    lines = [*outline(plan.first), f"search    {how}, judged by validation {metric}", *space]
    return (*lines, *_time_line(plan, options, resources))


def selected_metric(config: Config) -> str:
    """Return the metric of the validation part that trials are judged by."""
    select = config.training.select
    return select.metric if isinstance(select, Best) else "loss"


class _Checking:
    """Makes configs of points, and tells what is wrong with them and where."""

    def __init__(
        self,
        config: Config,
        written: Mapping[str, Any],
        axes: Mapping[str, Axis],
        data: Dataset,
        examples: int,
    ) -> None:
        self._config, self._written, self._axes = config, written, axes
        self._data, self._examples = data, examples

    def epochs_of(self, values: Candidate, epochs: int | None) -> int:
        """Return for how many epochs a point trains; 0 where it counts in steps.

        Raises:
            ConfigError: it is no config, or none of these data, or cannot be ranked.
        """
        changes = _changes(self._axes, values, epochs)
        with placed(f"{OPTION} {' '.join(changes)}"):
            settings = load_config(self._written, changes)
            self._check_alike(settings)
            data = self._data
            build(settings, data.input_shape, data.outputs, bool(data.classes))
            check_schedule(settings, self._examples)
        return settings.training.epochs or 0

    def _check_alike(self, settings: Config) -> None:
        """Raise where a point is judged by something else than the others."""
        rule = "must be the same in all trials: they could not be ranked"
        pairs: dict[str, tuple[Any, Any]] = {
            "dataset": (settings.dataset, self._config.dataset),
            "seed": (settings.seed, self._config.seed),
            "training.select": (settings.training.select, self._config.training.select),
        }
        if selected_metric(self._config) == "loss":
            pairs["loss"] = (settings.loss, self._config.loss)
        if faults := [Fault(path, rule) for path, (one, other) in pairs.items() if one != other]:
            raise ConfigError(*faults)


def _changes(axes: Mapping[str, Axis], values: Candidate, epochs: int | None) -> list[str]:
    changes = Point(0, values).changes(axes)
    return changes if epochs is None else [*changes, f"training.epochs={epochs}"]


def _check_axes(axes: Mapping[str, Axis], options: Options) -> None:
    if options.method != HALVING:
        return
    for path in ("training.epochs", "training.steps"):
        if path in axes:
            rule = "cannot be searched by halving, which shares out epochs itself"
            raise ConfigError(Fault(path, rule, "", "Use --method random", OPTION))


def _rungs(config: Config, options: Options) -> list[Rung]:
    if options.method != HALVING:
        return [Rung(options.method, options.most)]
    epochs = int(config.training.epochs or 0)
    return halving_rungs(epochs, options.most, budget=options.epochs, seeds=options.seeds)


def _affordable(epochs: Sequence[int], options: Options) -> int:
    """Return how many of the points the budget in epochs pays for."""
    spent = 0
    for count, each in enumerate(epochs):
        spent += each * options.seeds
        if spent > int(options.epochs or 0):
            if count == 0:
                raise UsageError(
                    f"--epochs: must pay for a trial of {spent}, got {options.epochs}."
                )
            return count
    return len(epochs)


def _total(rungs: Sequence[Rung], epochs: Sequence[int], seeds: int) -> int | None:
    if len(rungs) > 1:
        return seeds * sum(rung.trials * (rung.epochs or 0) for rung in rungs)
    return None if 0 in epochs else seeds * sum(epochs)


def _time_line(plan: SearchPlan, options: Options, resources: Resources) -> tuple[str, ...]:
    """Return the line that says how long it takes, as long as it trains at the config's pace."""
    workers = resources.force.workers
    if options.seconds is not None:
        seconds = options.seconds / workers
        return (f"time      about {rough_time(seconds)} on {workers} worker(s)",)
    try:
        seconds = expected_seconds(plan.first, resources.threads)
    except Diverged:
        return ()
    own = plan.first.config.training.epochs
    trainings = len(plan.points) * plan.seeds
    if plan.epochs is not None and own is not None:
        seconds *= plan.epochs / own
    else:
        seconds *= trainings
    text = f"about {rough_time(seconds / workers)} at the config's own pace"
    return (f"time      {text}, on {workers} worker(s)",)
