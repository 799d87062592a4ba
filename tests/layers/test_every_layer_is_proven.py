"""Every layer has PyTorch's numbers, a law, checked gradients and a page."""

import re
from pathlib import Path

import pytest
from layer_cases import CASES
from test_layers import COUPLED, all_layers

from cnnopt.config.layers.table import LAYERS

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "layers.md").read_text(encoding="utf-8")
BATCH_NORM = [HERE / "test_batch_norm.py"]
GOLDEN = [*sorted(HERE.glob("test_golden_*.py")), *BATCH_NORM]
LAWS = [
    *sorted(HERE.glob("test_*_laws.py")),
    *(HERE / name for name in ("test_geometry.py", "test_layers.py", "test_sequence.py")),
    *BATCH_NORM,
]
every_layer = pytest.mark.parametrize("layer", all_layers(), ids=lambda layer: layer.__name__)


def uses(files: list[Path], name: str) -> bool:
    """Whether a test file makes the layer, or calls the maker that bears its name."""
    made = re.compile(rf"\b{name}\b|\b{name.lower()}\(")
    return any(made.search(path.read_text("utf-8")) for path in files)


@every_layer
def test_a_layer_is_compared_with_pytorch(layer: type) -> None:
    assert uses(GOLDEN, layer.__name__), f"{layer.__name__} stands in no test_golden_*.py"


@every_layer
def test_a_layer_obeys_a_law(layer: type) -> None:
    assert uses(LAWS, layer.__name__), f"{layer.__name__} stands in no test of laws"


@every_layer
def test_a_layer_has_its_gradients_checked(layer: type) -> None:
    checked = {type(case.layer) for case in CASES} | COUPLED
    assert layer in checked, f"{layer.__name__} has no case with a gradient check"


@pytest.mark.parametrize("name", LAYERS)
def test_a_name_has_its_paragraph_with_shapes_or_a_pointer(name: str) -> None:
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
    assert len(sections.get(name, "").split()) >= 8, f"docs/layers.md has no paragraph `## {name}`"
