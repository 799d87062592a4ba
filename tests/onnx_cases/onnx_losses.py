"""Losses as ONNX describes them: classes in the second axis, any number of axes after it."""

from dataclasses import dataclass

import numpy as np
from onnx_node import Case, channels_last, channels_second

from cnnopt.buffers import Buffers
from cnnopt.losses import CrossEntropy
from cnnopt.losses.weights import example_weights


@dataclass(frozen=True)
class Rows:
    """Every position of every example as an example of its own."""

    logits: np.ndarray  # (n, K)
    losses: np.ndarray  # (n,): cross entropy
    logs: np.ndarray  # (n, K): log softmax
    labels: np.ndarray  # (n,)
    weights: np.ndarray  # (n,): of the label's class; 0 where the label is to be ignored


def _rows(case: Case) -> Rows:
    x, labels = case.input(0), case.input(1).reshape(-1)
    classes = x.shape[1]
    logits = np.ascontiguousarray(channels_last(x).reshape(-1, classes))
    kept = labels != case.attributes["ignore_index"] if "ignore_index" in case.attributes else True
    labels = np.where(kept, labels, 0)
    of_classes = case.inputs[2] if len(case.inputs) == 3 else None
    of_classes = np.ones(classes, x.dtype) if of_classes is None else of_classes
    weights = example_weights(of_classes, labels) * kept
    loss = CrossEntropy()
    space = loss.plan(logits, np.empty_like(logits), Buffers(x.dtype))
    losses = np.empty(len(logits), x.dtype)
    loss.gradient(space, loss.targets(labels, classes, x.dtype), weights.astype(x.dtype), losses)
    return Rows(logits, losses, space.logs, labels, weights)


def _reduced(case: Case, rows: Rows, losses: np.ndarray) -> np.ndarray:
    weighted = losses * rows.weights
    match case.get("reduction", "mean"):
        case "none":
            return weighted.reshape(case.input(1).shape)
        case "sum":
            return np.asarray(weighted.sum())
        case _:
            return np.asarray(weighted.sum() / rows.weights.sum())


def softmax_cross_entropy(case: Case) -> list[np.ndarray]:
    rows = _rows(case)
    outputs = [_reduced(case, rows, rows.losses)]
    if len(case.outputs) == 2:
        shape = channels_last(case.input(0)).shape
        outputs.append(channels_second(rows.logs.reshape(shape)))
    return outputs


def negative_log_likelihood(case: Case) -> list[np.ndarray]:
    """-x[label] of numbers x that are no logarithms of shares: cross entropy adds log Σ exp x.

    That sum is what log softmax took off.
    """
    rows = _rows(case)
    taken_off = rows.logits[:, 0] - rows.logs[:, 0]
    return [_reduced(case, rows, rows.losses - taken_off)]
