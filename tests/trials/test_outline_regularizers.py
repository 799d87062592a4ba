"""What is said before training names the regularizers, and how many labels are wrong."""

from pathlib import Path

from small_problems import problem, write_npz

from cnnopt.config import load_config
from cnnopt.trials.outline import outline
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.trial import load_data


def lines(data: Path, *entries: object) -> list[str]:
    config = load_config(problem(data, regularizers=list(entries)))
    return [line.strip() for line in outline(prepare_trial(config, None, load_data(config)))]


def test_they_are_listed_with_what_is_not_usual(tmp_path: Path) -> None:
    data = write_npz(tmp_path / "data.npz")
    assert not any("regularizers" in line for line in lines(data))
    found = lines(
        data,
        {"l2": {"strength": 1e-4, "layers": ["dense_1", "dense_2"]}},
        "mixup",
        {"weight_noise": {"sd": 0.1, "relative": True}},
        {"elastic_net": {"l1": 0.5, "l2": 0.1}},
        {"label_noise": 0.5},
    )
    [line] = [line for line in found if line.startswith("regularizers: ")]
    assert line.removeprefix("regularizers: ") == (
        "l2 0.0001 layers dense_1, dense_2, mixup 0.2, weight_noise 0.1 relative true, "
        "elastic_net l1 0.5 l2 0.1, label_noise 0.5"
    )
    assert any("training labels are wrong" in line for line in found)
