"""The second model of `cv --compare`, on the folds of the first."""

from __future__ import annotations

import numpy as np

from cnnopt.config import Config
from cnnopt.data.dataset import Dataset
from cnnopt.errors import ConfigError, Fault
from cnnopt.studies.fold_plan import Folds, plan_folds
from cnnopt.studies.fold_runs import Model
from cnnopt.studies.same_measure import check_measure
from cnnopt.trials.trial import load_data


def other_model(config: Config, other: Config, data: Dataset, folds: Folds) -> Model:
    """Return the second model, on the folds of the first.

    Args:
        config: the first, its `cv` complete; the other's own `cv` has no effect.
        other: the second.
        data: the data set of the first.
        folds: all folds.

    Raises:
        ConfigError: it has other data, other folds, or does not measure what is compared.
    """
    same = other.model_copy(update={"cv": config.cv})
    check_measure(config, other, bool(data.classes), other.name)
    if load_data(other).fingerprint != data.fingerprint:
        rule, remedy = f"must be the data of {config.name}", "Compare on the same data"
        raise ConfigError(Fault("dataset", rule, other.dataset.name, remedy, other.name))
    theirs = plan_folds(same, data)
    pairs = zip(folds.splits, theirs.splits, strict=False)
    if len(theirs.splits) != len(folds.splits) or not all(
        np.array_equal(mine.test, its.test) for mine, its in pairs
    ):
        rule = f"must make the folds of {config.name}: they would not be paired"
        remedy = "Give both the same split_seed, limit, test and validation"
        raise ConfigError(Fault("dataset", rule, "", remedy, other.name))
    name = other.name if other.name != config.name else f"{other.name} (2)"
    return Model(same, name)
