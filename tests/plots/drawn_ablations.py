"""Folders of ablations, sweeps and studies of normalization, filled with drawn numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from drawn_folders import CONFIG, begin, epochs_of, summarise, write

from cnnopt.config import load_config
from cnnopt.studies.ablation_arms import Options, sweep_of, wanted_of
from cnnopt.studies.ablation_summary import ablation_summary, sweep_summary
from cnnopt.studies.normalization_arms import KINDS, Arm
from cnnopt.studies.normalization_summary import normalization_summary

Rows = list[dict[str, Any]]
PARTS = ("label_smoothing", "mixup", "l2", "dropout", "sam", "early_stopping", "input_noise",
         "spatial_dropout", "average_weights", "batch_norm", "cutmix", "max_norm")  # fmt: skip


def make_ablation(folder: Path, parts: int = 3, seeds: int = 10) -> Path:
    """Write an ablation of so many parts."""
    begin(folder, CONFIG)
    wanted = wanted_of(PARTS[:parts])
    names = list(dict.fromkeys(name for each in wanted for name in (each.against, each.arm)))
    rows, histories = _runs(folder, dict.fromkeys(names, 0.0), seeds)
    summary = ablation_summary(names, wanted, rows, histories, "accuracy")
    summarise(folder, command="ablate", **summary)
    return folder


def make_sweep(folder: Path, strengths: Sequence[str], seeds: int = 10) -> Path:
    """Write a sweep of l2: over-fitting without it, under-fitting with a lot."""
    begin(folder, CONFIG)
    sweep = sweep_of(Options(sweep={"l2": strengths}))
    worse = {
        name: 0.1 * max(0.0, np.log10(max(s, 1e-6)) + 3) for name, s in sweep.strengths.items()
    }
    rows, histories = _runs(folder, worse, seeds)
    summarise(folder, command="ablate", **sweep_summary(sweep, rows, histories, "accuracy"))
    return folder


def make_normalization(folder: Path, seeds: int = 5) -> Path:
    """Write a study of normalization; without one, no rate is stable with batches of 2."""
    begin(folder, CONFIG)
    generator, rates = np.random.default_rng(1), [0.01, 0.1, 1.0]
    config = load_config({"dataset": "digits", "model": ["flatten", {"dense": "classes"}],
                          "loss": "cross_entropy", "optimizer": "sgd"})  # fmt: skip
    arms = [Arm(kind, size, config) for kind in KINDS for size in (2, 8, 32, 128)]
    rows, drifts = [], []
    for arm in arms:
        for seed in range(seeds):
            head = {"arm": arm.name, "seed": seed, "status": "completed", "n_test": 360}
            stable = 0 if arm.name == "none, batch 2" else int(generator.integers(1, 4))
            for place, rate in enumerate(rates):
                score = 0.9 if place < stable else 0.1
                row = {"stage": "tuning", "rate": rate, "validation_accuracy": score}
                rows.append(head | row)
            score = float(generator.normal(0.93, 0.02))
            row = {"stage": "final", "rate": 0.1, "seconds": 1.0, "test_accuracy": score}
            rows.append(head | row)
            for site in ("conv2d_1", "dense_1"):
                before, after = np.exp(generator.normal(-1, 0.5, 2)).tolist()
                drifts.append(head | {"site": site, "before": before, "after": after})
    summary = normalization_summary(arms, rows, drifts, 0.2, "accuracy")
    summarise(folder, command="normalization", options={"rates": rates}, **summary)
    return folder


def _runs(folder: Path, worse: Mapping[str, float], seeds: int) -> tuple[Rows, Any]:
    """Write the trials of arms; return the rows of results, and the histories by trial."""
    generator = np.random.default_rng(5)
    rows: Rows = []
    histories: dict[str, dict[str, list[float]]] = {}
    for place, (name, worse_by) in enumerate(worse.items()):
        shift = float(generator.normal(0, 0.01)) - worse_by
        for seed in range(seeds):
            trial = f"{place:06d}{seed:06d}"
            table = epochs_of(generator, 20)
            write(folder / "trials" / trial, table)
            histories[trial] = {key: [row[key] for row in table] for key in table[0]}
            train = 0.96 + shift + float(generator.normal(0, 0.003))
            rows.append({
                "trial": trial, "label": "", "arm": name, "stage": "final", "seed": seed,
                "status": "completed", "n_test": 360, "seconds": 2.0, "train_accuracy": train,
                "validation_accuracy": train - 0.05, "test_accuracy": train - 0.06,
            })  # fmt: skip
    write(folder, rows, "results.csv")
    return rows, histories
