"""The study `momentum-why` as a whole: files, sentences, refusals, interruption."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_problems import NET, after, final_bits, in_a_hurry, problem, write_npz

from cnnopt import api, api_studies
from cnnopt.cli import main
from cnnopt.errors import ConfigError, ExitCode, Interrupted, UsageError
from cnnopt.records import load_run
from cnnopt.studies.momentum_sentences import verdict_of
from cnnopt.studies.momentum_summary import ARMS, MEASURES, effects_of

STUDY = {"command": "momentum-why", "learning_rate": 0.02, "momentum": 0.9, "steps": 24, "seeds": 2}


def study_file(folder: Path, model: list[Any] = NET, **study: Any) -> Path:
    data = write_npz(folder / "data.npz", rows=100)
    file = folder / "why.yaml"
    file.write_text(yaml.safe_dump(problem(data, model=model) | {"study": STUDY | study}))
    return file


def run(file: Path, runs_dir: Path, **options: Any) -> Any:
    with in_a_hurry():
        return api_studies.run_study(file, runs_dir=runs_dir, **{"jobs": 1} | options)


def test_twice_the_same_bytes_and_a_row_per_arm_and_seed(tmp_path: Path) -> None:
    file = study_file(tmp_path)
    first, second = (run(file, tmp_path / name) for name in ("a", "b"))
    assert final_bits(first.folder) == final_bits(second.folder)
    lines = (first.folder / "results.csv").read_text().splitlines()
    assert len(lines) == 1 + len(ARMS) * 2
    assert "seconds" not in lines[0]
    summary = first.summary
    assert [arm["name"] for arm in summary["arms"]] == list(ARMS)
    assert len(summary["effects"]) == 2 * len(MEASURES)
    assert all(effect["sentence"] for effect in summary["effects"])
    reached = [arm["measures"]["steps_to_target"]["n"] for arm in summary["arms"]]
    assert reached == [2, 2, 2], "the target is what all runs reach"


def test_the_command_gives_json_and_a_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = study_file(tmp_path)
    line = ["run", str(file), "--runs-dir", str(tmp_path / "runs"), "--jobs", "1", "--json"]
    assert main.run(line) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["command"], document["status"]) == ("momentum-why", "completed")
    assert document["verdict"]
    assert (Path(document["folder"]) / "plots" / "momentum_why.png").stat().st_size > 10_000


def test_the_result_fits_into_80_columns(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = study_file(tmp_path)
    with in_a_hurry():
        assert main.run(["run", str(file), "--runs-dir", str(tmp_path / "r"), "--jobs", "1"]) == 0
    text = capsys.readouterr().out
    shown = text[text.index("Means of") : text.index("\nRun ")]
    assert max(map(len, map(str.rstrip, shown.splitlines()))) <= 80
    assert "Verdict:" in shown


def test_an_interruption_ends_it_and_it_cannot_be_gone_on_with(tmp_path: Path) -> None:
    file = study_file(tmp_path)
    with pytest.raises(Interrupted, match="Start it again") as stopped:
        run(file, tmp_path / "runs", stop=after(40))
    assert stopped.value.exit_code == ExitCode.INTERRUPTED == 130
    (folder,) = (tmp_path / "runs").iterdir()
    assert load_run(folder).status == "interrupted"
    with pytest.raises(UsageError, match="cannot be gone on with"):
        api.resume(folder)
    again = run(file, tmp_path / "runs")
    assert again.folder != folder


@pytest.mark.parametrize(
    ("option", "value"),
    [("learning_rate", 0), ("learning_rate", "fast"), ("momentum", 1.0), ("momentum", True),
     ("steps", 2.5), ("epochs", 3)],
)  # fmt: skip
def test_options_that_are_wrong_are_named(tmp_path: Path, option: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"study.{option}"):
        run(study_file(tmp_path, **{option: value}), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize(("option", "value"), [("steps", 5), ("seeds", 1)])
def test_too_few_are_refused(tmp_path: Path, option: str, value: int) -> None:
    with pytest.raises(UsageError, match=f"{option}: must be at least"):
        run(study_file(tmp_path, **{option: value}), tmp_path / "runs")


def test_a_batch_without_another_beside_it_is_refused(tmp_path: Path) -> None:
    file = study_file(tmp_path)
    with pytest.raises(ConfigError, match=r"training\.batch_size: must leave another batch"):
        run(file, tmp_path / "runs", overrides=["training.batch_size=full"])


def test_arms_that_diverge_are_told_and_not_compared(tmp_path: Path) -> None:
    found = run(study_file(tmp_path, learning_rate=20.0, momentum=0.999), tmp_path / "runs").summary
    gone = {arm["name"]: arm["diverged"] for arm in found["arms"]}
    assert any(gone.values())
    for effect in found["effects"]:
        if gone["momentum"] or gone[effect["b"]]:
            assert effect["relation"] == "none"
            assert "not compared" in effect["sentence"]


# -------------------------------------------------------------- sentences follow the numbers


def values_with(**momentum: list[float]) -> dict[str, dict[str, list[float]]]:
    """Numbers by arm: all alike, but for momentum where it says so."""
    flat = {m.name: [1.0, 1.1, 0.9, 1.05] for m in MEASURES}
    flat["steps_to_target"] = [100.0, 101.0, 99.0, 100.0]
    return {arm: flat | (momentum if arm == "momentum" else {}) for arm in ARMS}


def verdict(**momentum: list[float]) -> str:
    rows = [
        {"setting": f"{name}, {rate}", "learning_rate": 0.1, "curvature": c, "measured": 0.5}
        for name in ("sgd", "momentum")
        for rate in ("common rate", "best rate")
        for c in (1.0, 9.0)
    ]
    return verdict_of(effects_of(values_with(**momentum)), 0.5, rows)


def test_the_verdict_says_faster_slower_or_neither_as_the_data_do() -> None:
    assert "Momentum is faster" in verdict(steps_to_target=[20.0, 21.5, 19.0, 20.2])
    assert "Momentum is slower" in verdict(steps_to_target=[220.0, 221.5, 219.0, 220.2])
    assert "not shown to be faster" in verdict(steps_to_target=[100.0, 102.0, 98.0, 101.0])
    assert "memory is faster still" in verdict(steps_to_target=[20.0, 21.5, 19.0, 20.2])


def test_the_verdict_on_the_batch_turns_with_the_data() -> None:
    assert "with sgd (which fits its own batch more)" in verdict(carried=[3.0, 3.1, 2.9, 3.06])
    assert "with sgd (which fits its own batch less)" in verdict(carried=[0.1, 0.21, 0.0, 0.14])
    assert "with sgd (no difference shown)" in verdict()
