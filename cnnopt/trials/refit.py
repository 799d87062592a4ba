"""The final model: trained on all rows, for use and not for measuring."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cnnopt.config import Config, load_config, set_values
from cnnopt.data.dataset import Dataset
from cnnopt.records import enter_trial
from cnnopt.trials.events import nobody
from cnnopt.trials.running import prepare_trial, run_trial
from cnnopt.trials.trial import Trial


def refit(
    config: Config, data: Dataset, folder: Path, threads: int, *, stop: Callable[[], bool]
) -> None:
    """Train on every row that a cross-validation used, in `folder`; its weights are kept.

    There is no test part (an official one stays apart); the validation part remains, for
    selection and early stopping.

    Raises:
        Interrupted: `stop` said so; the state is saved.
        Diverged: it diverged, other than in the folds.
    """
    # Not the share that `dataset.test` may say: it would be drawn from the official rows too.
    test = "official" if "test" in data.official else "0"
    settings = load_config(set_values(config.resolved(), [f"dataset.test={test}"]))
    trial = prepare_trial(settings, None, data)
    resolved = settings.resolved()
    identity = Trial(resolved).identity(data.fingerprint)
    meta = {"command": "refit", "seed": settings.seed, "data": data.fingerprint}
    with enter_trial(folder, settings.name, identity, resolved, meta) as run:
        checkpoint, _ = run.checkpoint()
        snapshot = checkpoint.snapshot if checkpoint else None
        result = run_trial(
            trial, run, threads=threads, stop=stop, listener=nobody, snapshot=snapshot
        )
        run.write_summary({"schema": 1, "command": "refit", **result})
