"""The whole config in its long form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from cnnopt.config.cv import Cv
from cnnopt.config.datasets import DATASETS_NAMED, Dataset
from cnnopt.config.initial import Initial
from cnnopt.config.layers.table import LAYERS_NAMED, Layer
from cnnopt.config.objectives import LOSSES_NAMED, REGULARIZERS_NAMED, Loss, Regularizer
from cnnopt.config.optimizer_base import OptimizerSettings
from cnnopt.config.optimizers import OPTIMIZERS_NAMED
from cnnopt.config.schedules import SCHEDULES_NAMED, ConstantRate, Schedule
from cnnopt.config.settings import Settings, long_form
from cnnopt.config.training import Training
from cnnopt.config.values import Count, RunName
from cnnopt.errors import Fault


@dataclass(frozen=True)
class Origins:
    """Where settings were written, by path; no part of what makes two configs equal."""

    by_path: Mapping[str, Fault] = field(default_factory=dict, compare=False)


class Config(Settings):
    """Everything that decides a result, checked; attributes are named as the keys of the file.

    Made by `load_config`, which also checks what lies between the keys.
    """

    name: RunName
    seed: Count = 0
    dataset: Annotated[Dataset, DATASETS_NAMED]
    model: Annotated[tuple[Layer, ...], Field(min_length=1), LAYERS_NAMED]
    initial: Initial = Initial()
    loss: Annotated[Loss, LOSSES_NAMED]
    optimizer: Annotated[OptimizerSettings, OPTIMIZERS_NAMED]
    schedule: Annotated[Schedule, SCHEDULES_NAMED] = ConstantRate()
    regularizers: Annotated[tuple[Regularizer, ...], REGULARIZERS_NAMED] = ()
    training: Training = Training()
    cv: Cv = Cv()

    _origins: Origins = PrivateAttr(default_factory=Origins)

    def resolved(self) -> dict[str, Any]:
        """Return the long form as plain dicts, lists and scalars, all defaults filled.

        What has no value (`training.steps` when epochs are given) is left out.
        `load_config(config.resolved())` is the same config again.
        """
        return long_form(self)

    def located(self, fault: Fault) -> Fault:
        """Return `fault` with file, line and path as the user wrote them.

        For faults that show only when the network is built: `model.3.dense` becomes
        `model.1.repeat.layers.0.dense` in line 7 where a repeat made that layer.

        Args:
            fault: its path counts layers as `config.model` does.
        """
        steps = fault.path.split(".")
        for end in range(len(steps), 0, -1):
            if origin := self._origins.by_path.get(".".join(steps[:end])):
                path = ".".join([origin.path, *steps[end:]])
                return replace(fault, path=path, file=origin.file, line=origin.line)
        return fault

    def with_origins(self, by_path: Mapping[str, Fault]) -> Config:
        """Return the same config that knows where its settings were written."""
        other = self.model_copy()
        other._origins = Origins(by_path)
        return other
