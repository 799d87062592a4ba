"""What all studies share: a folder of their own, a journal, and trials run once each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

from cnnopt.config import Config
from cnnopt.data.dataset import Dataset
from cnnopt.errors import CheckpointError, ExitCode, Interrupted, TrialsCrashed, WriteError
from cnnopt.records import (
    RunFolder,
    blas_warning,
    create_run,
    find_unfinished,
    load_run,
    open_run,
)
from cnnopt.trials.events import (
    Listener,
    RunReady,
    StudyNote,
    StudyStarted,
    TrialDone,
    TrialStarted,
)
from cnnopt.trials.executor import Job, Workforce
from cnnopt.trials.journal import Journal
from cnnopt.trials.running import resume_command
from cnnopt.trials.study_trial import perform_trial
from cnnopt.trials.trial import Trial, decisive, digest, numerics
from cnnopt.trials.worker import Outcome

TRIALS, JOURNAL, RESULTS = "trials", "journal.jsonl", "results.csv"
ID_LENGTH = 12
"""Hex digits of a trial's id in its folder's name: 48 bits, enough for any study."""


@dataclass(frozen=True)
class Planned:
    """A trial in its place in a study.

    Attributes:
        trial: what to run.
        label: what a person calls it: `fold 3`, `adam 1e-3, seed 4`.
        row: the first columns of its row in `results.csv`.
    """

    trial: Trial
    label: str
    row: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The optimizer, arm or stage that it belongs to; empty where there is none."""
        names = ("optimizer", "arm", "stage")
        return next((str(self.row[name]) for name in names if self.row.get(name)), "")


@dataclass(frozen=True)
class Resources:
    """How a study runs; none of it changes a result.

    Attributes:
        runs_dir: the folder of all runs.
        force: the worker processes.
        threads: threads of the engine in each.
        stop: asked often; True ends the study, unfinished.
        listener: told what happens.
    """

    runs_dir: Path
    force: Workforce
    threads: int
    stop: Callable[[], bool]
    listener: Listener


def enter_study(
    command: str,
    config: Config,
    config_input: str,
    options: Mapping[str, Any],
    data: Dataset,
    resources: Resources,
    *,
    fresh: bool,
    folder: Path | None = None,
    written: Mapping[str, Any] | None = None,
) -> RunFolder:
    """Return the study's folder: the newest unfinished one of the same id, else a new one.

    Args:
        command: `cv` or `compare-optimizers`.
        config: the base config.
        config_input: its text as given.
        options: the command's own options, JSON-ready.
        data: the data set.
        resources: where and how.
        fresh: never go on with an earlier one.
        folder: go on with this one (`resume`).
        written: the config as `written_config` gives it, where trials are made of that.

    Raises:
        CheckpointError: the one to go on with was begun on other data.
        LockedError: another process writes into it.
    """
    resolved = config.resolved()
    facts = {
        "command": command,
        "config": decisive(resolved),
        "options": dict(options),
        "data": data.fingerprint,
        "numerics": numerics(),
    }
    more = {} if written is None else {"written": dict(written)}
    identity = digest(facts | {name: decisive(value) for name, value in more.items()})
    if folder is None and not fresh:
        folder = find_unfinished(resources.runs_dir, identity)
    if folder is not None:
        run = _reopened(folder, command, config, identity, data, resources.listener)
    else:
        meta: dict[str, Any] = {"command": command, "options": dict(options), **more}
        meta |= {"seed": config.seed, "data": data.fingerprint}
        run = create_run(resources.runs_dir, config.name, identity, resolved, config_input, meta)
    resources.listener(RunReady(run.path))
    if warning := blas_warning():
        resources.listener(StudyNote(warning))
        run.log(f"warning: {warning}")
    return run


def _reopened(
    folder: Path, command: str, config: Config, identity: str, data: Dataset, listener: Listener
) -> RunFolder:
    """Return the folder of an unfinished study, held again; warn where trials are run again."""
    if load_run(folder).meta.get("data") != data.fingerprint:
        raise CheckpointError(
            f"{folder}: was begun on other data than `{config.dataset.name}` holds now. "
            f"Restore the data, or start anew with `cnnopt {command}`."
        )
    run = open_run(folder)
    if run.meta.get("identity") != identity:
        text = (
            "The study was begun with another config, or other versions of cnnopt, NumPy or "
            "its BLAS: the trials that this changes are run again."
        )
        listener(StudyNote(text))
        run.log(f"warning: {text}")
        run.meta["identity"] = identity
    return run


class TrialRunner:
    """Runs the trials of one study; each of them once, whatever was interrupted in between."""

    def __init__(self, run: RunFolder, data: Dataset, resources: Resources) -> None:
        self._run, self._data, self._resources = run, data, resources
        self._journal = Journal(run.path / JOURNAL)

    def identity(self, planned: Planned) -> str:
        """Return the trial's id as it stands in tables and folder names."""
        return planned.trial.identity(self._data.fingerprint)[:ID_LENGTH]

    def folder(self, planned: Planned) -> Path:
        """Return the trial's folder."""
        return self._run.path / TRIALS / self.identity(planned)

    def histories(self, trials: Sequence[Planned]) -> dict[str, dict[str, list[float]]]:
        """Return the columns of `metrics.csv` of finished trials, by id."""
        from cnnopt.records.tables import read_history

        return {self.identity(p): read_history(self.folder(p) / "metrics.csv") for p in trials}

    @property
    def spent(self) -> float:
        """Seconds of work that the finished trials took, those of earlier calls included."""
        return sum(float(result["seconds"]) for result in self._journal.finished().values())

    def finished(self, trials: Sequence[Planned]) -> list[Planned]:
        """Return those of the trials that are finished."""
        done = self._journal.finished()
        return [planned for planned in trials if self.identity(planned) in done]

    def run(
        self,
        what: str,
        trials: Sequence[Planned],
        meanwhile: Callable[[], None] | None = None,
        enough: Callable[[], bool] | None = None,
    ) -> list[dict[str, Any]]:
        """Run what is not in the journal yet, and return all results in the order of `trials`.

        Equal trials are run once. `meanwhile`, `enough`: see `Workforce.run`; a trial that
        `enough` kept from beginning has no result: `finished` leaves it out too.

        Raises:
            Interrupted: `stop` said so; what is finished is kept.
            TrialsCrashed: some ended with an error; the others are kept.
            WriteError: one could not be written, as on a full disk; none is begun after it.
        """
        unique = {self.identity(planned): planned for planned in reversed(trials)}
        order = list(dict.fromkeys(map(self.identity, trials)))
        done = self._journal.finished()
        todo = [key for key in order if key not in done]
        tell = self._resources.listener
        tell(StudyStarted(what, len(order), len(order) - len(todo)))
        places = {key: number for number, key in enumerate(order, start=1)}
        jobs = [self._job(key, unique[key]) for key in todo]
        crashed = []
        for outcome in self._resources.force.run(
            jobs,
            stop=self._resources.stop,
            on_start=lambda job: tell(TrialStarted(places[job.key], unique[job.key].label)),
            meanwhile=meanwhile,
            enough=enough,
        ):
            label = unique[outcome.key].label
            if outcome.interrupted:
                continue
            if outcome.exit_code == ExitCode.WRITE_FAILED:
                raise WriteError(
                    f"{label}: {outcome.error} Trials that are finished are kept; go on with: "
                    f"{resume_command(self._run.path)}"
                )
            if outcome.error:
                crashed.append(self._crash(label, outcome))
                group = unique[outcome.key].group
                tell(TrialDone(places[outcome.key], label, "failed", outcome.seconds, {}, group))
                continue
            result = outcome.result | {"seconds": outcome.seconds}
            self._journal.add(outcome.key, result)
            status = result["status"]
            group = unique[outcome.key].group
            tell(TrialDone(places[outcome.key], label, status, outcome.seconds, result, group))
        done = self._journal.finished()
        if self._resources.stop():
            raise Interrupted(
                f"Interrupted; {sum(key in done for key in order)} of {len(order)} trials "
                f"({what}) are finished and kept. Go on with: {resume_command(self._run.path)}"
            )
        if crashed:
            raise TrialsCrashed(
                f"{len(crashed)} of {len(order)} trials crashed: {crashed[0]} "
                f"The others are kept; once the cause is gone, go on with: "
                f"{resume_command(self._run.path)}"
            )
        return [dict(done[self.identity(planned)]) for planned in self.finished(trials)]

    def refit(self, planned: Planned, name: str) -> str:
        """Train a final model in the study's folder `name`, keep its weights; return its status.

        Raises:
            Interrupted: `stop` said so; the state is saved, the study goes on with it.
        """
        tell = self._resources.listener
        tell(StudyStarted("final model", 1, 0))
        tell(TrialStarted(1, planned.label))
        started = perf_counter()
        try:
            result = perform_trial(
                planned.trial,
                planned.trial.identity(self._data.fingerprint),
                self._data.fingerprint,
                self._run.path / name,
                self._resources.threads,
                command=name,
                keep_weights=True,
                stop=self._resources.stop,
            )
        except Interrupted as error:
            raise Interrupted(
                f"Interrupted while training the final model; all folds are finished and kept. "
                f"Go on with: {resume_command(self._run.path)}"
            ) from error
        status = str(result["status"])
        tell(TrialDone(1, planned.label, status, perf_counter() - started, result))
        return status

    def _job(self, key: str, planned: Planned) -> Job:
        arguments = (
            planned.trial,
            planned.trial.identity(self._data.fingerprint),
            self._data.fingerprint,
            self.folder(planned),
            self._resources.threads,
        )
        return Job(key, perform_trial, arguments)

    def _crash(self, label: str, outcome: Outcome) -> str:
        self._run.log(f"crashed: {label}: {outcome.error}\n{outcome.traceback}".rstrip())
        return f"{label}: {outcome.error}"
