"""`cnnopt describe`: what a config would train, at what cost, and with what learning rate."""

from __future__ import annotations

from typing import Annotated

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin, print_json
from cnnopt.errors import UsageError


def describe(
    context: typer.Context,
    config: options.ConfigFile = None,
    schedule: Annotated[
        bool, typer.Option("--schedule", help="Draw the learning rate over the steps instead.")
    ] = False,
    set_: options.Set = None,
    threads: options.TrainThreads = None,
    as_json: options.Json = False,
) -> None:
    """Say shapes, parameters, memory and time of a network before it is trained."""
    if schedule and threads is not None:
        raise UsageError("--threads: has no effect with --schedule, which times nothing.")
    call = begin(context, as_json=as_json)
    from cnnopt import api

    with call.listening() as (listener, _):
        if schedule:
            rates = api.describe_schedule(config, set_ or (), listener=listener)
        else:
            description = api.describe(config, set_ or (), threads=threads, listener=listener)
    if call.as_json:
        print_json(rates.to_json() if schedule else description.to_json())
        return
    from cnnopt.display.console import make_console

    if schedule:
        from cnnopt.display.schedule import show_schedule

        show_schedule(make_console(), rates)
        return
    from cnnopt.display.description import show_description

    show_description(make_console(), description)
