"""The page on losses has a section for every loss, a row for every metric, and sound examples."""

import re
from pathlib import Path

import pytest
import yaml

from cnnopt.config.datasets import DATASETS
from cnnopt.config.load import load_config
from cnnopt.config.measures import METRICS
from cnnopt.config.objectives import LOSSES

DOCS = Path(__file__).parents[2] / "docs"
LOSSES_PAGE = (DOCS / "losses.md").read_text(encoding="utf-8")
DATA_PAGE = (DOCS / "data.md").read_text(encoding="utf-8")


def examples(page: str) -> list[str]:
    """Return the lines of all YAML blocks."""
    blocks = re.findall(r"```yaml\n(.*?)```", page, flags=re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_losses_and_metrics_are_all_there() -> None:
    sections = set(re.findall(r"^## (\w+)$", LOSSES_PAGE, flags=re.MULTILINE))
    assert set(LOSSES) <= sections
    rows = {
        name
        for line in LOSSES_PAGE.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    assert rows == set(METRICS)


def test_data_sets_are_all_there() -> None:
    named = set(re.findall(r"`([\w-]+)`", DATA_PAGE))
    assert {name for name in DATASETS if not name.startswith("emnist")} <= named


@pytest.mark.parametrize("line", examples(LOSSES_PAGE) + examples(DATA_PAGE))
def test_examples_are_sound(line: str) -> None:
    given = yaml.safe_load(line)
    source = {
        "dataset": "digits",
        "model": ["flatten", {"dense": "classes"}],
        "loss": "cross_entropy",
        "optimizer": "adam",
    }
    if any(f"name: {name}" in line for name in ("series", "sunspots", "co2")):
        source["loss"] = "squared_error"
    if "huber" in line:
        source["dataset"] = "regression"
        source["model"] = [{"dense": 1}]
    load_config(source | given)
