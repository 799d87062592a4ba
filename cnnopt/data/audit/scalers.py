"""Scaling: was each scaler fitted on its own training part, and on nothing else?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnnopt.data.audit.finding import Finding
from cnnopt.data.scaling import Scaler

REMEDY = "Do not use these results: the test rows have shaped what was trained on"


def scaling_outside(
    expected: Mapping[str, Scaler], given: Mapping[str, Mapping[str, Any]]
) -> Finding:
    """Look for scalers that are not those of the training part: a leak.

    Args:
        expected: name of each fold → the scaler of its training rows.
        given: name of each fold → the numbers that its training used, as `Scaler.to_json` says.
    """
    wrong = [name for name, scaler in expected.items() if scaler.to_json() != given[name]]
    detail = ", ".join(wrong) if wrong else f"none of {len(expected)} folds"
    check = "scaling fitted outside the fold's training part"
    return Finding(check, len(wrong), detail, True, REMEDY)
