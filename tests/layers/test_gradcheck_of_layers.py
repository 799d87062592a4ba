"""`cnnopt gradcheck` finds nothing wrong with any layer that there is."""

import pytest
from harness import Case
from layer_cases import CASES

from cnnopt.analysis.gradcheck import check_layer
from cnnopt.layers.sequence import Node


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_layer_passes(case: Case) -> None:
    checks = list(check_layer("layer", (Node("layer", case.layer, case.x),), 0))
    trained = [p.name for p in case.layer.parameters(case.x) if p.trains]
    assert [check.tensor for check in checks] == ["input", *trained]
    assert all(check.passed for check in checks), checks
