"""`cnnopt data`: the data sets that are known and where they are; audit one, look at one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin, print_json
from cnnopt.errors import ExitCode

app = typer.Typer(help="See which data sets are known and here; audit one, look at one.")


@app.callback()
def _data() -> None:
    """See which data sets are known and here; audit one, look at one."""


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


@app.command("audit")
def audit(
    context: typer.Context,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Look for leaks between the parts that `train` would use; exit 8 where there is one."""
    call = begin(context, as_json=as_json, quiet=quiet)
    from cnnopt import api_data

    with call.listening() as (listener, _):
        result = api_data.audit_data(config, set_ or (), listener=listener)
    if call.as_json:
        print_json(result.to_json())
    elif not call.quiet:
        from cnnopt.display.audit import show_data_audit
        from cnnopt.display.console import make_console

        show_data_audit(make_console(), result)
    if result.leaks:
        raise typer.Exit(ExitCode.CHECK_FAILED)


@app.command("show")
def show(
    context: typer.Context,
    config: options.ConfigFile = None,
    augmented: Annotated[
        bool, typer.Option("--augmented", help="Beside each, what training will make of it.")
    ] = False,
    rows: Annotated[
        int | None,
        typer.Option(
            "--rows",
            metavar="N",
            parser=options.whole(1),
            help="Examples; by default 24, or 10 with --augmented.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int,
        typer.Option("--seed", metavar="N", parser=options.whole(0), help="Which are drawn."),
    ] = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="FILE",
            help="The PNG file; by default NAME-examples.png in this folder.",
            show_default=False,
        ),
    ] = None,
    set_: options.Set = None,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Draw training examples with their labels, as they are or augmented."""
    call = begin(context, as_json=as_json, quiet=quiet)
    from cnnopt import api_data

    with call.listening() as (listener, _):
        shown = api_data.show_data(
            config,
            set_ or (),
            augmented=augmented,
            rows=rows,
            seed=seed,
            output=output,
            listener=listener,
        )
    if call.as_json:
        print_json(asdict(shown))
    elif not call.quiet:
        from cnnopt.display.console import make_console
        from cnnopt.display.data import show_picture

        show_picture(make_console(), shown.file, shown.notes)
