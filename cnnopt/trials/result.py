"""What a trial leaves behind: metrics of all parts, predictions, and the gap between parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.data.dataset import Part


def error_of(metrics: Mapping[str, float]) -> float:
    """Return the error: 1 - accuracy for classes, else the loss (the MSE)."""
    return 1 - metrics["accuracy"] if "accuracy" in metrics else metrics["loss"]


def generalization_gap(metrics: Mapping[str, Mapping[str, float]]) -> float | None:
    """Return error on validation (else test) minus error on training; positive: over-fitting."""
    other = metrics.get("validation") or metrics.get("test")
    return None if other is None else error_of(other) - error_of(metrics["train"])


def probabilities(outputs: Array) -> Array:
    """Return the softmax of the outputs (n, K), in float64."""
    z = outputs.astype(np.float64)
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
