"""`cnnopt schema`: the JSON Schema of configs, for editors."""

from __future__ import annotations

from cnnopt.cli.call import print_json


def schema() -> None:
    """Print the JSON Schema of configs, for editors."""
    from cnnopt.config import config_schema

    print_json(config_schema())
