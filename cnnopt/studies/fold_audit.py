"""What would make a cross-validation too good, looked for in its folds by a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cnnopt.config import Config, load_config
from cnnopt.data.audit import audit_folds
from cnnopt.data.dataset import Dataset
from cnnopt.studies.fold_plan import Folds, plan_folds
from cnnopt.trials.executor import Job
from cnnopt.trials.trial import checked_data


def audit_job(
    config: Config, data: Dataset, folds: Folds, results: Sequence[Mapping[str, Any]]
) -> Job:
    """Return the job that audits the folds.

    Args:
        config: the study's, its `cv` complete.
        data: the data set.
        folds: all folds.
        results: of their trials, which say how they scaled.
    """
    scalers = {
        folds.label(place): result["scaler"]
        for place, result in zip(folds.places, results, strict=True)
    }
    return Job("audit", audited, (config.resolved(), data.fingerprint, scalers))


def audited(
    resolved: Mapping[str, Any],
    fingerprint: str,
    scalers: Mapping[str, Any],
    *,
    stop: Callable[[], bool],  # not asked: it takes no time worth it
) -> list[dict[str, Any]]:
    """Return what was looked for and found, as the entries of `summary.json`.

    Raises:
        DataError: the data are no longer those that the study began with.
    """
    config = load_config(resolved)
    data = checked_data(config, fingerprint)
    folds = plan_folds(config, data)
    parts = {
        folds.label(place): split.parts()
        for place, split in zip(folds.places, folds.splits, strict=True)
    }
    return [each.entry() for each in audit_folds(data, parts, config.dataset.scale, scalers)]
