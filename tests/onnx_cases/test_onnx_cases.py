"""Our layers and losses on ONNX's own cases; the table is printed by onnx_table.py."""

from collections import Counter

import pytest
from onnx_table import ADAPTERS, outcomes, report

LEAST = 120
"""Passed cases, so that a suite that finds nothing fails."""


@pytest.mark.parametrize("operator", ADAPTERS)
def test_no_case_of_an_operator_fails(operator: str) -> None:
    row = outcomes()[operator]
    assert {each.name: each.failed for each in row if each.failed} == {}
    assert any(not each.skipped for each in row), "every case is skipped"


def test_enough_cases_pass_and_all_that_do_not_have_a_reason_that_is_known() -> None:
    every = [each for row in outcomes().values() for each in row]
    reasons = Counter(each.skipped for each in every if each.skipped)
    assert reasons == {
        "no pooling layer has a dilation": 10,
        "layers compute in floating point, not in uint8": 1,
        "a bias is the same for every example": 1,
    }, report()
    assert len(every) - reasons.total() >= LEAST, report()
