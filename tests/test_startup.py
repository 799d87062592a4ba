"""Help comes at once: nothing heavy is loaded for it."""

from __future__ import annotations

import gc
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"numpy", "scipy", "matplotlib", "yaml", "safetensors", "multiprocessing"}

REPORT = """
import sys
try:
    {code}
except SystemExit:
    pass
sys.stderr.write(" ".join(sys.modules))
"""

CNNOPT = "sys.argv = ['cnnopt', *{arguments}]; from cnnopt.cli.main import main; main()"

BARE = """
    import typer
    app = typer.Typer()
    def one(text: str = "") -> None: ...
    def two(text: str = "") -> None: ...
    app.command()(one); app.command()(two)
    app(["--help"])
"""


def loaded(code: str) -> set[str]:
    """Return the modules loaded by a fresh interpreter that runs `code`."""
    script = REPORT.format(code=code)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stderr.split())


def cnnopt(*arguments: str) -> set[str]:
    return loaded(CNNOPT.format(arguments=list(arguments)))


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], [], ["train", "--help"], ["cv", "--help"], ["runs", "--help"]],
)
def test_help_and_version_load_nothing_heavy(arguments: list[str]) -> None:
    modules = cnnopt(*arguments)
    assert "cnnopt.cli.main" in modules
    assert not HEAVY & modules


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_help_loads_no_pydantic(arguments: list[str]) -> None:
    # The help of a single command does: typer itself uses it to describe values.
    assert "pydantic" not in cnnopt(*arguments)


def test_help_loads_hardly_more_than_a_bare_typer_application() -> None:
    more = {name for name in cnnopt("--help") - loaded(BARE) if not name.startswith("cnnopt")}
    assert len(more) <= 5, sorted(more)


def test_importing_cnnopt_loads_nothing_heavy() -> None:
    assert not HEAVY & loaded("import cnnopt")


FIRST_STEP = """
    import gc
    from cnnopt import api
    from cnnopt.training.events import StepDone

    train = api.train

    def watched(*arguments, listener, **more):
        def first_step(event):
            listener(event)
            if isinstance(event, StepDone):
                sys.stderr.write(f"gc:{gc.isenabled()}:{gc.get_threshold()[0]} ")
                raise SystemExit
        return train(*arguments, listener=first_step, **more)

    api.train = watched
    words = ["train", "--set", "dataset.limit=100", "--runs-dir", "FOLDER"]
    sys.argv = ["cnnopt", *words]
    from cnnopt.cli.main import main
    main()
"""


def test_the_first_step_waits_for_nothing_that_it_does_without(tmp_path: Path) -> None:
    code = FIRST_STEP.replace("FOLDER", str(tmp_path / "runs"))
    modules = loaded(code)
    assert {"numpy", "cnnopt.training.loop", "rich"} <= modules
    assert not {"scipy", "matplotlib", "PIL", "numpy.ma", "multiprocessing"} & modules
    mine = {name for name in modules if name.startswith("cnnopt.")}
    left = ("studies", "plots.draw", "analysis.describe", "statistics.intervals", "data.images")
    assert not {name for name in mine if name.removeprefix("cnnopt.").startswith(left)}
    assert f"gc:True:{gc.get_threshold()[0]}" in modules, "garbage is looked for again as usual"
