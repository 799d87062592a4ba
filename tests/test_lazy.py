"""Names that packages hand on: each is there, to run and to type-checkers, and no other."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = sorted(
    ".".join(("cnnopt", *file.parent.relative_to(ROOT / "cnnopt").parts))
    for file in (ROOT / "cnnopt").rglob("__init__.py")
    if "lazy_names(" in file.read_text()
)


def names_for_type_checkers(source: str) -> set[str]:
    """Return the names that are imported from this project, under TYPE_CHECKING or not."""
    return {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module != "cnnopt.lazy"
        and str(node.module).startswith("cnnopt.")
        for alias in node.names
    }  # fmt: skip


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_there_for_all_and_no_other(package: str) -> None:
    module = importlib.import_module(package)
    assert module.__file__ is not None
    public = set(module.__all__) - {"__version__"}
    assert names_for_type_checkers(Path(module.__file__).read_text()) == public
    for name in public:
        assert getattr(module, name) is not None
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'nothing'"):
        _ = module.nothing


def test_there_are_packages_to_look_at() -> None:
    assert {"cnnopt", "cnnopt.data", "cnnopt.records", "cnnopt.statistics"} <= set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_a_package_imports_no_numpy(package: str) -> None:
    code = f"import sys, {package}; sys.exit(int('numpy' in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
