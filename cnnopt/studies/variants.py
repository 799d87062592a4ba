"""Variants of one config in a study, and faults that say which of them they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

from cnnopt.config import Config, load_config
from cnnopt.errors import ConfigError, Fault


def variant(config: Config, changes: Sequence[str], place: str) -> Config:
    """Return the config with changes, as of `--set`.

    Args:
        config: what all have in common.
        changes: of this one.
        place: what it is called in faults: `arm sam`.

    Raises:
        ConfigError: the changes are none, or lead to no config; each fault says where.
    """
    with placed(place):
        return load_config(config.resolved(), changes)


@contextmanager
def placed(place: str, options: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """Let every fault say which variant it is about.

    Args:
        place: what it is called.
        options: by path of a setting, the command's option that set it, which is told instead.
    """
    try:
        yield
    except ConfigError as error:
        faults = [
            Fault(options.get(f.path, f.path), f.rule, f.given, f.remedy, place)
            for f in error.faults
        ]
        raise ConfigError(*faults) from None
