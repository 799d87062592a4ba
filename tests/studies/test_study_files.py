"""Study files: a config that says which study to make of it, and every way to say it wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from small_problems import problem, rows_of, run_study, write_npz

from cnnopt import api
from cnnopt.config import dump_yaml, load_config, load_study
from cnnopt.errors import ConfigError, ExitCode
from cnnopt.studies.files import COMMANDS, study_options
from cnnopt.studies.search_options import space_texts
from cnnopt.studies.search_space import read_space

STUDIES = sorted((Path(__file__).parents[2] / "configs" / "studies").glob("*.yaml"))
ARMS = {"plain": [], "fast": ["optimizer.adam.learning_rate=0.03"]}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_npz(tmp_path_factory.mktemp("data") / "data.npz")


def study_file(data: Path, folder: Path, study: Any, **changes: Any) -> Path:
    config = problem(data, training={"epochs": 1, "batch_size": 32}, **changes)
    file = folder / "study.yaml"
    file.write_text(dump_yaml(config | {"study": study}))
    return file


def faults(study: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        study_options(study, "s.yaml")
    assert refused.value.exit_code == ExitCode.USAGE
    return str(refused.value).splitlines()


def test_compare_is_run_with_its_options(data: Path, tmp_path: Path) -> None:
    tune = {"optimizer.adam.learning_rate": [1e-5, 0.01]}
    study = {"command": "compare", "arms": ARMS | {"slow": ["training.shuffle=never"]}, "seeds": 2}
    file = study_file(data, tmp_path, study | {"tune": tune})
    done = run_study(file, ["training.epochs=2"], seed=7, runs_dir=tmp_path / "runs")
    assert done.meta["command"] == "compare"
    options = done.summary["options"]
    assert list(options["arms"]) == ["plain", "fast", "slow"]
    assert options["tune"] == {"optimizer.adam.learning_rate": ["1e-05", "0.01"]}
    rows = rows_of(done.folder, "results.csv")
    assert {row["seed"] for row in rows if row["stage"] == "final"} == {7, 8}
    assert {row["epochs"] for row in rows} == {2}


def test_compare_optimizers_is_run_with_its_options(data: Path, tmp_path: Path) -> None:
    study = {"command": "compare-optimizers", "optimizers": ["sgd", "adam"], "trials": 1,
             "seeds": 2, "budget": 3}  # fmt: skip
    done = run_study(study_file(data, tmp_path, study), runs_dir=tmp_path / "runs")
    assert done.meta["command"] == "compare-optimizers"
    expected = {"optimizers": ["sgd", "adam"], "trials": 1, "seeds": 2}
    assert done.summary["options"] == expected
    assert done.config["training"]["steps"] == 3


@pytest.mark.parametrize(
    ("study", "arms"),
    [
        ({"parts": ["l2", "dropout"]}, {"baseline", "l2 alone", "dropout alone", "all",
                                        "all but l2", "all but dropout"}),
        ({"sweep": {"l2": [1e-5, 0]}}, {"l2=0", "l2=1e-05"}),
    ],
)  # fmt: skip
def test_ablate_is_run_with_its_options(
    data: Path, tmp_path: Path, study: dict[str, Any], arms: set[str]
) -> None:
    file = study_file(data, tmp_path, {"command": "ablate", "seeds": 2} | study,
                      regularizers=[{"l2": 1e-3}, "sam"])  # fmt: skip
    done = run_study(file, runs_dir=tmp_path / "runs")
    assert done.meta["command"] == "ablate"
    assert {each["name"] for each in done.summary["arms"]} == arms


def test_cv_is_run_with_its_options(data: Path, tmp_path: Path) -> None:
    study = {"command": "cv", "folds": 3, "scheme": "k_fold", "repeats": 2, "refit": True}
    done = run_study(study_file(data, tmp_path, study), runs_dir=tmp_path / "runs")
    assert done.meta["command"] == "cv"
    assert len(rows_of(done.folder, "results.csv")) == 6
    assert done.config["cv"] == load_config(done.config, ["cv.scheme=k_fold"]).resolved()["cv"]
    assert (done.folder / "refit").is_dir()


@pytest.mark.parametrize("file", STUDIES, ids=lambda file: file.stem)
def test_the_lesson_s_studies_are_sound(file: Path) -> None:
    config, study = load_study(file)
    command, options = study_options(study, str(file))
    assert config.name == file.stem
    for changes in options.get("arms", {}).values():
        load_config(config, changes)
    if command == "search":
        read_space(space_texts(options["space"]))
    assert command in COMMANDS


@pytest.mark.parametrize(
    ("study", "line"),
    [
        ({"command": "comapre", "arms": ARMS},
         "s.yaml: study.command: must name a study, got comapre. Did you mean compare?"),
        ({}, "s.yaml: study.command: must name a study, got nothing. Known: ablate, compare, "
         "compare-optimizers, compare-schemes, cv, momentum-why, normalization, search."),
        ({"command": ["cv"]}, "s.yaml: study.command: must name a study, got ['cv']. Known: "
         "ablate, compare, compare-optimizers, compare-schemes, cv, momentum-why, normalization, "
         "search."),
        ({"command": "cv", "fold": 3},
         "s.yaml: study.fold: cv has no such option. Did you mean folds?"),
        ({"command": "cv", "arms": ARMS},
         "s.yaml: study.arms: cv has no such option. Known: folds, scheme, repeats, refit, tune, "
         "inner_folds."),
        ({"command": "compare", "seeds": 2}, "s.yaml: study.arms: must be given. Write arms: "
         "{small: [], large: [model.0.dense=64]}, for instance."),
        ({"command": "search"}, "s.yaml: study.space: must be given. Write space: "
         "{optimizer.adam: log(1e-4, 1e-1)}, for instance."),
    ],
)  # fmt: skip
def test_what_a_file_asks_for_wrongly(study: dict[str, Any], line: str) -> None:
    assert faults(study) == [line]


@pytest.mark.parametrize(
    ("command", "option", "value"),
    [
        ("ablate", "parts", "l2"),
        ("ablate", "parts", []),
        ("ablate", "seeds", 0),
        ("ablate", "sweep", ["l2=0"]),
        ("ablate", "sweep", {"l2": [0, 1], "sam": [1, 2]}),
        ("ablate", "sweep", {"l2": []}),
        ("compare", "arms", ["a", "b"]),
        ("compare", "arms", {}),
        ("compare", "arms", {"a": None, "b": []}),
        ("compare", "arms", {"a": "seed=1", "b": []}),
        ("compare", "arms", {"a": [{"seed": 1}], "b": []}),
        ("compare", "tune", ["optimizer.adam=1"]),
        ("compare", "tune", {"optimizer.adam": 1}),
        ("compare", "tune", {"optimizer.adam": []}),
        ("compare", "seeds", 0),
        ("compare", "seeds", True),
        ("compare-optimizers", "optimizers", "sgd,adam"),
        ("compare-optimizers", "optimizers", [1, 2]),
        ("compare-optimizers", "budget", 1.5),
        ("compare-optimizers", "trials", "5"),
        ("cv", "refit", "yes"),
        ("cv", "scheme", 3),
        ("cv", "folds", None),
        ("search", "space", ["optimizer.adam=1"]),
        ("search", "space", {}),
        ("search", "space", {"optimizer.adam": 1}),
        ("search", "space", {"optimizer.adam": []}),
        ("search", "seconds", 0),
        ("search", "seconds", float("nan")),
        ("search", "method", 3),
        ("search", "trials", 1.5),
    ],
)
def test_options_of_another_kind(command: str, option: str, value: Any) -> None:
    needed = {"compare": {"arms": ARMS}, "search": {"space": {"seed": "1, 2"}}}
    study = {"command": command} | needed.get(command, {})
    (line,) = faults(study | {option: value})
    assert line.startswith(f"s.yaml: study.{option}: must ")


def test_all_faults_are_told_at_once() -> None:
    found = faults({"command": "compare", "seeds": 0, "tun": {}})
    assert [line.split(": ")[1] for line in found] == ["study.seeds", "study.tun", "study.arms"]


@pytest.mark.parametrize("study", [None, "compare", ["compare"]])
def test_a_file_without_a_study_is_refused(data: Path, tmp_path: Path, study: Any) -> None:
    file = study_file(data, tmp_path, study)
    with pytest.raises(ConfigError, match="study: must say which study to run") as refused:
        run_study(file, runs_dir=tmp_path / "runs")
    assert str(file) in str(refused.value)
    file.write_text(dump_yaml(problem(data)))
    with pytest.raises(ConfigError, match=r"study: must say which .*, got nothing"):
        run_study(file, runs_dir=tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_train_says_how_a_study_file_is_run(data: Path, tmp_path: Path) -> None:
    file = study_file(data, tmp_path, {"command": "cv"})
    with pytest.raises(ConfigError, match=r"study: unknown key\. Run .* with `cnnopt run FILE`"):
        api.train(file, runs_dir=tmp_path / "runs")


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1e-5, 3], ["1e-05", "3"]),
        ([True, None], ["true", "null"]),
        ([{"cosine": {"warmup": 1}}, "once"], ['{"cosine": {"warmup": 1}}', "once"]),
        ([["flatten", {"dense": "classes"}]], ['["flatten", {"dense": "classes"}]']),
    ],
)
def test_values_to_tune_are_texts_as_of_set(values: list[Any], texts: list[str]) -> None:
    study = {"command": "compare", "arms": ARMS, "tune": {"path": values}}
    assert study_options(study, "s.yaml")[1]["tune"] == {"path": texts}
