"""The same bytes of folds, metrics, predictions, however `cv` ran: plain, tuned, compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from folded_problems import LINEAR, RATES, plain
from interrupting import killed_at, moments, progress
from small_problems import cross_validate, final_bits, resume, rows_of

from cnnopt.api import Run
from cnnopt.config import dump_yaml
from cnnopt.errors import Interrupted
from cnnopt.records import load_run

KINDS = ("plain", "tune", "compare")
TRIALS = {"plain": 6, "tune": 2 * 2 * 2 + 2, "compare": 6}
TUNE = ["--tune", "optimizer.adam.learning_rate=0.001,0.1"]
WORDS = {
    "plain": ["--folds", "3", "--repeats", "2"],
    "tune": ["--folds", "2", "--inner-folds", "2", *TUNE],
    "compare": ["--folds", "3", "--compare", "../other.yaml"],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two configs whose trials take long enough to be killed in."""
    folder = tmp_path_factory.mktemp("cv")
    long = {"epochs": 30, "batch_size": 8}
    config = plain(folder / "data.npz", model=LINEAR, training=long)
    (folder / "one.yaml").write_text(dump_yaml(config))
    (folder / "other.yaml").write_text(dump_yaml(config | {"name": "other", "optimizer": "sgd"}))
    return folder


def options(home: Path, kind: str) -> dict[str, Any]:
    return {
        "plain": {"folds": 3, "repeats": 2},
        "tune": {"folds": 2, "inner_folds": 2, "tune": RATES},
        "compare": {"folds": 3, "compare": home / "other.yaml"},
    }[kind]


@pytest.fixture(scope="module")
def unbroken(home: Path) -> Mapping[str, Run]:
    return {
        kind: cross_validate(
            home / "one.yaml", runs_dir=home / f"unbroken-{kind}", **options(home, kind)
        )
        for kind in KINDS
    }


def same(one: Run, other: Run) -> bool:
    """Compare all tables, of trials too, the summaries without times, and the last checkpoints."""
    bits, theirs = final_bits(one.folder), final_bits(other.folder)
    assert {"results.csv", "predictions.csv", "summary.json"} <= set(bits)
    assert sum(name.endswith("metrics.csv") for name in bits) == TRIALS[kind_of(one)]
    return bits == theirs


def kind_of(study: Run) -> str:
    return next((kind for kind in ("tuning", "compare") if kind in study.summary), "plain").replace(
        "tuning", "tune"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_two_workers_change_no_byte(home: Path, unbroken: Mapping[str, Run], kind: str) -> None:
    study = cross_validate(home / "one.yaml", runs_dir=home / "two", **options(home, kind), jobs=2)
    assert same(study, unbroken[kind])


def after_one_more(runs_dir: Path) -> Callable[[], bool]:
    """Return a `stop` that says so when one more trial is finished than at first."""
    counts: list[int] = []

    def stop() -> bool:
        counts.append(
            sum(path.read_text().count("\n") for path in runs_dir.glob("*/journal.jsonl"))
        )
        return counts[-1] > counts[0]

    return stop


@pytest.mark.parametrize("kind", KINDS)
def test_one_trial_at_a_time_changes_no_byte(
    home: Path, unbroken: Mapping[str, Run], kind: str
) -> None:
    runs_dir = home / f"single-{kind}"
    given = {"runs_dir": runs_dir, **options(home, kind)}
    for _ in range(TRIALS[kind]):
        with pytest.raises(Interrupted, match="Go on with: cnnopt resume"):
            cross_validate(home / "one.yaml", stop=after_one_more(runs_dir), **given)
    study = cross_validate(home / "one.yaml", stop=after_one_more(runs_dir), **given)
    assert len(list(runs_dir.iterdir())) == 1
    assert same(study, unbroken[kind])


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="/proc tells who is alive")
@pytest.mark.parametrize("kind", KINDS)
def test_killed_in_the_middle_it_goes_on_to_the_same_bytes(
    home: Path, unbroken: Mapping[str, Run], kind: str
) -> None:
    """SIGKILL twice: the same command goes on, and `resume` in the end, which knows its options."""
    at = home / f"killed-{kind}"
    at.mkdir()
    amounts = moments(progress(unbroken[kind].folder), kills=2, seed=4)
    words = ["cv", "../one.yaml", *WORDS[kind], "--jobs", "2", "-q"]
    assert killed_at(amounts, lambda _: words, at) == 2
    (folder,) = (at / "runs").glob("[0-9]*")
    assert load_run(folder).status == "interrupted"
    assert same(resume(folder, jobs=1), unbroken[kind])


def test_tables_say_of_each_trial_what_it_was(unbroken: Mapping[str, Run]) -> None:
    """Else equal bytes would say little."""
    rows = {kind: rows_of(unbroken[kind].folder, "results.csv") for kind in KINDS}
    assert {kind: len(found) for kind, found in rows.items()} == TRIALS
    assert [row["stage"] for row in rows["tune"]] == ["inner"] * 8 + ["outer"] * 2
    assert [row["model"] for row in rows["compare"]] == ["small"] * 3 + ["other"] * 3
    assert len({row["trial"] for found in rows.values() for row in found}) >= 6 + 10 + 3
    tested = rows_of(unbroken["tune"].folder, "predictions.csv")
    assert sorted(row["row"] for row in tested) == list(range(60)), "outer folds only"
    tested = rows_of(unbroken["compare"].folder, "predictions.csv")
    for name in ("small", "other"):
        assert sorted(r["row"] for r in tested if r["model"] == name) == list(range(60))
