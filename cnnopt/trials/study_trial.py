"""A trial of a study: run by a worker, in a folder of its own inside the study's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cnnopt.errors import Diverged
from cnnopt.records import enter_trial
from cnnopt.trials.events import nobody
from cnnopt.trials.running import diverged_result, prepare_trial, run_trial
from cnnopt.trials.trial import Fold, Trial, load_data

CHECKPOINT_SECONDS = 60.0
"""Trials of a study are short: one that is killed loses at most so much of its work."""


def perform_trial(
    config: Mapping[str, Any],
    fold: Fold | None,
    identity: str,
    folder: Path,
    threads: int,
    *,
    stop: Callable[[], bool],
) -> dict[str, Any]:
    """Run one trial in `folder`, going on where it was begun; returns its result.

    Its weights are not kept: it can be run again to the same bits.

    Args:
        config: the resolved config.
        fold: the fold to test on, or None.
        identity: the trial's id.
        folder: `<study>/trials/<id>`.
        threads: of the engine.
        stop: asked after every batch.

    Raises:
        Interrupted: `stop` said so; the state is saved.
    """
    settings = Trial(config, fold).settings()
    trial = prepare_trial(settings, fold, load_data(settings))
    meta = {"command": "trial", "seed": settings.seed, "data": trial.data.fingerprint}
    run = enter_trial(
        folder, settings.name, identity, config, meta, checkpoint_seconds=CHECKPOINT_SECONDS
    )
    with run:
        checkpoint, _ = run.checkpoint()
        try:
            result = run_trial(
                trial,
                run,
                threads=threads,
                stop=stop,
                listener=nobody,
                snapshot=checkpoint.snapshot if checkpoint else None,
            )
        except Diverged as error:
            result = diverged_result(trial, run, error)
            run.set_status("diverged", error=str(error))
        result["scaler"] = trial.scaler.to_json()
        run.write_summary({"schema": 1, "command": "trial", **result})
        run.discard_checkpoints()
    return result
