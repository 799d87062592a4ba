"""`compare-schemes`: what each scheme of cross-validation estimates, and what is true.

The part of `dataset.test` takes no part in any fold. A model trained on all the other rows is
measured on it: that is what a cross-validation of those rows wants to know beforehand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnnopt.config import Config, load_config
from cnnopt.data.dataset import Dataset
from cnnopt.errors import ConfigError, Fault, UsageError
from cnnopt.metrics import leading
from cnnopt.studies.fold_plan import Folds, plan_folds
from cnnopt.studies.rows import timed_rows, without_times
from cnnopt.studies.schemes_summary import TRUTH, schemes_summary
from cnnopt.studies.study import RESULTS, Planned, Resources, TrialRunner, enter_study
from cnnopt.studies.variants import placed
from cnnopt.trials.events import Plan
from cnnopt.trials.outline import outline, study_time
from cnnopt.trials.result import summary_head
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.splitting import complete_cv
from cnnopt.trials.trial import Trial, load_data

COMMAND = "compare-schemes"


@dataclass(frozen=True)
class Options:
    """What the study's own options say.

    Attributes:
        schemes: by name, changes of the config under `cv`, as of `--set`.
        draws: how often all is done anew: other rows at hand, folds, weights; at least 2.
    """

    schemes: Mapping[str, Sequence[str]]
    draws: int = 10

    def to_json(self) -> dict[str, Any]:
        """Return them JSON-ready."""
        schemes = {name: list(changes) for name, changes in self.schemes.items()}
        return {"schemes": schemes, "draws": self.draws}


def check_options(options: Options) -> None:
    """Raise `UsageError` for options that make no study."""
    if options.draws < 2:
        raise UsageError(f"draws: must be at least 2, got {options.draws}. Use 10.")
    if not options.schemes:
        raise UsageError("schemes: must name one or more, each with changes such as cv.folds=5.")
    for name, changes in options.schemes.items():
        alien = [change for change in changes if not change.startswith("cv.")]
        if alien:
            raise UsageError(f"schemes: {name} may change cv alone, got {alien[0]}.")


def compare_schemes(
    config: Config,
    config_input: str,
    resources: Resources,
    options: Options,
    *,
    fresh: bool = False,
    folder: Path | None = None,
) -> Path:
    """Estimate by every scheme, measure the truth, and return the study's folder.

    Args:
        config: the model; `dataset.test` is the part that tells the truth, `dataset.limit` how many
            of the other rows are at hand.
        config_input: its text as given.
        resources: where and how.
        options: the schemes and how often.
        fresh: never go on with an earlier study.
        folder: go on with this one.

    Raises:
        UsageError: options that make no study.
        ConfigError: a scheme that does not fit the data, or no test part.
        Interrupted, TrialsCrashed: see `TrialRunner.run`.
    """
    check_options(options)
    data = load_data(config)
    if config.dataset.test == 0:
        rule = "must leave a part that tells the truth"
        raise ConfigError(config.located(Fault("dataset.test", rule, "0", "Use 0.2")))
    planned = _trials(config, options, data)
    first = planned[0].trial.settings()
    trial = prepare_trial(first, None, data)
    time = study_time(trial, len(planned), resources.force.workers, resources.threads)
    names = ", ".join(options.schemes)
    apart = len(trial.task.parts["test"])
    schemes = f"schemes   {names}; {options.draws} draws, each tested on {apart:,} rows apart"
    resources.listener(Plan((*outline(trial), schemes, *time)))
    given = options.to_json()
    run = enter_study(
        COMMAND, config, config_input, given, data, resources, fresh=fresh, folder=folder
    )
    with run:
        runner = TrialRunner(run, data, resources)
        results = runner.run("schemes", planned)
        rows = timed_rows(runner, planned, results)
        run.write_table(RESULTS, without_times(rows))
        metric = leading(config.training.metrics, bool(data.classes))
        summary = schemes_summary(options.schemes, rows, metric)
        notes = {"notes": list(data.notes)}
        run.write_summary(summary_head(run, COMMAND, "completed") | given | summary | notes)
    return run.path


def _trials(config: Config, options: Options, data: Dataset) -> list[Planned]:
    """Return the trials: of each draw, the truth, then all folds of all schemes."""
    planned = []
    for draw in range(options.draws):
        seeds = [
            f"dataset.split_seed={config.dataset.split_seed + draw}",
            f"seed={config.seed + draw}",
        ]
        drawn = load_config(config.resolved(), [*seeds, "cv.keep_test=true"])
        row = {"scheme": TRUTH, "draw": draw, "repeat": "", "fold": ""}
        planned.append(Planned(Trial(drawn.resolved()), f"draw {draw + 1}, {TRUTH}", row))
        for name, changes in options.schemes.items():
            scheme, folds = _folds(drawn, name, changes, data)
            planned += [
                Planned(
                    Trial(scheme.resolved(), place),
                    f"draw {draw + 1}, {name}, {folds.label(place)}",
                    {"scheme": name, "draw": draw, "repeat": place.repeat, "fold": place.index},
                )
                for place in folds.places
            ]
    return planned


def _folds(
    config: Config, name: str, changes: Sequence[str], data: Dataset
) -> tuple[Config, Folds]:
    """Return a scheme's config and folds; each fault says which scheme."""
    with placed(f"scheme {name}"):
        complete = complete_cv(load_config(config.resolved(), changes), data)
        return complete, plan_folds(complete, data)
