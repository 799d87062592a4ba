"""`report.md`: what a comparison came to, as Markdown that others can render."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from made_up import comparison_summary

from cnnopt.display.report import table, write_report


@pytest.fixture
def summary() -> dict[str, Any]:
    found = deepcopy(comparison_summary())
    for pair in found["pairs"]:
        pair |= {"wilcoxon_p": 0.002, "hedges_g": 1.25}
    for arm in found["optimizers"]:
        for stage in ("defaults", "common", "tuned"):
            known = arm.get(stage, {"mean": arm["mean"]})
            arm[stage] = known | {"learning_rate": 0.1, "diverged": 0}
    found["optimizers"][0]["common"]["diverged"] = 2
    found["verdict"] = "No single winner: adam is ahead. adam beats sgd by 1.5. Measured here."
    return found


def test_it_says_what_the_terminal_says(tmp_path: Path, summary: dict[str, Any]) -> None:
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "curves.png").touch()
    write_report(tmp_path, summary, "mine")
    text = (tmp_path / "report.md").read_text()
    assert text.startswith("# mine: optimizers compared\n\n**No single winner: adam is ahead.**\n")
    assert "- adam beats sgd by 1.5.\n- Measured here.\n" in text
    assert "| sgd | 0.3 (edge) | 10 | 97.00 % | 96.80 to 97.20 % | 0.30 | 97.00 % | 0 |" in text
    assert "| sgd | 95.00 % at 0.1 | 96.00 % at 0.1, 2 diverged | 97.00 % at 0.1 |" in text
    assert "| adam and sgd | 0.0003 | 0.0009 | 0.002 | 1.25 |" in text
    assert "- sgd: the best rate, 0.3, is on the edge of its grid." in text
    assert "](plots/curves.png)" in text
    assert "fits.png" not in text  # no picture that is not there


def test_every_row_of_a_table_has_as_many_cells(summary: dict[str, Any], tmp_path: Path) -> None:
    write_report(tmp_path, summary, "mine")
    lines = (tmp_path / "report.md").read_text().splitlines()
    widths: list[set[int]] = [set()]
    for line in lines:
        if line.startswith("|"):
            widths[-1].add(line.count("|"))
        elif widths[-1]:
            widths.append(set())
    assert [len(each) for each in widths if each] == [1, 1, 1]


def test_a_bar_in_a_name_is_escaped() -> None:
    assert table(["a"], [["x|y"]]) == ["| a |", "| :-- |", "| x\\|y |"]
