"""One comparison on several problems: tables of each, and ranks where there are enough of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from scipy import stats
from small_problems import all_files, compare, problem, resume, rows_of, write_npz

from cnnopt.api import Run
from cnnopt.config import dump_yaml
from cnnopt.errors import CnnoptError, ConfigError, ExitCode, Interrupted
from cnnopt.studies import compare_optimizers as comparison
from cnnopt.studies.problems import problems_summary
from cnnopt.trials.events import TrialDone

THREE = ("sgd", "momentum", "adam")
FEW = {"optimizers": THREE, "trials": 1, "budget": 2}
TWO = FEW | {"optimizers": ("sgd", "adam")}


@pytest.fixture(scope="module", autouse=True)
def _few_rates() -> Iterator[None]:
    """One rate and one seed to tune by: here it is the problems that count."""
    with (
        patch.object(comparison, "COMMON", (0.01,)),
        patch.object(comparison, "TUNING_SEEDS", (1_000_000,)),
    ):
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("problems")
    return [written(folder, f"p{number}", seed=number) for number in range(5)]


def written(folder: Path, name: str, seed: int = 0, **changes: Any) -> Path:
    data = write_npz(folder / f"{name}.npz", rows=60, seed=seed)
    given = {"name": name, "model": ["flatten", {"dense": "classes"}]} | changes
    (folder / f"{name}.yaml").write_text(dump_yaml(problem(data, **given)))
    return folder / f"{name}.yaml"


@pytest.fixture(scope="module")
def five(files: list[Path]) -> Run:
    return compare(configs=files, runs_dir=files[0].parent / "five", **FEW)


def test_the_ranks_are_friedman_s_of_the_means(five: Run) -> None:
    rows = rows_of(five.folder, "results.csv")
    means = np.array([[r["mean"] for r in rows if r["optimizer"] == name] for name in THREE])
    assert means.shape == (3, 5)
    ranks = stats.rankdata(-means, axis=0).mean(axis=1)
    assert list(five.summary["ranks"].values()) == pytest.approx(ranks)
    expected = stats.friedmanchisquare(*means)
    assert five.summary["friedman"]["chi_square"] == pytest.approx(expected.statistic)
    # Demšar 2006, table 5: q = 2.343 for three treatments.
    cd = 2.343 * np.sqrt(3 * 4 / (6 * 5))
    assert five.summary["critical_difference"] == pytest.approx(cd, rel=1e-3)
    assert five.summary["verdict"].startswith("Average ranks over 5 problems: ")
    assert (five.folder / "plots" / "ranks.png").read_bytes().startswith(b"\x89PNG")


def test_every_problem_has_a_comparison_of_its_own(five: Run, files: list[Path]) -> None:
    rows = rows_of(five.folder, "results.csv")
    for table in five.summary["problems"]:
        inside = five.folder / "problems" / Path(table["folder"]).name
        theirs = rows_of(inside, "results.csv")
        for name, mean in table["means"].items():
            mine = [r["test_accuracy"] for r in theirs
                    if (r["optimizer"], r["stage"]) == (name, "tuned")]  # fmt: skip
            assert mean == pytest.approx(np.mean(mine))
            assert [r["mean"] for r in rows if (r["problem"], r["optimizer"]) ==
                    (table["name"], name)] == [mean]  # fmt: skip
    alone = compare(files[2], runs_dir=files[0].parent / "alone", **FEW)
    inside = next((five.folder / "problems").glob("*-p2-*"))
    assert (inside / "results.csv").read_bytes() == (alone.folder / "results.csv").read_bytes()


def test_an_error_is_ranked_by_the_lowest() -> None:
    def summary(metric: str, *means: float) -> dict[str, Any]:
        arms = [{"name": n, "mean": m} for n, m in zip(THREE, means, strict=True)]
        return {"metric": metric, "folder": "", "optimizers": arms, "verdict": ""}

    told = {f"a{n}": summary("accuracy", 0.1, 0.2, 0.3) for n in range(3)}
    told |= {f"m{n}": summary("mse", 9, 8, 7) for n in range(3)}
    found = problems_summary(told, comparison.Options(THREE, 1, 2))
    assert found["ranks"] == {"sgd": 3, "momentum": 2, "adam": 1}
    assert found["friedman"]["chi_square"] == pytest.approx(12)
    assert "adam is better than sgd (Nemenyi" in found["verdict"]


def test_two_problems_give_tables_and_say_why_no_ranks(files: list[Path], tmp_path: Path) -> None:
    told: list[Any] = []
    with pytest.raises(Interrupted):
        compare(configs=files[:2], runs_dir=tmp_path, stop=in_the_second(tmp_path), **TWO)
    (folder,) = tmp_path.iterdir()
    (first,) = (folder / "problems").glob("*-p0-*")
    before = all_files(first)
    with pytest.raises(CnnoptError, match=r"Go on with the same .*--configs"):
        resume(folder)
    study = compare(configs=files[:2], runs_dir=tmp_path, listener=told.append, **TWO)
    assert study.folder == folder
    assert all_files(first) == before
    second = next((folder / "problems").glob("*-p1-*"))
    made = len(list((second / "trials").iterdir()))
    assert 0 < len([event for event in told if isinstance(event, TrialDone)]) < made
    assert len(list((folder / "problems").iterdir())) == 2
    assert "ranks" not in study.summary
    assert study.summary["verdict"].startswith("No ranks over 2 problems: on fewer than 5")
    assert [table["name"] for table in study.summary["problems"]] == ["p0", "p1"]
    assert not (folder / "plots" / "ranks.png").exists()


def in_the_second(runs_dir: Path) -> Any:
    def stop() -> bool:
        found = list(runs_dir.glob("*/problems/*-p1-*/journal.jsonl"))
        return bool(found) and found[0].read_text().count("\n") >= 3

    return stop


def test_fresh_leaves_the_unfinished_one_alone(files: list[Path], tmp_path: Path) -> None:
    for fresh in (False, True):
        before = all_files(tmp_path)
        with pytest.raises(Interrupted):
            compare(configs=files[:2], runs_dir=tmp_path, fresh=fresh, stop=lambda: True, **TWO)
    assert len(list(tmp_path.iterdir())) == 2
    assert before.items() <= all_files(tmp_path).items()


def test_a_fault_of_the_last_problem_is_told_before_the_first_is_run(
    files: list[Path], tmp_path: Path
) -> None:
    bad = written(tmp_path, "bad", dataset={"test": 0})
    with pytest.raises(ConfigError, match=r"problem bad: dataset\.test"):
        compare(configs=[files[0], bad], runs_dir=tmp_path / "runs", **TWO)
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"configs": 1}, "--configs: must be two or more .* got p0"),
        ({"configs": "twice"}, "--configs: must be two or more .* got p0, p0"),
        ({"config": 0}, "--configs and a config cannot both be given"),
        ({"epochs": 2}, "--epochs and --budget set the same thing"),
        ({"optimizers": ("adam",)}, "--optimizers: must be two or more"),
    ],
)
def test_what_makes_no_comparison_is_refused(
    files: list[Path], tmp_path: Path, options: dict[str, Any], message: str
) -> None:
    given = FEW | {"configs": files[:2]} | options
    given["configs"] = {1: files[:1], "twice": [files[0]] * 2}.get(
        options.get("configs"), files[:2]
    )
    if "config" in given:
        given["config"] = files[0]
    with pytest.raises(CnnoptError, match=message) as refused:
        compare(runs_dir=tmp_path / "runs", **given)
    assert refused.value.exit_code == ExitCode.USAGE
    assert not (tmp_path / "runs").exists()
