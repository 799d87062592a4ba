"""`cnnopt data`: the data sets that are known, and where they are."""

from __future__ import annotations

from dataclasses import asdict

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin, print_json

app = typer.Typer(help="See which data sets are known and here.")


@app.callback()
def _data() -> None:
    """See which data sets are known and here."""


@app.command("list")
def list_(
    context: typer.Context, as_json: options.Json = False, verbose: options.Verbose = False
) -> None:
    """List the data sets, and where each is looked for."""
    call = begin(context, as_json=as_json)
    from cnnopt.data.catalogue import FORMATS, data_sets

    entries = data_sets()
    if call.as_json:
        print_json([asdict(entry) for entry in entries])
        return
    from cnnopt.display.console import make_console
    from cnnopt.display.data import show_data_sets

    show_data_sets(make_console(), entries, FORMATS, files=verbose)
