"""Using a trained model: from a run folder and files to classes or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.build import build
from cnnopt.config import load_config
from cnnopt.data import Scaler, read_inputs
from cnnopt.errors import CheckpointError
from cnnopt.network import Crew
from cnnopt.network.network import Evaluator
from cnnopt.records import load_run
from cnnopt.trials.result import REFIT, probabilities


@dataclass(frozen=True)
class Predictions:
    """What a model says of some examples.

    Attributes:
        classes: names of the classes; empty for regression.
        labels: one for each example, such as `seven.png` or `more.npz[3]`.
        values: probabilities (n, K), or targets (n, T), float64.
        warning: what to know before relying on them; empty for a completed run.
    """

    classes: tuple[str, ...]
    labels: tuple[str, ...]
    values: Array
    warning: str = ""

    def rows(self) -> list[dict[str, Any]]:
        """Return one mapping for each example: input, class, probability, p_<class> ..."""
        if not self.classes:
            return [
                {"input": label} | {f"predicted_{k}": float(v) for k, v in enumerate(values)}
                for label, values in zip(self.labels, self.values, strict=True)
            ]
        columns = [f"p_{name}" for name in self.classes]
        return [
            {
                "input": label,
                "class": self.classes[int(values.argmax())],
                "probability": float(values.max()),
                **dict(zip(columns, values.tolist(), strict=True)),
            }
            for label, values in zip(self.labels, self.values, strict=True)
        ]


def predict_files(folder: Path, files: Sequence[Path]) -> Predictions:
    """Return what the selected weights of a run say of the examples in `files`.

    Args:
        folder: a run folder, or that of a cross-validation with `--refit`.
        files: see `data.read_inputs`.

    Raises:
        CheckpointError: the run has no weights, or they do not fit its config.
        DataError: a file is unreadable or does not fit the model.
    """
    inside = folder / REFIT
    record = load_run(inside if inside.is_dir() else folder)
    checkpoint, _ = record.checkpoint()
    if checkpoint is None:
        hint = " Use `cnnopt cv --refit`." if record.meta.get("command") == "cv" else ""
        raise CheckpointError(f"{folder}: this run has no weights to predict with.{hint}")
    facts = checkpoint.extra
    classes = tuple(facts["classes"])
    config = load_config(record.config)
    shape = tuple(facts["input_shape"])
    network = build(config, shape, facts["outputs"], bool(classes)).network
    name = facts["selected"]
    weights = np.ascontiguousarray(checkpoint.snapshot.arrays[name])
    if weights.shape != (network.layout.total,):
        raise CheckpointError(
            f"{checkpoint.folder}: has {weights.size} parameters, the run's config.yaml describes "
            f"{network.layout.total}. One of them was changed; restore it."
        )
    x, labels = read_inputs(files, shape, facts["value_range"], facts.get("columns", ()))
    with Crew(1) as crew:
        inputs = Scaler.from_json(facts["scaler"]).apply(x)
        outputs = Evaluator(network, weights, crew).outputs(inputs)
    values = probabilities(outputs) if classes else outputs.astype(np.float64)
    warning = ""
    if record.status != "completed":
        warning = (
            f"{record.folder}: this run is {record.status}; these are its weights after step "
            f"{checkpoint.step}."
        )
    return Predictions(classes, tuple(labels), values, warning)
