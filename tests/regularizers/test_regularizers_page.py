"""The page on regularizers names every one of them, its settings and its defaults."""

from pathlib import Path

import pytest

from cnnopt.config.objectives import REGULARIZERS
from cnnopt.config.settings import fields_of

PAGE = (Path(__file__).parents[2] / "docs" / "regularizers.md").read_text(encoding="utf-8")
ROWS = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `")]
ELSEWHERE = {"sam", "average_weights", "augment"}


@pytest.mark.parametrize("name", sorted(REGULARIZERS.keys() - ELSEWHERE))
def test_the_page_has_its_settings_and_defaults(name: str) -> None:
    model = REGULARIZERS[name]
    [row] = [cells for cells in ROWS if cells[1].strip() == f"`{name}`"]
    for key, field in fields_of(model).items():
        shown = f"**{key}**" if key == model.main else key
        default = None if field.is_required() else field.get_default()
        if default is not None:
            text = str(default).lower() if isinstance(default, bool) else f"{default:g}"
            shown += f" ({text})"
        assert shown in row[2]
    assert row[4].strip()  # a source


def test_the_others_are_named() -> None:
    assert all(f"`{name}`" in PAGE for name in REGULARIZERS.keys() - {"augment"})
