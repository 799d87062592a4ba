"""Settings of optimizers that are not ours, made from their classes."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar, Literal, cast, get_type_hints

from pydantic import create_model

from cnnopt.config.optimizer_base import OptimizerSettings
from cnnopt.config.values import Flag, PositiveReal, Real
from cnnopt.optimizers.base import Optimizer


def settings_model(name: str, optimizer: type[Optimizer]) -> type[OptimizerSettings]:
    """Return the settings of a user's optimizer: its dataclass's fields, checked by their types."""
    hints = get_type_hints(optimizer)
    found: dict[str, Any] = {"kind": (Literal[name], name)}
    for field in fields(optimizer):  # type: ignore[arg-type]
        kind: Any = {bool: Flag, int: int, float: Real}[hints[field.name]]
        found[field.name] = (PositiveReal if field.name == "learning_rate" else kind, field.default)
    made: Any = create_model(
        optimizer.__name__,
        __base__=OptimizerSettings,
        __doc__=(optimizer.__doc__ or "").split("\n\n")[0],
        **found,
    )
    made.main = "learning_rate"
    return cast(type[OptimizerSettings], made)


class Table(dict[str, type[OptimizerSettings]]):
    """Settings by name; a name that is not ours is looked for among those that were added."""

    loaded: ClassVar[bool] = False

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or self._find(name)

    def __missing__(self, name: str) -> type[OptimizerSettings]:
        if self._find(name):
            return self[name]
        raise KeyError(name)

    def _find(self, name: object) -> bool:
        from cnnopt.optimizers.plugins import add_optimizer, installed
        from cnnopt.optimizers.table import CLASSES

        if not isinstance(name, str):
            return False
        if name not in CLASSES and not Table.loaded:
            Table.loaded = True
            for key, found in installed().items():
                add_optimizer(key, found)
        if name in CLASSES:
            self[name] = settings_model(name, CLASSES[name])
        return super().__contains__(name)
