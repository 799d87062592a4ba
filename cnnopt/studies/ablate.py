"""`ablate`: what each regularizer does, alone, with all the others, and by its strength."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cnnopt.config import Config
from cnnopt.errors import ConfigError, Fault
from cnnopt.metrics import leading
from cnnopt.studies.ablation_arms import (
    Options,
    Sweep,
    arms_of,
    check_options,
    sweep_arms,
    sweep_of,
    wanted_of,
)
from cnnopt.studies.ablation_parts import chosen_parts
from cnnopt.studies.ablation_summary import ablation_summary, sweep_summary
from cnnopt.studies.compare import prepared_arm, seeded
from cnnopt.studies.rows import timed_rows, without_times
from cnnopt.studies.study import RESULTS, Resources, TrialRunner, enter_study
from cnnopt.trials.events import Plan
from cnnopt.trials.outline import outline, study_time
from cnnopt.trials.result import summary_head
from cnnopt.trials.running import Prepared
from cnnopt.trials.trial import load_data

COMMAND = "ablate"


def ablate(
    config: Config,
    config_input: str,
    resources: Resources,
    options: Options,
    *,
    fresh: bool = False,
    folder: Path | None = None,
) -> Path:
    """Train with and without each part on the same seeds and return the study's folder.

    Args:
        config: with all of its regularizers and layers.
        config_input: its text as given.
        resources: where and how.
        options: which parts, or which strengths; how many seeds.
        fresh: never go on with an earlier study.
        folder: go on with this one.

    Raises:
        UsageError: options that make no ablation.
        ConfigError: nothing to take out, an arm that is no config, no part to measure on.
        Interrupted, TrialsCrashed: see `TrialRunner.run`.
    """
    check_options(options)
    sweep = sweep_of(options) if options.sweep else None
    parts = () if sweep else chosen_parts(config.resolved(), options.parts)
    data = load_data(config)
    arms = sweep_arms(config, sweep) if sweep else arms_of(config, parts)
    prepared = [prepared_arm(config, arm, name, data) for name, arm in arms.items()]
    _check_held_out(config, prepared[-1], sweep)
    resources.listener(Plan(_plan_lines(arms, options, prepared[-1], resources, sweep)))
    given = options.to_json()
    run = enter_study(
        COMMAND, config, config_input, given, data, resources, fresh=fresh, folder=folder
    )
    with run:
        runner = TrialRunner(run, data, resources)
        planned = [
            seeded(arm, name, config.seed + number)
            for name, arm in arms.items()
            for number in range(options.seeds)
        ]
        rows = timed_rows(runner, planned, runner.run("arms", planned))
        run.write_table(RESULTS, without_times(rows))
        metric = leading(config.training.metrics, bool(data.classes))
        histories = runner.histories(planned)
        if sweep:
            summary = sweep_summary(sweep, rows, histories, metric)
        else:
            summary = ablation_summary(list(arms), wanted_of(parts), rows, histories, metric)
        summary["notes"] += data.notes
        head = summary_head(run, COMMAND, "completed") | {"options": given, "parts": list(parts)}
        run.write_summary(head | summary)
    return run.path


def _check_held_out(config: Config, trial: Prepared, sweep: Sweep | None) -> None:
    """Raise where there is no part on which an effect could be seen."""
    parts: Mapping[str, object] = trial.task.parts
    if sweep and "validation" not in parts:
        rule = "the best strength is chosen on a validation part, there is none"
        raise ConfigError(config.located(Fault("dataset.validation", rule, "0", "Use 0.1")))
    if "test" not in parts and "validation" not in parts:
        rule = "effects need a part that was not trained on, there is none"
        raise ConfigError(config.located(Fault("dataset.test", rule, "0", "Use 0.2")))


def _plan_lines(
    arms: Mapping[str, Config],
    options: Options,
    trial: Prepared,
    resources: Resources,
    sweep: Sweep | None,
) -> tuple[str, ...]:
    what = "sweep     " if sweep else "ablate    "
    return (
        *outline(trial),
        f"{what}{', '.join(arms)}: {options.seeds} paired seeds",
        *study_time(trial, len(arms) * options.seeds, resources.force.workers, resources.threads),
    )
