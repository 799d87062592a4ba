"""Run folders as training and studies write them, filled with drawn but realistic numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from cnnopt.data.dataset import Dataset
from cnnopt.data.digits import digits
from cnnopt.data.regression import regression, truth
from cnnopt.records import checkpoint
from cnnopt.records.tables import read_table, table_text
from cnnopt.studies.search_candidates import random_candidates
from cnnopt.studies.search_space import read_space, short_names
from cnnopt.training.events import Snapshot

Rows = list[dict[str, Any]]
CONFIG: dict[str, Any] = {
    "name": "digits-cnn",
    "loss": {"cross_entropy": {}},
    "training": {"epochs": 30, "batch_size": 32, "select": {"best": {"metric": "loss"}}},
}
REGRESSION: dict[str, Any] = {
    "name": "regression-mlp",
    "loss": {"squared_error": {}},
    "training": {"steps": 10_000, "batch_size": 64, "select": {"best": {"metric": "loss"}}},
}


def epochs_of(
    generator: np.random.Generator, epochs: int, speed: float = 0.35, overfit: float = 0.004
) -> Rows:
    """Rows of metrics.csv: both losses fall, the validation loss rises again."""
    t = np.arange(1, epochs + 1)
    train = 2.3 * np.exp(-speed * t**0.8) + 0.02 / t**0.5
    gap = 0.05 + overfit * t + generator.normal(0, 0.006, epochs)
    noise = np.exp(generator.normal(0, 0.04, epochs))
    validation = train * noise + gap
    return [
        {
            "epoch": int(e), "step": int(e) * 36, "learning_rate": 1e-3,
            "batch_loss": float(a * 1.1), "train_loss": float(a),
            "train_accuracy": float(np.clip(1 - 0.36 * a, 0, 1)),
            "validation_loss": float(b),
            "validation_accuracy": float(np.round(np.clip(1 - 0.3 * b, 0, 1) * 179) / 179),
        }
        for e, a, b in zip(t, train * noise, validation, strict=True)
    ]  # fmt: skip


def begin(folder: Path, config: Mapping[str, Any]) -> None:
    (folder / "trials").mkdir(parents=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(dict(config)))
    (folder / "meta.json").write_text(json.dumps({"status": "completed"}))


def write(folder: Path, rows: Sequence[Mapping[str, Any]], name: str = "metrics.csv") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(table_text(rows))


def summarise(folder: Path, **content: Any) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").write_text(json.dumps(content))


def best(rows: Rows) -> int:
    return int(min(rows, key=lambda row: row["validation_loss"])["epoch"])


def guesses(
    generator: np.random.Generator,
    data: Dataset,
    rows: Sequence[int],
    sharpness: float = 4.2,
    **front: Any,
) -> Rows:
    """Rows of predictions.csv: most right, some confused with the next class."""
    table = []
    for row in rows:
        target = int(data.y[row])
        logits = generator.normal(0, 1, len(data.classes))
        logits[target] += generator.normal(sharpness + 2, 2)
        logits[(target + 1) % len(data.classes)] += 2
        p = np.exp(logits - logits.max())
        p /= p.sum()
        table.append(
            front
            | {"row": int(row), "part": "test", "target": data.classes[target]}
            | {"predicted": data.classes[int(p.argmax())]}
            | {f"p_{name}": float(value) for name, value in zip(data.classes, p, strict=True)}
        )
    return table


def make_train(folder: Path, epochs: int = 30, filters: int = 16, channels: int = 1) -> Path:
    generator = np.random.default_rng(1)
    begin(folder, CONFIG)
    rows = epochs_of(generator, epochs)
    write(folder, rows)
    data = digits()
    write(folder, guesses(generator, data, range(0, 1797, 5)), "predictions.csv")
    summarise(folder, command="train", best_epoch=best(rows), epochs=epochs)
    shape = [3, 3, channels, filters]
    size = int(np.prod(shape))
    weights = generator.normal(0, 0.4, size + 330).astype(np.float32)
    (folder / "checkpoints").mkdir()
    checkpoint.save(
        folder / "checkpoints",
        Snapshot(
            {"weights": weights, "best_weights": weights},
            {"step": 36 * epochs, "best_row": best(rows)},
        ),
        {"selected": "best_weights", "parameters": [
            {"name": "conv2d_1.weight", "shape": shape, "offset": 0},
            {"name": "dense_1.weight", "shape": [33, 10], "offset": size},
        ]},
    )  # fmt: skip
    return folder


def add_health(folder: Path, epochs: int, layers: int = 5) -> Path:
    """Write health.csv beside the metrics: norms fall, some units die."""
    generator = np.random.default_rng(2)
    rows: Rows = []
    for epoch in range(1, epochs + 1):
        for number in range(1, layers + 1):
            size = float(np.exp(generator.normal(0, 0.1)) * number / epoch)
            head = {"epoch": epoch, "step": 36 * epoch}
            rows.append(
                head
                | {"layer": f"conv2d_{number}", "gradient_norm": size}
                | {"update_ratio": 2e-3 * size, "dead": None}
            )
            rows.append(
                head
                | {"layer": f"relu_{number}", "gradient_norm": None, "update_ratio": None}
                | {"dead": min(1.0, 0.004 * number * epoch)}
            )
    write(folder, rows, "health.csv")
    return folder


def make_regression(folder: Path) -> tuple[Path, Dataset]:
    generator = np.random.default_rng(2)
    begin(folder, REGRESSION)
    data = regression()
    rows = [
        {
            "epoch": e, "step": 500 * e, "learning_rate": 1e-2, "batch_loss": loss,
            "train_loss": loss, "train_mae": 0.8 * loss**0.5, "train_r2": 1 - loss / 0.105,
            "validation_loss": 1.05 * loss, "validation_mae": 0.82 * loss**0.5,
            "validation_r2": 1 - 1.05 * loss / 0.105,
        }
        for e, loss in ((e, 0.1 * float(np.exp(-0.4 * e)) + 9.3e-4) for e in range(1, 21))
    ]  # fmt: skip
    write(folder, rows)
    picked = generator.permutation(data.rows)[:2000]
    fitted = truth(data.x[picked]) * np.exp(-0.1 * np.abs(data.x[picked])) + 0.01
    write(
        folder,
        [
            {"row": int(r), "part": "test", "target_0": float(y), "predicted_0": float(z)}
            for r, y, z in zip(picked, data.y[picked, 0], fitted[:, 0], strict=True)
        ],
        "predictions.csv",
    )
    summarise(folder, command="train", best_epoch=20, epochs=20)
    return folder, data


OPTIMIZERS = (
    "sgd", "momentum", "adam", "nesterov", "rmsprop", "adamw", "adagrad", "adadelta", "nadam",
)  # fmt: skip


def make_comparison(folder: Path, count: int = 3, seeds: int = 10) -> Path:
    generator = np.random.default_rng(4)
    begin(folder, CONFIG)
    results, table = [], []
    luck = generator.normal(0, 0.004, seeds)
    for place, name in enumerate(OPTIMIZERS[:count]):
        center = (0.3, 0.03, 3e-3)[place % 3]
        rates = [center * factor for factor in (1 / 9, 1 / 3, 1, 3, 9)]
        tried = []
        for rate in rates:
            off = float(np.log(rate / center))
            status = "diverged" if off > 2 and place != 2 else "completed"
            value = None if status == "diverged" else 0.09 + 0.06 * off**2 + 0.01 * place
            tried.append({"learning_rate": rate, "value": value, "status": status})
        table.append({"name": name, "learning_rate": rates[2], "n": seeds, "sensitivity": tried})
        for seed in range(seeds):
            trial = f"{name}-{seed}"
            rows = epochs_of(generator, 20, speed=(0.2, 0.33, 0.4)[place % 3])
            write(folder / "trials" / trial, rows)
            summarise(folder / "trials" / trial, best_epoch=best(rows))
            lost = place == 1 and seed == 3
            accuracy = 0.1 if lost else 0.955 + (0, 0.018, 0.02)[place % 3] + luck[seed]
            accuracy += 0 if lost else generator.normal(0, 0.003)
            results.append({
                "trial": trial, "label": trial, "optimizer": name, "stage": "tuned",
                "learning_rate": rates[2], "seed": seed,
                "status": "diverged" if lost else "completed",
                "test_loss": 0.1, "test_accuracy": float(np.round(min(accuracy, 1) * 360) / 360),
            })  # fmt: skip
    write(folder, results, "results.csv")
    summarise(folder, command="compare-optimizers", metric="accuracy", optimizers=table[::-1])
    return folder


def make_regression_comparison(folder: Path, count: int = 3) -> tuple[Path, Dataset]:
    """A comparison on the lesson's function; the second optimizer's first seed diverged."""
    generator = np.random.default_rng(5)
    make_comparison(folder, count, seeds=2)
    (folder / "config.yaml").write_text(yaml.safe_dump(REGRESSION))
    data = regression(2000)
    for place, name in enumerate(OPTIMIZERS[:count]):
        for seed in (0, 1):
            picked = generator.permutation(data.rows)[:400]
            fitted = truth(data.x[picked, 0]) * (seed + 1 if place != 1 else 0) * 0.1 * (place + 1)
            rows = [
                {"row": int(r), "part": "test", "target_0": float(y), "predicted_0": float(z)}
                for r, y, z in zip(picked, data.y[picked, 0], fitted, strict=True)
            ]
            write(folder / "trials" / f"{name}-{seed}", rows, "predictions.csv")
    results = read_table(folder / "results.csv")
    for row in results:
        if row["trial"] == f"{OPTIMIZERS[1]}-0":
            row["status"] = "diverged"
    write(folder, results[::-1], "results.csv")
    return folder, data


SPACE = {
    "optimizer.adam.learning_rate": "log(1e-4, 1e-1)",
    "variables.width": "log_int(4, 32)",
    "model.5.dropout": "uniform(0, 0.6)",
    "regularizers.l2": "0, 1e-4, 1e-3",
    "schedule": "constant, {cosine: {warmup: 1, final: 0.01}}, {step: {every: 5, factor: 0.1}}, "
    "{exponential: {factor: 0.9}}",
}


def make_search(
    folder: Path, settings: int = 3, trials: int = 30, rungs: Sequence[int] = (6,), lost: int = 2
) -> Path:
    """Write a search over so many of the settings; the first trials diverged."""
    generator = np.random.default_rng(7)
    begin(folder, CONFIG)
    space = dict(list(SPACE.items())[:settings])
    axes = read_space(space)
    results: list[dict[str, Any]] = []
    points = random_candidates(axes, trials, 0)
    entering = list(enumerate(points, start=1))
    for epochs in rungs:
        for number, point in entering:
            loss = float(1.5 / epochs * np.exp(generator.normal(0, 0.8)))
            results.append({
                "trial": f"{number:012d}", "label": "", "number": number, "stage": str(epochs),
                **dict(zip(axes, point, strict=True)), "seed": 1_000_000,
                "status": "diverged" if number <= lost else "completed",
                "selection": loss, "selection_error": 0.1 * loss,
            })  # fmt: skip
        entering = entering[lost : lost + len(entering) // 3]
    names = short_names(axes)
    last = [r for r in results if r["stage"] == str(rungs[-1]) and r["status"] == "completed"]
    first = min(last, key=lambda row: row["selection"]) if last else None
    write(folder, results, "results.csv")
    shares = [0.42, 0.11, -0.03, None, 0.2]
    summarise(
        folder, command="search", metric="loss", method="random", space=space, names=names,
        rungs=[{"stage": str(epochs), "epochs": epochs} for epochs in rungs],
        best=None if first is None else {"trial": first["number"]},
        importance=[
            {"path": path, "name": name, "share": share, "p_adjusted": p}
            for (path, name), share, p in zip(
                names.items(), shares, (0.002, 0.3, 1.0, None, 0.04), strict=False
            )
        ],
    )  # fmt: skip
    return folder
