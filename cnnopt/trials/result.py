"""What a trial leaves behind: metrics of all parts, predictions, and the gap between parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.data.dataset import Part
from cnnopt.losses import class_logits
from cnnopt.records import RunFolder

REFIT = "refit"
"""The folder of a final model inside that of its cross-validation."""

SCHEMA = 1
"""Version of the form of `summary.json`."""


def summary_head(run: RunFolder, command: str, status: str) -> dict[str, Any]:
    """Return what every `summary.json` begins with."""
    return {
        "schema": SCHEMA,
        "command": command,
        "status": status,
        "seconds": run.seconds,
        "folder": str(run.path),
    }


PER_CLASS = "per_class"
"""Where a part's metrics hold the values of each class: metric → class → value."""


def error_of(metrics: Mapping[str, Any]) -> float:
    """Return the error: 1 - accuracy for classes, else the loss (the MSE)."""
    return float(1 - metrics["accuracy"] if "accuracy" in metrics else metrics["loss"])


def generalization_gap(metrics: Mapping[str, Mapping[str, Any]]) -> float | None:
    """Return error on validation (else test) minus error on training; positive: over-fitting."""
    other = metrics.get("validation") or metrics.get("test")
    return None if other is None else error_of(other) - error_of(metrics["train"])


def probabilities(outputs: Array) -> Array:
    """Return the softmax of the outputs, in float64, (n, K); of one output the sigmoid, (n, 2)."""
    z = class_logits(outputs).astype(np.float64)
    z -= z.max(axis=1, keepdims=True)
    np.exp(z, out=z)
    z /= z.sum(axis=1, keepdims=True)
    return z


def prediction_rows(
    outputs: Array, part: Part, name: str, classes: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Return one row of `predictions.csv` for each example of a part.

    Args:
        outputs: what the network gave, (n, K).
        part: the examples.
        name: the part's name.
        classes: names of the classes; empty for regression.
    """
    if classes:
        shares = probabilities(outputs)
        columns = [f"p_{label}" for label in classes]
        return [
            {"row": int(row), "part": name, "target": classes[target], "predicted": classes[best]}
            | dict(zip(columns, values.tolist(), strict=True))
            for row, target, best, values in zip(
                part.rows, part.y, shares.argmax(axis=1), shares, strict=True
            )
        ]
    rows = []
    for row, target, output in zip(part.rows, part.y, outputs, strict=True):
        line: dict[str, Any] = {"row": int(row), "part": name}
        line |= {f"target_{k}": float(value) for k, value in enumerate(target)}
        line |= {f"predicted_{k}": float(value) for k, value in enumerate(output)}
        rows.append(line)
    return rows


def trivial_output(train: Part, outputs: int, classification: bool) -> Array:
    """Return what the predictor gives that knows only the training part's targets, (K,).

    The logarithms of the classes' shares (so that its class is the most frequent one), or the
    mean target. A diverged trial is scored by it.
    """
    if classification:
        counts = np.bincount(train.y, minlength=outputs).astype(np.float64)
        # A class without examples is as improbable as half an example would be.
        shares: Array = np.log(np.maximum(counts, 0.5) / counts.sum())
        return shares
    mean: Array = train.y.mean(axis=0, dtype=np.float64)
    return mean
