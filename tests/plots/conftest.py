"""The figures behind the files, for a closer look than pixels allow."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from cnnopt.plots import draw
from cnnopt.plots.style import write_png


@pytest.fixture
def figures(monkeypatch: pytest.MonkeyPatch) -> dict[str, Figure]:
    """The figures that are written from here on, by their file's stem."""
    caught: dict[str, Figure] = {}

    def catch(figure: Figure, path: Path) -> Path:
        caught[path.stem] = figure
        return write_png(figure, path)

    monkeypatch.setattr(draw, "write_png", catch)
    return caught
