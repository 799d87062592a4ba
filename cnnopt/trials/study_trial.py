"""A trial of a study: run by a worker, in a folder of its own inside the study's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cnnopt.errors import Diverged
from cnnopt.records import enter_trial
from cnnopt.trials.events import nobody
from cnnopt.trials.running import diverged_result, prepare_trial, run_trial
from cnnopt.trials.trial import Trial, checked_data

CHECKPOINT_SECONDS = 60.0
"""Trials of a study are short: one that is killed loses at most so much of its work."""


def perform_trial(
    trial: Trial,
    identity: str,
    fingerprint: str,
    folder: Path,
    threads: int,
    *,
    command: str = "trial",
    keep_weights: bool = False,
    stop: Callable[[], bool],
) -> dict[str, Any]:
    """Run one trial in `folder`, going on where it was begun; returns its result.

    Args:
        trial: what to run.
        identity: its id.
        fingerprint: of the study's data.
        folder: `<study>/trials/<id>`.
        threads: of the engine.
        command: what the folder calls itself.
        keep_weights: whether its last checkpoint stays; it can be made again to the same bits.
        stop: asked after every batch.

    Raises:
        DataError: the data are no longer those that the study began with.
        Interrupted: `stop` said so; the state is saved.
    """
    settings = trial.settings()
    data = checked_data(settings, fingerprint)
    prepared = prepare_trial(settings, trial.fold, data, tests=trial.tests)
    meta = {"command": command, "seed": settings.seed, "data": fingerprint}
    run = enter_trial(
        folder, settings.name, identity, trial.config, meta, checkpoint_seconds=CHECKPOINT_SECONDS
    )
    run.durable = keep_weights
    with run:
        checkpoint, _ = run.checkpoint()
        try:
            result = run_trial(
                prepared,
                run,
                threads=threads,
                stop=stop,
                listener=nobody,
                snapshot=checkpoint.snapshot if checkpoint else None,
            )
        except Diverged as error:
            result = diverged_result(prepared, run, error)
            run.set_status("diverged", error=str(error))
        result["scaler"] = prepared.scaler.to_json()
        notes = {"notes": list(prepared.notes)} if prepared.notes else {}
        run.write_summary({"schema": 1, "command": command, **result, **notes})
        if not keep_weights:
            run.discard_checkpoints()
            run.sync()
    return result
