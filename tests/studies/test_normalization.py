"""The study of normalization: arms, stable rates and drift by hand, and one run of it all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_problems import final_bits, problem, resume, rows_of, run_study, write_npz

from cnnopt.api import Run
from cnnopt.build import build
from cnnopt.config import dump_yaml, load_config
from cnnopt.errors import CnnoptError, Interrupted
from cnnopt.network import Network
from cnnopt.studies.normalization_arms import Options, arms_of, normalized
from cnnopt.studies.normalization_drift import Moments, drift, measured, moments, sites_of
from cnnopt.studies.normalization_summary import geometric, stable_rates
from cnnopt.training.walk import Walk

MODEL: list[Any] = [
    {"conv2d": {"filters": 4, "kernel": 3}},
    "batch_norm",
    "relu",
    {"residual": [{"conv2d": {"filters": 4, "kernel": 3, "padding": "same"}}, "layer_norm"]},
    "flatten",
    {"dense": 6},
    {"batch_norm": {"name": "last"}},
    "relu",
    {"dense": "classes"},
]
STUDY = {"command": "normalization", "batch_sizes": [4, 16], "rates": [0.01, 0.1, 1e6],
         "groups": 2, "seeds": 2}  # fmt: skip


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz", rows=120)


def settings(data: Path, **changes: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "model": MODEL,
        "optimizer": {"sgd": {"learning_rate": 0.1}},
        "dataset": {"test": 0.3, "validation": 0.3},
        "training": {"epochs": 2, "batch_size": 8},
    }
    return problem(data, **given | changes)


def study_file(folder: Path, config: dict[str, Any], **study: Any) -> Path:
    file = folder / "study.yaml"
    file.write_text(dump_yaml(config | {"study": STUDY | study}))
    return file


@pytest.fixture(scope="module")
def study(data: Path) -> Run:
    return run_study(study_file(data.parent, settings(data)), runs_dir=data.parent / "runs")


def network(data: Path, kind: str) -> Network:
    config = load_config(settings(data, model=normalized(
        load_config(settings(data)).resolved()["model"], kind, 2)))  # fmt: skip
    return build(config, (6, 6, 1), 3, classification=True).network


def test_each_kind_stands_where_any_was(data: Path) -> None:
    model = load_config(settings(data)).resolved()["model"]
    grouped = normalized(model, "group_norm", 2)
    assert [kind for entry in grouped for kind in entry] == [
        "conv2d", "group_norm", "relu", "residual", "flatten", "dense", "group_norm", "relu",
        "dense",
    ]  # fmt: skip
    assert grouped[3]["residual"]["layers"][1] == {"group_norm": {"groups": 2}}
    assert grouped[6]["group_norm"]["name"] == "last"
    plain = normalized(model, "none", 2)
    assert len(plain) == len(model) - 2
    assert len(plain[2]["residual"]["layers"]) == 1


def test_arms_are_kinds_by_batch_sizes_and_share_their_weights(data: Path) -> None:
    arms = arms_of(load_config(settings(data)), Options(batch_sizes=(4, 16), groups=2))
    assert [arm.name for arm in arms[:3]] == ["none, batch 4", "none, batch 16",
                                              "batch_norm, batch 4"]  # fmt: skip
    assert len(arms) == 8
    drawn = []
    for arm in arms:
        layout = build(arm.config, (6, 6, 1), 3, classification=True).network.layout
        drawn.append(layout.named(layout.initial(3)))
        assert arm.config.training.batch_size == arm.batch
    for weights in drawn[1:]:
        for name in drawn[0]:
            assert np.array_equal(weights[name], drawn[0][name])


@pytest.mark.parametrize("kind", ["batch_norm", "group_norm", "layer_norm"])
def test_sites_are_the_layers_before(data: Path, kind: str) -> None:
    assert sites_of(network(data, kind)) == ("conv2d_1", "dense_1")
    assert sites_of(network(data, "none")) == ()


@pytest.mark.parametrize("kind", ["none", "layer_norm"])
def test_moments_are_those_of_the_activations(data: Path, kind: str) -> None:
    net = network(data, kind)
    weights = net.layout.named(net.layout.initial(1))
    x = np.random.default_rng(0).normal(size=(10, 6, 6, 1)).astype(np.float32)
    found = measured(net, Walk(net.nodes, weights, 10), x, ("conv2d_1", "dense_1"))
    kernel = weights["conv2d_1.weight"].reshape(3, 3, 4)
    windows = np.lib.stride_tricks.sliding_window_view(x[..., 0], (3, 3), axis=(1, 2))
    y = np.einsum("bhwij,ijf->bhwf", windows.astype(float), kernel.astype(float))
    assert found["conv2d_1", "before"].means == pytest.approx(y.mean(axis=(0, 1, 2)), abs=1e-5)
    sd = np.sqrt(y.var(axis=(0, 1, 2)).mean())
    assert found["conv2d_1", "before"].sd == pytest.approx(sd, rel=1e-4)
    same = found["conv2d_1", "before"].sd == found["conv2d_1", "after"].sd
    assert same == (kind == "none")


def test_drift_by_hand() -> None:
    a = moments(np.array([[0.0, 4.0], [2.0, 4.0]]))
    assert a.means == pytest.approx([1, 4])
    assert a.sd == pytest.approx(np.sqrt(0.5))
    assert drift(a, Moments(np.array([2.0, 3.0]), 9.0)) == pytest.approx(1 / np.sqrt(0.5))
    assert np.isnan(drift(Moments(np.zeros(2), 0.0), a))


def test_the_largest_stable_rate_by_hand() -> None:
    def row(rate: float, seed: int, accuracy: float, status: str = "completed") -> dict[str, Any]:
        return {"arm": "a", "stage": "tuning", "rate": rate, "seed": seed, "status": status,
                "validation_accuracy": accuracy}  # fmt: skip

    rows = [row(0.1, 1, 0.9), row(1.0, 1, 0.8), row(10.0, 1, 0.9, "diverged"),
            row(0.1, 2, 0.9), row(1.0, 2, 0.3), row(10.0, 2, 0.9), row(0.1, 3, 0.2)]  # fmt: skip
    found = stable_rates(rows, "a", "accuracy", 0.4)
    assert found[:2] == [1.0, 10.0]
    assert np.isnan(found[2])
    assert geometric([1.0, 100.0])["mean"] == pytest.approx(10)
    assert geometric([1.0, float("nan")]) == {"mean": 1.0, "interval": None, "n": 1}
    assert geometric([]) == {"mean": None, "interval": None, "n": 0}


def test_every_arm_tries_the_same_rates_and_takes_the_best_on_validation(study: Run) -> None:
    rows = rows_of(study.folder, "results.csv")
    for arm in study.summary["arms"]:
        tuning = [r for r in rows if r["arm"] == arm["name"] and r["stage"] == "tuning"]
        assert sorted(row["rate"] for row in tuning) == [0.01, 0.01, 0.1, 0.1, 1e6, 1e6]
        assert all(row["test_accuracy"] == "" for row in tuning)
        final = [r for r in rows if r["arm"] == arm["name"] and r["stage"] == "final"]
        assert {row["rate"] for row in final} == {arm["learning_rate"]}
        assert arm["mean"] == pytest.approx(np.mean([row["test_accuracy"] for row in final]))
        assert arm["learning_rate"] < 1e6


def test_drift_is_told_by_arm_seed_epoch_and_site(study: Run) -> None:
    rows = rows_of(study.folder, "drift.csv")
    assert len(rows) == 8 * 2 * 2 * 2
    assert {row["site"] for row in rows} == {"conv2d_1", "dense_1"}
    assert all(row["before"] > 0 for row in rows)
    for row in rows:
        assert (row["before"] == row["after"]) == row["arm"].startswith("none")
    arm = study.summary["arms"][0]
    mine = [row["after"] for row in rows if row["arm"] == arm["name"]]
    assert arm["drift"]["after"]["mean"] == pytest.approx(np.mean(mine))


def test_two_families_are_stated(study: Run) -> None:
    effects = study.summary["effects"]
    assert [effect["of"] for effect in effects] == ["metric"] * 6 + ["drift"] * 6
    for effect in effects:
        low, high = effect["interval"]
        assert (effect["p_adjusted"] <= 0.05) == (low > 0 or high < 0)
    assert "Batch 4, against none: batch_norm" in study.summary["verdict"]


def test_interrupted_it_goes_on_to_the_same_bits(study: Run, data: Path, tmp_path: Path) -> None:
    def stop() -> bool:
        found = list((tmp_path / "runs").glob("*/journal.jsonl"))
        return bool(found) and found[0].read_text().count("\n") >= 50

    with pytest.raises(Interrupted):
        run_study(study_file(tmp_path, settings(data)), runs_dir=tmp_path / "runs", stop=stop)
    (folder,) = (tmp_path / "runs").iterdir()
    resume(folder, jobs=1)
    assert final_bits(folder) == final_bits(study.folder)


@pytest.mark.parametrize(
    ("changes", "study", "message"),
    [
        ({"model": ["flatten", {"dense": "classes"}]}, {}, "model: has no normalization layer"),
        ({"dataset": {"test": 0.3, "validation": 0}}, {}, "dataset.validation: rates are chosen"),
        ({"training": {"epochs": 1, "batch_size": 8, "metrics": ["f1"]}}, {},
         "training.metrics: must lead with accuracy"),
        ({}, {"seeds": 1}, "seeds: must be at least 2, got 1."),
        ({}, {"rates": [0.1]}, "rates: must be two or more"),
        ({}, {"rates": [0.1, 0.1]}, "rates: must be different numbers above 0, got 0.1, 0.1."),
        ({}, {"batch_sizes": []}, "batch_sizes: must be different numbers above 0, got nothing."),
        ({}, {"batch_sizes": [0.5]}, "study.batch_sizes: must be a list of whole numbers"),
        ({}, {"rates": ["a"]}, "study.rates: must be a list of numbers"),
        ({}, {"groups": 3}, "arm group_norm, batch 4: "),
    ],
)  # fmt: skip
def test_what_is_refused(
    data: Path, tmp_path: Path, changes: dict[str, Any], study: dict[str, Any], message: str
) -> None:
    with pytest.raises(CnnoptError) as refused:
        run_study(study_file(tmp_path, settings(data, **changes), **study),
                  runs_dir=tmp_path / "runs")  # fmt: skip
    assert message in str(refused.value)
    assert not (tmp_path / "runs").exists()
