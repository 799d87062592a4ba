"""`cnnopt gradcheck`: whether the gradients of a network are what differences say."""

from __future__ import annotations

import typer

from cnnopt.cli import options
from cnnopt.cli.call import begin, print_json
from cnnopt.errors import ExitCode


def gradcheck(
    context: typer.Context,
    config: options.ConfigFile = None,
    set_: options.Set = None,
    seed: options.Seed = None,
    as_json: options.Json = False,
) -> None:
    """Compare the gradients of all layers with differences; exit 8 where one is wrong."""
    call = begin(context, as_json=as_json)
    from cnnopt import api

    with call.listening() as (listener, _):
        result = api.gradcheck(config, set_ or (), seed=seed, listener=listener)
    if call.as_json:
        print_json(result.to_json())
    else:
        from cnnopt.display.console import make_console
        from cnnopt.display.gradcheck import show_gradcheck

        show_gradcheck(make_console(), result)
    if not result.passed:
        raise typer.Exit(ExitCode.CHECK_FAILED)
