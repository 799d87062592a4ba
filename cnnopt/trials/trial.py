"""A trial is plain data: a resolved config, a fold, a seed. Its id says what it depends on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from typing import Any, cast

import numpy as np

import cnnopt
from cnnopt.config import Config, load_config
from cnnopt.config.augment import Augment, notes_of
from cnnopt.data import load
from cnnopt.data.dataset import Dataset
from cnnopt.data.stamp import stamp
from cnnopt.errors import DataError
from cnnopt.optimizers.plugins import add_references
from cnnopt.records import blas
from cnnopt.splits import Place


@dataclass(frozen=True)
class Trial:
    """One training: everything that decides its result, besides the data's values.

    Attributes:
        config: the resolved config, as `Config.resolved()` gives it.
        fold: the fold to test on, of the scheme that the config's `cv` names; None for the holdout
            of `dataset.test`.
        tests: whether the test part is looked at in the end; not while tuning.
        extra: optimizers of the user's, by name: where their classes are, as `reference` tells.
    """

    config: Mapping[str, Any]
    fold: Place | None = None
    tests: bool = True
    extra: Mapping[str, str] = field(default_factory=dict)

    def identity(self, fingerprint: str) -> str:
        """Return the hex digest of config, fold, data and the numerics' versions.

        Args:
            fingerprint: the data set's.
        """
        return digest(
            {
                "config": decisive(self.config),
                "fold": asdict(self.fold) if self.fold else None,
                "tests": self.tests,
                **({"extra": dict(self.extra)} if self.extra else {}),
                "data": fingerprint,
                "numerics": numerics(),
            }
        )

    def settings(self) -> Config:
        """Return the checked config."""
        if self.extra:
            add_references(self.extra)
        return load_config(self.config)


def decisive(config: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of a resolved config decides a result: not its name, nor where the data lie.

    What the data are is said by their fingerprint.
    """
    dataset = {key: value for key, value in config["dataset"].items() if key != "path"}
    return {key: value for key, value in config.items() if key != "name"} | {"dataset": dataset}


def digest(facts: Mapping[str, Any]) -> str:
    """Return the hex digest of JSON-ready facts, whatever the order of their keys."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@lru_cache(maxsize=1)
def numerics() -> tuple[str, ...]:
    """Return what bits depend on besides config and data: versions and the BLAS's kernel."""
    libraries = [f"{lib['name']} {lib['version']} {lib['kernel']}" for lib in blas()]
    return (f"cnnopt {cnnopt.__version__}", f"numpy {np.__version__}", *sorted(set(libraries)))


def load_data(config: Config) -> Dataset:
    """Return the config's data set; the one loaded last stays in memory for the next trial.

    It is read again where its files have changed. Its notes say, too, which augmentation of the
    config may change its labels.
    """
    settings = cast(Any, config.dataset)
    key = json.dumps([config.resolved()["dataset"], stamp(settings)], sort_keys=True)
    if _loaded.get("key") != key:
        _loaded.clear()
        _loaded.update(key=key, data=load(settings))
    data = cast(Dataset, _loaded["data"])
    augments = (entry for entry in config.regularizers if isinstance(entry, Augment))
    notes = [note for entry in augments for note in notes_of(entry, config.dataset.name)]
    return replace(data, notes=(*data.notes, *notes)) if notes else data


_loaded: dict[str, Any] = {}


def checked_data(config: Config, fingerprint: str) -> Dataset:
    """Return the config's data set for a part of a study that began with it.

    Raises:
        DataError: the data are others by now.
    """
    data = load_data(config)
    if data.fingerprint != fingerprint:
        path = config.dataset.path
        raise DataError(f"{path}: was changed while the study was running. Restore it.")
    return data
