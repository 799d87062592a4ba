"""A module imports only from lower floors or from its own package."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# From below; names in one group may import each other, groups on the same floor may not.
FLOORS: dict[str, int] = {
    **dict.fromkeys(["errors", "arrays", "buffers", "randomness", "files", "lazy"], 0),
    "kernels": 1,
    **dict.fromkeys(["layers", "losses", "metrics", "optimizers", "regularizers"], 2),
    **dict.fromkeys(["data", "splits", "statistics"], 2),
    "config": 3,
    **dict.fromkeys(
        [
            "network",
            "build",
            "build_augmentation",
            "build_layers",
            "build_regions",
            "build_regularizers",
            "build_schedule",
            "build_sequence",
        ],
        4,
    ),
    "training": 5,
    "records": 6,
    "trials": 7,
    **dict.fromkeys(["studies", "analysis"], 8),
    **dict.fromkeys(["plots", "display"], 9),
    **dict.fromkeys(
        [
            "api",
            "api_ablate",
            "api_data",
            "api_folds",
            "api_search",
            "api_studies",
            "arguments",
            "lessons",
            "pictures",
            "run",
        ],
        10,
    ),
    "cli": 11,
    **dict.fromkeys(["__init__", "__main__"], 12),
}
GROUPS = [
    {"errors", "arrays", "buffers", "randomness", "files", "lazy"},
    {"network", "build", "build_augmentation", "build_layers", "build_regions"}
    | {"build_regularizers", "build_schedule", "build_sequence"},
    {"api", "api_ablate", "api_data", "api_folds", "api_search", "api_studies"}
    | {"arguments", "lessons", "pictures", "run"},
]


def group(name: str) -> frozenset[str]:
    """Return the modules and packages that belong together with `name`."""
    return next((frozenset(names) for names in GROUPS if name in names), frozenset({name}))


def imported(source: str, package: tuple[str, ...]) -> Iterator[str]:
    """Yield the full dotted names that a module of `package` imports, wherever in its text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name != "cnnopt")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            # What `import cnnopt` is used for.
            if node.value.id == "cnnopt":
                yield f"cnnopt.{node.attr}"
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            base = ".".join((*above, *filter(None, [node.module])))
            yield from (f"{base}.{alias.name}" for alias in node.names)


def faults(path: str, source: str) -> list[str]:
    """Return what is wrong with the imports of the module at `path`, such as `layers/conv2d.py`."""
    parts = Path(path).with_suffix("").parts
    own = parts[0]
    if own not in FLOORS:
        return [f"{path}: '{own}' stands on no floor; add it to the table"]
    found = []
    for name in imported(source, ("cnnopt", *parts[:-1])):
        head, _, rest = name.partition(".")
        target = rest.split(".")[0]
        if head != "cnnopt" or target == "__version__" or target in group(own):
            continue
        if FLOORS.get(target, 99) >= FLOORS[own]:
            found.append(
                f"{path} (floor {FLOORS[own]}) imports {name} (floor {FLOORS.get(target)})"
            )
    return found


def test_every_module_imports_only_from_lower_floors() -> None:
    package = ROOT / "cnnopt"
    modules = sorted(package.rglob("*.py"))
    assert len(modules) > 5
    found = [
        fault
        for module in modules
        for fault in faults(str(module.relative_to(package)), module.read_text())
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("layers/conv2d.py", "from cnnopt.network import plan"),
        ("layers/conv2d.py", "from cnnopt import losses"),
        ("layers/conv2d.py", "import cnnopt.losses.squared_error"),
        ("layers/conv2d.py", "def plan():\n    from cnnopt.training.loop import run"),
        ("layers/conv2d.py", "from ..records import run_folder"),
        ("training/loop.py", "from cnnopt.records.run_folder import RunFolder"),
        ("display/live.py", "from cnnopt.plots import draw_run"),
        ("errors.py", "from cnnopt.config.load import load_config"),
        ("gadgets/new.py", ""),
        ("layers/conv2d.py", "from cnnopt import nowhere"),
        ("trials/trial.py", "import cnnopt\ncnnopt.train({})"),
    ],
)
def test_the_check_sees_a_fault(path: str, source: str) -> None:
    assert faults(path, source)


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("layers/conv2d.py", "import numpy as np\nfrom cnnopt.kernels.conv import correlate"),
        ("layers/conv2d.py", "from .base import Layer\nfrom ..arrays import Array"),
        ("layers/conv2d.py", "from cnnopt.layers.base import Layer"),
        ("files.py", "from cnnopt.errors import WriteError"),
        ("build.py", "from cnnopt.network.plan import plan"),
        ("records/meta.py", "from cnnopt import __version__"),
        ("trials/trial.py", "import cnnopt\nprint(cnnopt.__version__)"),
        ("cli/train.py", "from cnnopt import api"),
    ],
)
def test_the_check_lets_the_right_things_pass(path: str, source: str) -> None:
    assert not faults(path, source)
