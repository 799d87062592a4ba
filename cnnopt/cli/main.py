"""The application `cnnopt`: its commands, and the one place where errors become exit codes."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from cnnopt import __version__
from cnnopt.cli import (
    ablate,
    compare,
    compare_optimizers,
    cv,
    data,
    describe,
    explain,
    gradcheck,
    init,
    predict,
    range_test,
    resume,
    runs,
    schema,
    search,
    train,
)
from cnnopt.cli.call import WHILE_LOADING, Call
from cnnopt.errors import CnnoptError, ConfigError, ExitCode, Interrupted

STUDIES = "Train and compare"
MODELS = "Work with runs"
FILES = "Configs and data"

# The base of typer's usage errors; typer itself has moved it from one module to another.
UsageProblem: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    help="A laboratory for convolutional networks and optimization, on NumPy.",
    epilog="One YAML file in, one run folder out. Begin with: cnnopt train",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("train", rich_help_panel=STUDIES)(train.train)
app.command("cv", rich_help_panel=STUDIES)(cv.cv)
app.command("compare-optimizers", rich_help_panel=STUDIES)(compare_optimizers.compare_optimizers)
app.command("compare", rich_help_panel=STUDIES)(compare.compare)
app.command("ablate", rich_help_panel=STUDIES)(ablate.ablate)
app.command("search", rich_help_panel=STUDIES)(search.search)
app.command("run", rich_help_panel=STUDIES)(compare.run)
app.command("range-test", rich_help_panel=STUDIES)(range_test.range_test)
app.command("resume", rich_help_panel=MODELS)(resume.resume)
app.command("predict", rich_help_panel=MODELS)(predict.predict)
app.add_typer(runs.app, name="runs", rich_help_panel=MODELS)
app.command("describe", rich_help_panel=FILES)(describe.describe)
app.command("gradcheck", rich_help_panel=FILES)(gradcheck.gradcheck)
app.command("explain", rich_help_panel=FILES)(explain.explain)
app.command("init", rich_help_panel=FILES)(init.init)
app.command("schema", rich_help_panel=FILES)(schema.schema)
app.add_typer(data.app, name="data", rich_help_panel=FILES)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cnnopt {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
    traceback: Annotated[
        bool,
        typer.Option("--traceback", help="Show where an error came from; also at the end."),
    ] = False,
) -> None:
    """Read the options that stand before a command; both are dealt with elsewhere."""


def main() -> NoReturn:
    """Run the command line of this process and exit."""
    gc.set_threshold(WHILE_LOADING)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Args:
        arguments: the words after `cnnopt`; none at all means `--help`.

    Returns:
        The exit code.
    """
    with_traceback = "--traceback" in arguments
    words = [word for word in arguments if word != "--traceback"] or ["--help"]
    call = Call(as_json="--json" in words)
    try:
        code = app(words, obj=call, prog_name="cnnopt", standalone_mode=False)
        sys.stdout.flush()
        return int(code or ExitCode.DONE)
    except (BrokenPipeError, SystemExit):
        # Whoever read our output has gone, which typer ends in SystemExit; all else is done.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return ExitCode.DONE
    except (Exception, KeyboardInterrupt, typer.Abort) as error:
        if with_traceback:
            import traceback

            traceback.print_exception(error)
        code, message = ending(error, call)
        sys.stderr.write(f"{message}\n")
        if call.as_json:
            from cnnopt.cli.call import print_json

            command = next((word for word in words if not word.startswith("-")), "")
            print_json(call.document(command, error, code))
        return int(code)


def ending(error: BaseException, call: Call) -> tuple[ExitCode, str]:
    """Return the exit code that an error ends with, and what to tell the user."""
    if isinstance(error, Interrupted):
        return call.stop.exit_code or error.exit_code, str(error)
    if isinstance(error, ConfigError):
        return error.exit_code, str(error)
    if isinstance(error, CnnoptError):
        return error.exit_code, f"error: {error}"
    if isinstance(error, UsageProblem):
        return ExitCode.USAGE, usage(error)
    if isinstance(error, KeyboardInterrupt | typer.Abort):
        return ExitCode.INTERRUPTED, "Interrupted before anything was written."
    if isinstance(error, MemoryError):
        remedy = "Use a smaller training.batch_size, fewer filters, or fewer --jobs."
        return ExitCode.MEMORY, f"error: there is not enough memory for this. {remedy}"
    what = f"{type(error).__name__}: {error}"
    return ExitCode.BUG, f"error: cnnopt has a bug here ({what}). Run again with --traceback."


def usage(error: Exception) -> str:
    """Return typer's message in our manner: `cnnopt cv: no such option: --fold. See ...`."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "cnnopt"
    text = str(error.format_message()) if hasattr(error, "format_message") else str(error)
    possible = getattr(error, "possibilities", None)
    if possible:
        text = f"{error}. Did you mean {' or '.join(sorted(possible))}?"
    text = text[:1].lower() + text[1:].rstrip(".")
    end = "" if text.endswith("?") else "."
    return f"error: {path}: {text}{end} See '{path} --help'."
