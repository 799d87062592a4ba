"""`cv`: every fold is a trial; what they say together, with an honest interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnnopt.config import Config, set_values
from cnnopt.data.dataset import Dataset
from cnnopt.errors import ConfigError
from cnnopt.metrics import leading
from cnnopt.splits.names import K_FOLD_KINDS
from cnnopt.studies.baseline import baseline_jobs, baselines
from cnnopt.studies.cv_other import other_model
from cnnopt.studies.cv_tuning import candidates_of, check_tuning, choose, inner_trials
from cnnopt.studies.cv_tuning import summary as tuning_summary
from cnnopt.studies.fold_audit import audit_job
from cnnopt.studies.fold_plan import Folds, plan_folds
from cnnopt.studies.fold_runs import Measured, Model, Table, run_folds
from cnnopt.studies.rows import result_row
from cnnopt.studies.study import RESULTS, Planned, Resources, TrialRunner, enter_study
from cnnopt.trials.events import Plan
from cnnopt.trials.outline import outline, study_time
from cnnopt.trials.result import REFIT, summary_head
from cnnopt.trials.running import PREDICTIONS, prepare_trial
from cnnopt.trials.splitting import complete_cv
from cnnopt.trials.trial import Trial, load_data

COMMAND = "cv"
INNER_FOLDS = 3


@dataclass(frozen=True)
class Options:
    """What the command's own options say.

    Attributes:
        final: then train the final model on all rows, in the study's folder `refit`.
        other: a second config that is compared on the same folds.
        tune: by path, the values that are tried inside each fold; none: no tuning.
        inner_folds: folds of a training part that tuning makes.
    """

    final: bool = False
    other: Config | None = None
    tune: Mapping[str, Sequence[str]] = field(default_factory=dict)
    inner_folds: int = INNER_FOLDS

    def to_json(self) -> dict[str, Any]:
        """Return them JSON-ready."""
        return {
            "refit": self.final,
            "compare": None if self.other is None else self.other.resolved(),
            "tune": {path: list(values) for path, values in self.tune.items()},
            "inner_folds": self.inner_folds,
        }


PLAIN = Options()


def cross_validate(
    config: Config,
    config_input: str,
    resources: Resources,
    options: Options = PLAIN,
    *,
    fresh: bool = False,
    folder: Path | None = None,
) -> Path:
    """Cross-validate and return the study's folder.

    Args:
        config: the base config; `config.cv` says which folds.
        config_input: its text as given.
        resources: where and how.
        options: what to do besides.
        fresh: never go on with an earlier study.
        folder: go on with this one.

    Raises:
        ConfigError: folds that do not fit the data, another config that cannot be compared, values
            that cannot be tried.
        Interrupted, TrialsCrashed: see `TrialRunner.run`.
    """
    data = load_data(config)
    try:
        config = complete_cv(config, data)
        folds = plan_folds(config, data)
    except ConfigError as error:
        raise ConfigError(*map(config.located, error.faults)) from error
    models = [Model(config)]
    if options.other is not None:
        models = [Model(config, config.name), other_model(config, options.other, data, folds)]
    # Whatever is wrong with a fold or a model is said before anything is written.
    trial, *_ = [prepare_trial(model.config, folds.places[0], data) for model in models]
    check_tuning(config, options.tune, folds, options.inner_folds, data)
    inner = inner_trials(config, options.tune, folds, options.inner_folds)
    count = len(inner) + len(models) * len(folds.places)
    time = study_time(trial, count, resources.force.workers, resources.threads)
    resources.listener(Plan((*outline(trial), *_lines(config, options, folds), *time)))
    given = options.to_json()
    run = enter_study(
        COMMAND, config, config_input, given, data, resources, fresh=fresh, folder=folder
    )
    with run:
        runner = TrialRunner(run, data, resources)
        metric = leading(config.training.metrics, bool(data.classes))
        rows: Table = []
        if inner:
            results = runner.run("inner folds", inner)
            rows = [
                result_row(runner.identity(p), p, r) for p, r in zip(inner, results, strict=True)
            ]
            chosen = choose(options.tune, folds, results, metric)
            models = [Model(config, chosen=[changes for changes, _ in chosen])]
        measured = run_folds(runner, models, folds, meanwhile=_load_statistics)
        run.write_table(RESULTS, [*rows, *(row for each in measured for row in each.rows)])
        run.write_table(PREDICTIONS, [row for each in measured for row in each.predictions])
        summary = _summary(config, data, folds, measured, metric)
        if inner:
            summary["tuning"] = tuning_summary(
                config, folds, chosen, measured[0].values(metric), metric
            )
        last = [
            audit_job(config, data, folds, measured[0].results),
            *baseline_jobs(config, data, folds.places, metric),
        ]
        summary["audit"], *by_fold = resources.force.results(last)
        summary["baselines"] = baselines(by_fold)
        summary["baseline"] = summary["baselines"][0]
        run.write_summary(summary_head(run, COMMAND, "completed") | summary)
        if options.final:
            status = runner.refit(_final(config, data), REFIT)
            summary["refit"] = {"folder": REFIT, "status": status}
            run.write_summary(summary_head(run, COMMAND, "completed") | summary)
    return run.path


def _final(config: Config, data: Dataset) -> Planned:
    """Return the training of the final model: on every row that the cross-validation used.

    There is no test part (an official one, and one that is kept, stays apart); the validation part
    remains, for selection and early stopping.
    """
    resolved = config.resolved()
    if not config.cv.keep_test:
        # Not the share that `dataset.test` may say: it would be drawn from the official rows too.
        test = "official" if "test" in data.official else "0"
        resolved = set_values(resolved, [f"dataset.test={test}"])
    return Planned(Trial(resolved, tests=False), "final model, on all rows")


def _load_statistics() -> None:
    """Load what the summary needs while the workers have enough to do: SciPy takes its time."""
    import cnnopt.studies.cv_compare
    import cnnopt.studies.cv_summary  # noqa: F401  (for their sake alone)


def _lines(config: Config, options: Options, folds: Folds) -> list[str]:
    """Return the lines of the plan that are about folds."""
    cv = config.cv
    count = len(folds.tested[0])
    times = f", {cv.repeats} times" if cv.repeats > 1 else ""
    how = ", shuffled" if cv.scheme in K_FOLD_KINDS and cv.shuffle else ""
    lines = [f"folds     {count} fold(s), {cv.scheme}{how}{times}"]
    if options.tune:
        tried = len(candidates_of(options.tune))
        lines.append(
            f"tuning    {tried} settings on {options.inner_folds} folds inside each training part"
        )
    if options.other is not None:
        lines.append(f"compare   {config.name} and {options.other.name}, on the same folds")
    return lines


def _summary(
    config: Config, data: Dataset, folds: Folds, measured: Sequence[Measured], metric: str
) -> dict[str, Any]:
    from cnnopt.studies.cv_compare import compared
    from cnnopt.studies.cv_summary import estimate, notes_of

    first = measured[0]
    summary: dict[str, Any] = {
        "metric": metric,
        "scheme": config.cv.scheme,
        **estimate(data, folds, first, metric),
        "notes": notes_of(config, data, folds, measured, metric),
    }
    if len(measured) > 1:
        # Its own: the test parts are the same, inner validation may be of another size.
        theirs = plan_folds(measured[1].model.config, data)
        other = estimate(data, theirs, measured[1], metric)
        summary["compare"] = {"other": other, **compared(data, folds, measured, metric)}
    return summary
