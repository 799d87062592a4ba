"""`cnnopt init`: a config to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnnopt.errors import UsageError

Target = Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")]


def init(file: Target = Path("config.yaml")) -> None:
    """Write a config to start from."""
    if file.exists():
        raise UsageError(f"{file} exists and is left as it is. Give another name: cnnopt init FILE")
    from cnnopt.config import starter_config
    from cnnopt.files import write_atomic

    write_atomic(file, starter_config())
    use = "" if file == Path("config.yaml") else f" {file}"
    typer.echo(f"Wrote {file}. Train with it: cnnopt train{use}")
