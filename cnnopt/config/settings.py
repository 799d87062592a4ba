"""The base of all settings: frozen, strict, nothing unknown is accepted."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from cnnopt.config.rule import Named, named_by


class Settings(BaseModel):
    """A record of checked settings; the long form of one mapping of the config."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,  # of the many kinds of layers and data, a config uses a few
    )

    main: ClassVar[str] = ""
    """The setting that a single value stands for, as in `dropout: 0.3`; empty when none does."""


def fields_of(model: type[Settings]) -> dict[str, FieldInfo]:
    """Return the settings that a user can write, by name, in the order of the long form.

    `kind` is not one of them: it holds the name by which an entry was chosen from its table.
    """
    return {name: field for name, field in model.model_fields.items() if name != "kind"}


def long_form(settings: Settings) -> dict[str, Any]:
    """Return the settings as plain dicts, lists and scalars, ready for JSON and YAML.

    What is not set (None) is left out; an entry of a table becomes `{name: {settings}}`.
    """
    return {
        name: _plain(value, named_by(field))
        for name, field in fields_of(type(settings)).items()
        if (value := getattr(settings, name)) is not None
    }


def _plain(value: Any, named: Named | None) -> Any:
    if isinstance(value, Settings):
        form = long_form(value)
        return form if named is None or named.inside else {vars(value)["kind"]: form}
    if isinstance(value, tuple):
        return [_plain(item, named) for item in value]
    return value
