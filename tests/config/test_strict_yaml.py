"""The strict reader against json and PyYAML, and against what is made to break readers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from config_cases import faults_of, text_of, write
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnopt.config import load_config
from cnnopt.config.scalars import meaning
from cnnopt.config.strict_yaml import parse_yaml
from cnnopt.errors import ConfigError, Fault

READABLE = st.characters(exclude_categories=["C", "Z"], include_characters=" \n\t")
# text that starts like a number is not always the same in YAML 1.1, which PyYAML speaks
WORDS = st.text(READABLE, max_size=20).filter(lambda text: text[:1] not in tuple("+-.0123456789"))
KEYS = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8)
NUMBERS = st.integers(-(10**18), 10**18) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | WORDS
DATA = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=4,
)


def fault_of(text: str) -> Fault:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(text, "c.yaml")
    return caught.value.faults[-1]


@given(DATA)
@settings(max_examples=60, deadline=None)
def test_json_is_read_as_json_reads_it(data: dict[str, Any]) -> None:
    assert parse_yaml(json.dumps(data, ensure_ascii=False), "").plain() == json.loads(
        json.dumps(data)
    )


@given(DATA)
@settings(max_examples=60, deadline=None)
def test_blocks_are_read_as_pyyaml_reads_them(data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, allow_unicode=False)
    assert parse_yaml(text, "").plain() == yaml.safe_load(text)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_way_to_write_a_float_is_a_number(value: float) -> None:
    for text in (repr(value), f"{value:e}", f"{value:.17g}"):
        found = meaning(text)
        assert type(found) in (int, float)
        assert found == float(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1E5", 100000.0),
        ("+.5", 0.5),
        ("5.", 5.0),
        ("010", 10),
        ("-0", 0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("no", "no"),
        ("on", "on"),
        ("1:30", "1:30"),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("2024-01-01", "2024-01-01"),
        ("1e", "1e"),
        ("nan", "nan"),
        ("٣", "٣"),
    ],
)
def test_plain_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    assert meaning(text) == value
    assert type(meaning(text)) is type(value)


def test_quoted_numbers_are_text() -> None:
    assert parse_yaml("a: '1'\nb: \"true\"\nc: |\n  3\n", "").plain() == {
        "a": "1",
        "b": "true",
        "c": "3\n",
    }


def test_aliases_stand_for_copies_with_their_own_line() -> None:
    node = parse_yaml("a: &x [1, {b: 2}]\nc: *x\n", "f")
    assert node.plain() == {"a": [1, {"b": 2}], "c": [1, {"b": 2}]}
    assert isinstance(node.value, dict)
    assert (node.value["a"].line, node.value["c"].line) == (1, 2)
    assert node.value["a"].value is not node.value["c"].value


@pytest.mark.parametrize(
    ("text", "rule", "path", "line"),
    [
        ("", "is empty", "", 0),
        ("# nothing\n", "is empty", "", 0),
        ("a: 1\nb: [1, 2\n", "is not valid YAML", "", 3),
        ("a: 1\n\tb: 2\n", "is not valid YAML", "a", 2),
        ("a: \x07\n", "control character", "", 1),
        ("a: 1\nb: 2\na: 3\n", "duplicate key, first in line 1", "a", 3),
        ("m:\n- c: {d: 1, d: 1}\n", "duplicate key, first in line 2", "m.0.c.d", 2),
        ("a: 1\n---\nb: 1\n", "must hold one document", "", 2),
        ("a: !!python/object/apply:os.system [x]\n", "tags are not supported", "a", 1),
        ("a: !!float 3\n", "tags are not supported", "a", 1),
        ("a: &x {b: 1}\nc: {<<: *x}\n", "merge keys are not supported", "c.<<", 2),
        ("a: *x\n", "must refer to an anchor that stands before it", "a", 1),
        ("a: &x [*x]\n", "must refer to an anchor that stands before it", "a.0", 1),
        ("[1, 2]: 3\n", "must have names for keys", "", 1),
        ("? {a: 1}\n: 3\n", "must have names for keys", "", 1),
        ("a: {? " + "x" * 101 + ": 1}\n", "keys of at most 100 printable", "a", 1),
        ('"\\e[31m": 1\n', "keys of at most 100 printable", "", 1),
        ("a: " + "[" * 3000 + "]" * 3000, "nested deeper than 50", "", 1),
        ("a: " + "[" * 3000, "nested deeper than 50", "", 1),
        ("a: " + "{b: " * 3000, "nested deeper than 50", "", 1),
        ("- " * 3000 + "a\n", "nested deeper than 50", "", 1),
        ("a: " + "9" * 5000 + "\n", "must be a number of at most 100 characters", "a", 1),
        ("a: 0." + "9" * 5000 + "\n", "must be a number of at most 100 characters", "a", 1),
        ("a: " + "x" * 300_000, "must have at most 256 kB", "", 0),
        ("a: [" + "1," * 30_000 + "]", "must have at most 20,000 values", "a.19997", 1),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(
    text: str, rule: str, path: str, line: int
) -> None:
    fault = fault_of(text)
    assert rule in fault.rule
    assert fault.line == line
    assert len(str(fault)) < 400
    if not rule.startswith(("nested", "is not valid")):
        assert fault.path == path


def test_an_alias_bomb_is_stopped_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30)]
    fault = fault_of("\n".join(lines))
    assert "20,000 values" in fault.rule
    assert fault.line == 5  # 10 + 10² + 10³ + 10⁴ fit in, one level more does not


def test_all_duplicates_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_yaml("a: 1\na: 2\nb: {c: 1, c: 2}\n", "")
    assert [fault.path for fault in caught.value.faults] == ["a", "b.c"]


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml: no such file\. `cnnopt init` writes"):
        load_config(tmp_path / "none.yaml")


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must be a file, not a folder"):
        load_config(tmp_path)


def test_a_name_with_a_null_byte_is_no_traceback() -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config("a\0b")


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes(b"seed: 1\nname: \xff\xfe\n")
    with pytest.raises(ConfigError, match=r"c\.yaml:2: must be UTF-8 text"):
        load_config(file)


def test_a_byte_order_mark_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + text_of().encode())
    assert load_config(file).name == "c"


@pytest.mark.parametrize("size", [256 * 1024, 256 * 1024 + 1, 10**6])
def test_a_file_cut_within_a_character_is_too_long_and_not_wrongly_coded(
    tmp_path: Path, size: int
) -> None:
    text = "name: " + "é" * size
    (fault,) = faults_of(tmp_path, text)
    assert "256 kB" in fault.rule


@pytest.mark.parametrize("text", ["[1, 2]", "just words", "3"])
def test_a_config_is_a_mapping(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="must be a mapping of keys"):
        load_config(write(tmp_path, text))
