"""The picture of a range test: legible, with the rates that the summary names."""

import json
from pathlib import Path

import numpy as np
import pytest
from legible import legible
from matplotlib.figure import Figure

from cnnopt.plots import draw_range_test
from cnnopt.records.tables import table_text

FOUND = {"suggested_rate": 1e-3, "lowest_loss_rate": 0.1, "diverged_at": 1.0}


def folder(tmp_path: Path, *, rows: int, summary: dict[str, object]) -> Path:
    rates = np.geomspace(1e-6, 1, 60)[:rows]
    losses = 2 / (1 + rates / 1e-3) + (rates > 0.5) * 1e6
    table = [
        {"step": i, "learning_rate": r, "loss": x, "smoothed": x}
        for i, (r, x) in enumerate(zip(rates.tolist(), losses.tolist(), strict=True), 1)
    ]
    (tmp_path / "range_test.csv").write_text(table_text(table))
    (tmp_path / "meta.json").write_text(
        json.dumps({"status": "completed", "command": "range-test"})
    )
    (tmp_path / "config.yaml").write_text("name: digits-cnn\nloss: {cross_entropy: {}}\n")
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    return tmp_path


@pytest.mark.parametrize("why", ["too_high", "not_finite"])
def test_it_is_legible_and_marks_the_rates(
    why: str, tmp_path: Path, figures: dict[str, Figure]
) -> None:
    (path,) = draw_range_test(folder(tmp_path, rows=60, summary=FOUND | {"ended_by": why}))
    assert path.name == "range_test.png"
    figure = figures["range_test"]
    assert legible(figure) == []
    (axes,) = figure.axes
    marked = {line.get_xdata()[0] for line in axes.get_lines() if len(set(line.get_xdata())) == 1}
    assert marked == {1e-3, 0.1, 1.0}
    # The rise is cut off: it would press all else flat.
    assert axes.get_ylim()[1] < 10


def test_nothing_is_drawn_of_no_rows(tmp_path: Path) -> None:
    assert draw_range_test(folder(tmp_path, rows=0, summary={})) == []
