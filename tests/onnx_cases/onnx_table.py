"""The table of operators, and what becomes of their cases.

`python tests/onnx_cases/onnx_table.py` prints the table: cases, passed, skipped with the reason.
An operator with a layer of its own comes in by one more entry.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import onnx_layers
import onnx_losses
import onnx_windows
from onnx_node import Adapter, Case, Unsupported, cases_of

ADAPTERS: dict[str, Adapter] = {
    "Conv": onnx_windows.convolution,
    "MaxPool": onnx_windows.max_pool,
    "AveragePool": onnx_windows.average_pool,
    "GlobalAveragePool": onnx_windows.global_average_pool,
    "GlobalMaxPool": onnx_windows.global_max_pool,
    "BatchNormalization": onnx_layers.batch_normalization,
    "GroupNormalization": onnx_layers.group_normalization,
    "InstanceNormalization": onnx_layers.instance_normalization,
    "LayerNormalization": onnx_layers.layer_normalization,
    "Gemm": onnx_layers.gemm,
    "Relu": onnx_layers.relu,
    "LeakyRelu": onnx_layers.leaky_relu,
    "Elu": onnx_layers.elu,
    "Gelu": onnx_layers.gelu,
    "Swish": onnx_layers.swish,
    "Sigmoid": onnx_layers.sigmoid,
    "Tanh": onnx_layers.tanh,
    "Softmax": onnx_layers.softmax,
    "LogSoftmax": onnx_layers.log_of_softmax,
    "SoftmaxCrossEntropyLoss": onnx_losses.softmax_cross_entropy,
    "NegativeLogLikelihoodLoss": onnx_losses.negative_log_likelihood,
}


@dataclass(frozen=True)
class Outcome:
    """What became of a case: `failed` and `skipped` hold the reason, or are empty."""

    name: str
    failed: str = ""
    skipped: str = ""


def _try(case: Case, adapter: Adapter) -> Outcome:
    try:
        found = adapter(case)
    except Unsupported as reason:
        return Outcome(case.name, skipped=str(reason))
    for number, (ours, wanted) in enumerate(zip(found, case.outputs, strict=False)):
        if ours.shape != wanted.shape:
            return Outcome(case.name, f"output {number}: {ours.shape} is not {wanted.shape}")
        if not np.allclose(ours, wanted, case.rtol, case.atol):
            far = float(np.max(np.abs(ours - wanted)))
            return Outcome(case.name, f"output {number} is off by {far:.3g}")
    return Outcome(case.name, "" if found else "no output")


@cache
def outcomes() -> dict[str, list[Outcome]]:
    """Return by operator what became of each of its cases."""
    cases = cases_of(frozenset(ADAPTERS))
    return {name: [_try(case, ADAPTERS[name]) for case in cases[name]] for name in ADAPTERS}


def report() -> str:
    """Return the table as text, totals in the last line, reasons below."""
    lines = [f"{'operator':28}{'cases':>6}{'passed':>8}{'skipped':>9}{'failed':>8}"]
    reasons: list[str] = []
    rows = {**outcomes(), "all": [each for row in outcomes().values() for each in row]}
    for name, row in rows.items():
        skipped, failed = (
            sum(map(bool, w)) for w in zip(*((o.skipped, o.failed) for o in row), strict=True)
        )
        passed = len(row) - skipped - failed
        lines.append(f"{name:28}{len(row):6}{passed:8}{skipped:9}{failed:8}")
    for outcome in rows["all"]:
        if outcome.skipped or outcome.failed:
            word = "skipped" if outcome.skipped else "FAILED"
            reasons.append(f"{word} {outcome.name}: {outcome.skipped or outcome.failed}")
    return "\n".join([*lines, "", *reasons])


if __name__ == "__main__":
    print(report())
