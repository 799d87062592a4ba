"""A typer application with two commands and nothing else: what `cnnopt --help` is measured by."""

from __future__ import annotations

import typer

app = typer.Typer()


@app.command()
def one(text: str = "") -> None:
    """Print a text."""
    typer.echo(text)


@app.command()
def two(text: str = "") -> None:
    """Print a text twice."""
    typer.echo(text * 2)


if __name__ == "__main__":
    app()
