"""`cnnopt describe`: what a config would train, and at what cost."""

from __future__ import annotations

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin, print_json


def describe(
    context: typer.Context,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    threads: options.TrainThreads = None,
    as_json: options.Json = False,
) -> None:
    """Say shapes, parameters, memory and time of a network before it is trained."""
    call = begin(context, as_json=as_json)
    from cnnopt import api

    with call.listening() as (listener, _):
        description = api.describe(config, set_ or (), threads=threads, listener=listener)
    if call.as_json:
        print_json(description.to_json())
        return
    from cnnopt.display.console import make_console
    from cnnopt.display.description import show_description

    show_description(make_console(), description)
