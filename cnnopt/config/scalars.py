"""What a plain YAML scalar means: the core schema of YAML 1.2, in which `1e-3` is a number.

PyYAML's own rules are those of YAML 1.1, where `1e-3` is text, `no` is false and `1:30` is 90.
"""

from __future__ import annotations

import re

from cnnopt.config.node import Scalar

LONGEST_NUMBER = 100
"""Characters; Python refuses integers from 4,300 digits, and no setting needs as many."""

_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_REAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)")
_NAN = {".nan", ".NaN", ".NAN"}


class NumberTooLong(ValueError):
    """A number of more characters than any setting needs."""


def meaning(text: str) -> Scalar:
    """Return the value of an unquoted scalar: null, truth value, number, or else its text.

    Raises:
        NumberTooLong: a number of more than `LONGEST_NUMBER` characters.
    """
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if _REAL.fullmatch(text):
        if len(text) > LONGEST_NUMBER:
            raise NumberTooLong
        return int(text) if _INTEGER.fullmatch(text) else float(text)
    if match := _INFINITE.fullmatch(text):
        return float(f"{match[1]}inf")
    return float("nan") if text in _NAN else text


def is_plain_text(text: str) -> bool:
    """Whether `text` without quotes is read as that text, by this project and by YAML 1.1."""
    safe = re.fullmatch(r"[A-Za-z_./$][A-Za-z0-9_./+*$ -]*", text) is not None
    words = {*_NULLS, *_BOOLS, *_NAN}
    old = {"y", "n", "yes", "no", "on", "off", "null", "true", "false"}
    if not safe or text in words or text.lower() in old or text != text.strip():
        return False
    return not (_REAL.fullmatch(text) or _INFINITE.fullmatch(text))
