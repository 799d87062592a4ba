"""`cnnopt predict`: use a trained model on the user's own files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin, print_json
from cnnopt.errors import UsageError

Input = Annotated[
    list[Path] | None,
    typer.Option(
        "--input",
        "-i",
        metavar="FILE",
        help="PNG, JPEG, npz or CSV. Several may follow: --input *.png",
        show_default=False,
    ),
]
MoreFiles = Annotated[
    list[Path] | None, typer.Argument(metavar="[FILE]...", hidden=True, show_default=False)
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the predictions as CSV as well."),
]


def predict(
    context: typer.Context,
    run: options.RunName,
    files: MoreFiles = None,
    inputs: Input = None,
    output: Output = None,
    runs_dir: options.RunsDir = options.RUNS,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
) -> None:
    """Use a trained model on images, npz or CSV files."""
    call = begin(context, as_json=as_json, quiet=quiet)
    wanted = [*(inputs or ()), *(files or ())]
    if not wanted:
        raise UsageError("There is nothing to predict. Name files: cnnopt predict RUN --input FILE")
    from cnnopt import api

    predictions = api.predict(run, wanted, runs_dir=runs_dir)
    if predictions.warning:
        typer.echo(f"warning: {predictions.warning}", err=True)
    rows = predictions.rows()
    if output is not None:
        from cnnopt.display.predictions import as_csv
        from cnnopt.files import write_atomic

        write_atomic(output, as_csv(rows))
    if call.as_json:
        print_json(rows)
    elif not call.quiet:
        from cnnopt.display.console import make_console
        from cnnopt.display.predictions import predictions_table

        console = make_console()
        console.print(
            predictions_table(predictions.classes, predictions.labels, predictions.values.tolist())
        )
        if output is not None:
            console.print(f"Written to {output}", highlight=False)
