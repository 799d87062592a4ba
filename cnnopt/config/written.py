"""A config as it was written: variables not filled, repeats not unrolled, so that both can vary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cnnopt.config.config import Config
from cnnopt.config.data_place import anchor_data
from cnnopt.config.load import default_name, load_config
from cnnopt.config.overrides import apply_overrides
from cnnopt.config.sources import read_source
from cnnopt.errors import ConfigError, Fault


def written_config(
    source: str | Path | Mapping[str, Any] | Config,
    overrides: Sequence[str] = (),
    *,
    seed: int | None = None,
) -> dict[str, Any]:
    """Return a config in long form as plain values, its `$variables` and repeats as they stand.

    `load_config` of it, with changes such as `variables.width=8`, is what the file with these
    changes would be, wherever the file is. What the config that it extends says is in it, its
    `dataset.path` is absolute, and what stands under `study` is left out.

    Args, Raises: as of `load_config`; only what concerns the overrides is checked.

    Example:
        >>> given = {"variables": {"width": 8}, "model": [{"dense": "$width"}]}
        >>> written_config(given, ["variables.width=4"])["variables"]
        {'width': 4}
    """
    if isinstance(source, Config):  # of which no variable is left
        return load_config(source, overrides, seed=seed).resolved()
    faults: list[Fault] = []
    root = apply_overrides(read_source(source), overrides, faults)
    anchor_data(root, faults)
    if faults:
        raise ConfigError(*faults)
    written: dict[str, Any] = {"name": default_name(source)} | root.plain()
    written.pop("study", None)
    return written if seed is None else written | {"seed": seed}
