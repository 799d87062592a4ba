"""The page on optimizers: a section for each, every setting named, examples that are sound."""

import re
from pathlib import Path

import pytest
import yaml
from golden.golden_settings import OPTIMIZER_SETTINGS

from cnnopt.config import load_config
from cnnopt.config.optimizers import OPTIMIZERS
from cnnopt.config.settings import fields_of

PAGE = (Path(__file__).parents[2] / "docs" / "optimizers.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))
EXAMPLES = "".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)).splitlines()
ADAMS = {"beta1", "beta2", "epsilon", "amsgrad", "learning_rate"}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_has_its_section_with_every_setting(name: str) -> None:
    text = SECTIONS[name]
    for setting in fields_of(OPTIMIZERS[name]):
        in_adams = name == "adamw" and setting in ADAMS
        assert f"`{setting}`" in text or in_adams or name == "sgd", setting
    for word in ("Source:", "PyTorch", "State" if name != "adamw" else "state", "```yaml"):
        assert word in text, word


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_defaults_after_a_settings_name_are_the_real_ones(name: str) -> None:
    for setting, field in fields_of(OPTIMIZERS[name]).items():
        for written in re.findall(
            rf"`{setting}` (?:\([^)]*\) )?([0-9][0-9e.-]*[0-9]|[0-9])", SECTIONS[name]
        ):
            assert float(written) == field.default, (setting, written)


@pytest.mark.parametrize("line", EXAMPLES)
def test_examples_are_sound(line: str, tmp_path: Path) -> None:
    source = {
        "dataset": "digits",
        "model": [{"conv2d": {"filters": 2, "kernel": 3}}, "flatten", {"dense": "classes"}],
        "loss": "cross_entropy",
        "optimizer": "adam",
    }
    config = tmp_path / "config.yaml"
    # As text: YAML 1.1 takes 8e-3 for a string, a config for a number.
    rest = {key: value for key, value in source.items() if not line.startswith(f"{key}:")}
    config.write_text(f"{yaml.safe_dump(rest)}{line}\n")
    load_config(config)


def test_every_golden_way_is_in_the_table() -> None:
    rows = re.findall(r"^\| (\w+) \| `(\w+)` \| (\S+) \|$", PAGE, re.MULTILINE)
    assert [row[:2] for row in rows] == [(k, v[0]) for k, v in OPTIMIZER_SETTINGS.items()]
    assert all(float(error) <= 1e-10 for *_, error in rows)
