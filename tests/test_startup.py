"""Help comes at once: nothing heavy is loaded for it."""

from __future__ import annotations

import subprocess
import sys

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
