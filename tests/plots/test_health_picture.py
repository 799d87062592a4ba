"""The picture of training health shows what health.csv says."""

from pathlib import Path

import numpy as np
from drawn_folders import add_health, make_train

from cnnopt.plots.health import PANELS, health
from cnnopt.plots.source import Source
from cnnopt.records.tables import read_table


def test_every_panel_has_the_lines_of_its_layers(tmp_path: Path) -> None:
    folder = add_health(make_train(tmp_path / "run"), 30)
    figure = health(Source(folder, {"name": "x"}))
    assert figure is not None
    rows = read_table(folder / "health.csv")
    for axes, (column, _, _) in zip(figure.axes, PANELS, strict=True):
        lines = {line.get_label(): line for line in axes.get_lines()}
        lines.pop("1e-3, usual", None)
        assert set(lines) == {row["layer"] for row in rows if row[column]}
        for layer, line in lines.items():
            values = [float(row[column]) for row in rows if row["layer"] == layer]
            factor = 100 if column == "dead" else 1
            np.testing.assert_allclose(line.get_ydata(), factor * np.array(values))
            np.testing.assert_array_equal(line.get_xdata(), range(1, 31))


def test_epochs_that_a_kill_left_without_health_are_gaps(tmp_path: Path) -> None:
    folder = add_health(make_train(tmp_path / "run"), 20)
    figure = health(Source(folder, {"name": "x"}))
    assert figure is not None
    values = np.asarray(figure.axes[0].get_lines()[0].get_ydata())
    assert np.isfinite(values[:20]).all()
    assert np.isnan(values[20:]).all()


def test_a_network_without_rectifiers_has_two_panels(tmp_path: Path) -> None:
    folder = add_health(make_train(tmp_path / "run"), 3)
    lines = (folder / "health.csv").read_text().splitlines(keepends=True)
    (folder / "health.csv").write_text("".join(line for line in lines if "relu" not in line))
    figure = health(Source(folder, {"name": "x"}))
    assert figure is not None
    assert len(figure.axes) == 2


def test_without_the_file_there_is_no_picture(tmp_path: Path) -> None:
    assert health(Source(make_train(tmp_path / "run"))) is None
