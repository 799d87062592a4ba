"""The page on schedules: a section for each, a row for every setting, and output that is real."""

import re
from pathlib import Path

import pytest
import yaml

from cnnopt.cli import main
from cnnopt.config import load_config
from cnnopt.config.schedules import SCHEDULES
from cnnopt.config.settings import fields_of

PAGE = (Path(__file__).parents[2] / "docs" / "schedules.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
EXAMPLES = "".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)).splitlines()


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_has_its_section_with_formula_and_every_setting(name: str) -> None:
    text = SECTIONS[name]
    for setting in fields_of(SCHEDULES[name]):
        assert f"`{setting}`" in text or setting == "warmup", setting
    if name != "constant":
        assert "Source:" in text
        assert "PyTorch" in text


@pytest.mark.parametrize("name", SCHEDULES)
def test_defaults_in_the_tables_are_the_real_ones(name: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (\S+) \|", SECTIONS[name], re.MULTILINE))
    for setting, written in rows.items():
        default = fields_of(SCHEDULES[name])[setting].default
        shown = f"{default:g}" if isinstance(default, float) else str(default)
        none = fields_of(SCHEDULES[name])[setting].is_required() or default is None
        assert written == ("–" if none else shown), setting


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_are_sound(line: str) -> None:
    source = {
        "dataset": "digits",
        "model": ["flatten", {"dense": "classes"}],
        "loss": "cross_entropy",
        "optimizer": "adam",
    }
    load_config(source | yaml.safe_load(line))


def test_the_output_shown_is_what_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    assert main.run(["describe", "--schedule"]) == 0
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    (shown,) = re.findall(r"```\n\$ cnnopt describe --schedule\n(.*?)```", PAGE, re.DOTALL)
    assert shown.splitlines() == printed
