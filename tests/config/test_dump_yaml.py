"""What is written is read back: by this project, and by PyYAML."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from config_cases import CONFIGS
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnopt.config import dump_yaml, load_config, load_study
from cnnopt.config.strict_yaml import parse_yaml

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "no",
        "On",
        "1e-3",
        "1_0",
        "0x1",
        "~",
        "null",
        "1:30",
        "<<",
        "=",
        ".5",
        "- a",
        "a: b",
        "#",
        "$w",
        "2001-01-01",
        "a #b",
        " a",
        "a ",
        "*x",
        "&x",
        "!t",
        "%",
        "@",
        "`",
        "y",
        "é",
        "\u2028",
        "\x85",
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats(allow_nan=False) | TEXT
)
KEYS = TEXT.filter(lambda key: key != "<<" and key.isprintable())
DATA = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=9) | st.dictionaries(KEYS, inner, max_size=9),
        max_leaves=30,
    ),
    max_size=5,
)


@given(DATA)
@settings(max_examples=150, deadline=None)
def test_everything_is_read_back(data: dict[str, Any]) -> None:
    text = dump_yaml(data)
    assert parse_yaml(text, "").plain() == data
    assert yaml.safe_load(text) == data


@pytest.mark.parametrize("file", sorted(CONFIGS.rglob("*.yaml")), ids=lambda file: file.stem)
def test_a_resolved_config_fits_the_page_and_is_read_back(file: Any) -> None:
    study = file.parent.name == "studies"
    resolved = (load_study(file)[0] if study else load_config(file)).resolved()
    text = dump_yaml(resolved)
    assert parse_yaml(text, "").plain() == resolved
    assert max(map(len, text.splitlines())) <= 100
    assert len(text.splitlines()) < 100


def test_it_reads_like_a_config() -> None:
    data = {
        "name": "a",
        "model": [{"conv2d": {"filters": 3, "kernel": [3, 3]}}, {"relu": {}}],
        "optimizer": {"adam": {"learning_rate": 0.001, "epsilon": 1e-08}},
        "regularizers": [],
        "long": {f"key_{i}": "a value of some length" for i in range(4)},
    }
    assert dump_yaml(data) == (
        "name: a\n"
        "model:\n"
        "  - conv2d: {filters: 3, kernel: [3, 3]}\n"
        "  - relu: {}\n"
        "optimizer: {adam: {learning_rate: 0.001, epsilon: 1.0e-08}}\n"
        "regularizers: []\n"
        "long:\n"
        "  key_0: a value of some length\n"
        "  key_1: a value of some length\n"
        "  key_2: a value of some length\n"
        "  key_3: a value of some length\n"
    )
