"""Short forms and long ones are the same config; every table is walked."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from config_cases import CONFIGS, REGRESSION, load, text_of

from cnnopt.config import BUILT_IN, Config, load_config, load_study, starter_config
from cnnopt.config.config import Config as ConfigModel
from cnnopt.config.datasets import DATASETS
from cnnopt.config.rule import named_by
from cnnopt.config.settings import Settings, fields_of
from cnnopt.config.short_forms import nested

ALL_CONFIGS = sorted(CONFIGS.rglob("*.yaml"))

LONG = """\
name: all
seed: 3
dataset:
  name: digits
  test: 0.25
  validation: 100
  split_seed: 4
  scale: unit
  limit: 500
model:
  - conv2d:
      name: first
      filters: 8
      kernel: [3, 5]
      stride: [1, 2]
      padding: [[0, 1], [2, 3]]
      dilation: [2, 1]
      groups: 1
      flip: true
      initial: {truncated_normal: {sd: 0.05}}
      bias: {constant: {value: 0.1}}
  - tanh: {}
  - max_pool2d: {kernel: [2, 2], stride: [1, 1], padding: same, ceil: false}
  - avg_pool2d:
      kernel: [2, 2]
      stride: [2, 2]
      padding: [[1, 1], [0, 1]]
      ceil: true
      count_padding: true
  - global_max_pool: {}
  - flatten: {}
  - dropout: {rate: 0.5}
  - relu: {}
  - dense: {units: 3, initial: {orthogonal: {}}, bias: false}
  - dense: {units: classes, initial: {glorot: {}}, bias: true}
initial: {weights: {normal: {sd: 0.1}}, bias: {truncated_normal: {sd: 0.2}}}
loss: {cross_entropy: {class_weights: balanced}}
optimizer: {momentum: {learning_rate: 0.02, momentum: 0.8}}
schedule: {cosine: {warmup: 0.5, final: 0.1}}
regularizers:
  - early_stopping: {patience: 3, min_change: 0.001}
  - l2: {strength: 0.0001}
training:
  steps: 1000
  batch_size: full
  shuffle: once
  select: {best: {metric: auc}}
  evaluate_every: 10
  health: true
  fits: false
  exact: true
  metrics: [accuracy, auc, top_5]
cv:
  scheme: k_fold
  folds: 3
  repeats: 2
  window: expanding
  gap: 0
  shuffle: true
  keep_test: false
  allow_leakage: false
"""

PAIRS = [
    (
        {"optimizer": "nesterov"},
        {"optimizer": "{nesterov: {learning_rate: 1e-2, momentum: 0.9}}"},
    ),
    ({"optimizer": "{adagrad: 0.1}"}, {"optimizer": "{adagrad: {learning_rate: 0.1, initial: 0}}"}),
    ({"optimizer": "adadelta"}, {"optimizer": "{adadelta: {learning_rate: 1, rho: 0.9}}"}),
    ({"optimizer": "{rmsprop: 0.1}"}, {"optimizer": "{rmsprop: {learning_rate: 0.1, rho: 0.99}}"}),
    ({"optimizer": "radam"}, {"optimizer": "{radam: {threshold: 5, weight_decay: 0}}"}),
    ({"optimizer": "adamp"}, {"optimizer": "{adamp: {delta: 0.1, decay_ratio: 0.1}}"}),
    (
        {"optimizer": "{adamw: 0.1}"},
        {"optimizer": "{adamw: {learning_rate: 0.1, weight_decay: 1e-2}}"},
    ),
    ({"optimizer": "{lion: 0.1}"}, {"optimizer": "{lion: {learning_rate: 0.1, beta2: 0.99}}"}),
    ({"regularizers": "[sam]"}, {"regularizers": "[sam: {rho: 0.05}]"}),
    ({"regularizers": "[l1: 1]"}, {"regularizers": "[l1: {strength: 1}]"}),
    (
        {"regularizers": "[weight_decay: {decay: 0.1, layers: 'dense_*'}]"},
        {"regularizers": "[weight_decay: {decay: 0.1, layers: ['dense_*']}]"},
    ),
    ({"regularizers": "[weight_decay: 0.1]"}, {"regularizers": "[weight_decay: {decay: 0.1}]"}),
    ({"regularizers": "[max_norm]"}, {"regularizers": "[max_norm: {limit: 3}]"}),
    (
        {"regularizers": "[elastic_net: {l1: 1, l2: 2}]"},
        {"regularizers": "[{elastic_net: {l2: 2.0, l1: 1.0}}]"},
    ),
    ({"regularizers": "[input_noise: 1]"}, {"regularizers": "[input_noise: {sd: 1}]"}),
    (
        {"regularizers": "[weight_noise: 1]"},
        {"regularizers": "[weight_noise: {sd: 1, relative: false}]"},
    ),
    (
        {"regularizers": "[gradient_noise]"},
        {"regularizers": "[gradient_noise: {eta: 0.01, gamma: 0.55}]"},
    ),
    ({"regularizers": "[label_noise: 0.4]"}, {"regularizers": "[label_noise: {share: 0.4}]"}),
    ({"regularizers": "[label_smoothing]"}, {"regularizers": "[label_smoothing: {epsilon: 0.1}]"}),
    ({"regularizers": "[mixup, cutmix]"}, {"regularizers": "[mixup: 0.2, cutmix: {alpha: 1}]"}),
    ({"regularizers": "[cutout]"}, {"regularizers": "[cutout: {side: 0.5}]"}),
    (
        {"regularizers": "[augment: [rotate: 3, shift: 1, shear: 2, zoom: 0.5, crop: 1]]"},
        {
            "regularizers": "[augment: {transforms: [rotate: {degrees: 3}, shift: {pixels: 1}, "
            "shear: {degrees: 2}, zoom: {factor: [0.5, 1.5]}, crop: {padding: 1}]}]"
        },
    ),
    (
        {"regularizers": "[augment: [elastic: 2, brightness: 0.5, contrast: 0.5]]"},
        {
            "regularizers": "[augment: {transforms: [elastic: {alpha: 2, sigma: 4}, "
            "brightness: {change: 0.5}, contrast: {factor: [0.5, 1.5]}]}]"
        },
    ),
    (
        {"regularizers": "[augment: [jitter: 0.1, scale: 0.5, time_warp: 0.2]]"},
        {
            "regularizers": "[augment: {transforms: [jitter: {sd: 0.1}, scale: {factor: [0.5, 1.5]}"
            ", time_warp: {change: 0.2, knots: 4}]}]"
        },
    ),
    (
        {"dataset": "cifar10", "regularizers": "[augment: [flip: horizontal]]"},
        {
            "dataset": "cifar10",
            "regularizers": "[augment: [flip: {axis: horizontal, probability: 0.5}]]",
        },
    ),
    (
        {"regularizers": "[average_weights: {ema: 0.9}]"},
        {"regularizers": "[{average_weights: {ema: 0.9}}]"},
    ),
    ({"model": "[dense: 3]"}, {"model": "[dense: {units: 3}]"}),
    ({"model": "[relu, dense: 3]"}, {"model": "[{relu: {}}, {dense: {units: 3, bias: true}}]"}),
    ({"model": "[max_pool2d: 2, dense: 3]"}, {"model": "[max_pool2d: {kernel: 2}, dense: 3]"}),
    (
        {"model": "[max_pool2d: [2, 3], dense: 3]"},
        {"model": "[max_pool2d: {kernel: [2, 3], stride: [2, 3]}, dense: 3]"},
    ),
    (
        {"model": "[conv2d: {filters: 3, kernel: 3, padding: 1, bias: {constant: 2}}]"},
        {
            "model": "[conv2d: {filters: 3.0, kernel: [3, 3], padding: [[1, 1], [1, 1]],"
            " stride: 1, bias: {constant: {value: 2}}}]"
        },
    ),
    (
        {"model": "[conv2d: {filters: 3, kernel: 3, padding: [1, 2]}]"},
        {"model": "[conv2d: {filters: 3, kernel: 3, padding: [[1, 1], [2, 2]]}]"},
    ),
    (
        {"model": "[conv1d: {filters: 4, kernel: 3, padding: 1, groups: 2}]"},
        {
            "model": "[conv1d: {filters: 4, kernel: [3], stride: [1], padding: [[1, 1]],"
            " dilation: 1, groups: 2, flip: false}]"
        },
    ),
    (
        {"model": "[conv1d: {filters: 4, kernel: 3, padding: [2], dilation: [2]}]"},
        {"model": "[conv1d: {filters: 4, kernel: 3, padding: [[2, 2]], dilation: 2}]"},
    ),
    (
        {"model": "[conv3d: {filters: 4, kernel: 3, padding: [0, 1, 2]}]"},
        {
            "model": "[conv3d: {filters: 4, kernel: [3, 3, 3], stride: [1, 1, 1],"
            " padding: [[0, 0], [1, 1], [2, 2]]}]"
        },
    ),
    *(
        (
            {"model": f"[{pool}1d: 2, {pool}3d: [1, 2, 3], global_avg_pool, dense: 3]"},
            {
                "model": f"[{pool}1d: {{kernel: [2], stride: [2], padding: valid, ceil: false}},"
                f" {pool}3d: {{kernel: [1, 2, 3], stride: [1, 2, 3]}},"
                " global_avg_pool: {}, dense: 3]"
            },
        )
        for pool in ("max_pool", "avg_pool")
    ),
    (
        {"loss": "{cross_entropy: {class_weights: [1, 2]}}"},
        {"loss": "{cross_entropy: {class_weights: [1.0, 2.0]}}"},
    ),
    ({"loss": "binary_cross_entropy"}, {"loss": "{binary_cross_entropy: {}}"}),
    (REGRESSION | {"loss": "absolute_error"}, REGRESSION | {"loss": "{absolute_error: {}}"}),
    (REGRESSION | {"loss": "huber"}, REGRESSION | {"loss": "{huber: {delta: 1.0}}"}),
    (REGRESSION | {"loss": "{huber: 2}"}, REGRESSION | {"loss": "{huber: {delta: 2.0}}"}),
    ({"training": "{metrics: auc}"}, {"training": "{metrics: [auc], epochs: 10}"}),
    (
        {"model": "[leaky_relu, elu: 2, gelu: tanh, silu, sigmoid, softmax, dense: 3]"},
        {
            "model": "[leaky_relu: {slope: 0.01}, elu: {alpha: 2.0}, gelu: {approximate: tanh},"
            " {silu: {}}, {sigmoid: {}}, {softmax: {}}, dense: 3]"
        },
    ),
    (
        {
            "model": "[spatial_dropout: 0.1, batch_norm, group_norm: 4,"
            " layer_norm: channels, dense: 3]"
        },
        {
            "model": "[spatial_dropout: {rate: 0.1}, batch_norm: {momentum: 0.1},"
            " group_norm: {groups: 4, epsilon: 1e-5},"
            " layer_norm: {axes: channels, epsilon: 0.00001}, dense: 3]"
        },
    ),
    (
        {"model": "[residual: [relu], parallel: [[relu], []], dense: 3]"},
        {"model": "[residual: {layers: [relu]}, parallel: {branches: [[relu], []]}, dense: 3]"},
    ),
    (
        {"model": "[drop_connect: {rate: 0.5, layer: {dense: 3}}]"},
        {"model": "[drop_connect: {rate: 0.5, layer: {dense: {units: 3}}}]"},
    ),
    ({"initial": "glorot"}, {"initial": "{weights: glorot, bias: {constant: 0}}"}),
    ({"initial": "{normal: 0.1}"}, {"initial": "{weights: {normal: {sd: 0.1}}}"}),
    ({"initial": "lecun"}, {"initial": "{weights: {lecun: {}}}"}),
    ({"training": "{select: last}"}, {"training": "{select: {last: {}}}"}),
    ({"optimizer": "adam"}, {"optimizer": "{adam: {beta1: 0.9, epsilon: 1e-8}}"}),
    ({"optimizer": "{sgd: 1}"}, {"optimizer": "{sgd: {learning_rate: 1.0}}"}),
    ({"schedule": "cosine"}, {"schedule": "{cosine: 0}"}),
    ({"schedule": ""}, {"schedule": "constant"}),
    ({"schedule": "constant"}, {"schedule": "{constant: {warmup: 0}}"}),
    ({"schedule": "{step: 3}"}, {"schedule": "{step: {every: 3.0, factor: 0.1, warmup: 0}}"}),
    ({"schedule": "{exponential: 0.9}"}, {"schedule": "{exponential: {factor: 0.9}}"}),
    ({"schedule": "polynomial"}, {"schedule": "{polynomial: {power: 1, final: 0}}"}),
    ({"schedule": "{polynomial: 2}"}, {"schedule": "{polynomial: {power: 2.0}}"}),
    (
        {"schedule": "{cosine_restarts: 2}"},
        {"schedule": "{cosine_restarts: {period: 2, growth: 1, final: 0}}"},
    ),
    (
        {"schedule": "one_cycle"},
        {
            "schedule": "{one_cycle: {peak: 0.3, initial_divisor: 25, final_divisor: 1e4,"
            " anneal: cosine}}"
        },
    ),
    (
        {"schedule": "{plateau: 3}"},
        {
            "schedule": "{plateau: {patience: 3, factor: 0.1, min_change: 0, cooldown: 0,"
            " min_rate: 0}}"
        },
    ),
    ({"training": "{select: {best: loss}}"}, {"training": "{select: best, epochs: 1e1}"}),
    ({"dataset": "digits"}, {"dataset": "{name: digits, test: 0.2, validation: 0.1}"}),
    ({"dataset": "{name: digits, test: 0}"}, {"dataset": "{name: digits, test: 0.0}"}),
    ({"dataset": "mnist"}, {"dataset": "{name: mnist, test: official}"}),
    (
        {"dataset": "{name: csv, path: a.csv, target: y, ignore: id}"},
        {"dataset": "{name: csv, path: a.csv, target: [y], ignore: [id]}"},
    ),
    (
        {"dataset": "{name: npz, path: a.npz, x: train_images}"},
        {
            "dataset": "{name: npz, path: a.npz, x: train_images, y: train_labels,"
            " x_validation: val_images, y_validation: val_labels, validation: official,"
            " x_test: test_images, y_test: test_labels, test: official}"
        },
    ),
    ({"dataset": "mnist1d"}, {"dataset": "{name: mnist1d, data_seed: 42, test: official}"}),
    (
        {"dataset": "{name: npz, path: a.npz, x_test: xt, y_test: yt}"},
        {"dataset": "{name: npz, path: a.npz, x_test: xt, y_test: yt, test: official, x: x}"},
    ),
]


@pytest.mark.parametrize(("short", "long"), PAIRS, ids=lambda lines: str(lines))
def test_short_and_long_forms_are_the_same_config(
    tmp_path: Path, short: dict[str, str], long: dict[str, str]
) -> None:
    assert load(tmp_path, text_of(**short)) == load(tmp_path, text_of(**long))


def test_the_long_form_of_everything_stays_as_it_is(tmp_path: Path) -> None:
    from cnnopt.config.strict_yaml import parse_yaml

    config = load(tmp_path, LONG)
    assert config.resolved() == parse_yaml(LONG, "").plain()
    assert list(config.resolved()) == list(fields_of(ConfigModel))


def names_in(value: Any) -> set[str]:
    """Return every key and every text in a config's long form."""
    if isinstance(value, dict):
        return set(value) | set().union(*map(names_in, value.values()), set())
    if isinstance(value, list):
        return set().union(*map(names_in, value), set())
    return {value} if isinstance(value, str) else set()


def kinds_below(model: type[Settings], seen: set[str]) -> set[str]:
    """Return the names of all tables that can be reached from `model`."""
    for field in fields_of(model).values():
        if (record := nested(field)) is not None:
            kinds_below(record, seen)
        named = named_by(field)
        for name, kind in (named.kinds if named else {}).items():
            if name not in seen:
                seen.add(name)
                kinds_below(kind, seen)
    return seen


def test_every_name_of_every_table_has_a_case_here() -> None:
    from config_cases import FAULTS

    from cnnopt.config.strict_yaml import parse_yaml

    tried = names_in(parse_yaml(LONG, "").plain())
    texts = (
        [pair for both in PAIRS for pair in both] + [case.lines for case in FAULTS] + [REGRESSION]
    )
    for lines in texts:
        tried |= names_in(parse_yaml(text_of(**lines), "").plain())
    tried |= set(DATASETS)  # each loads in the test below
    assert kinds_below(ConfigModel, set()) - tried == set()


@pytest.mark.parametrize("name", DATASETS)
def test_every_data_set_loads_by_the_least_that_it_needs(tmp_path: Path, name: str) -> None:
    table = ", path: a, target: y"
    needed = {"npz": ", path: a.npz", "images": ", path: a", "csv": table}
    needed["series"] = f"{table}, time: t"
    lines = REGRESSION if name in ("regression", "sunspots", "co2", "series") else {}
    text = text_of(**{**lines, "dataset": f"{{name: {name}{needed.get(name, '')}}}"})
    dataset = load(tmp_path, text).dataset
    official = name.startswith(("mnist", "fashion", "kmnist", "emnist", "cifar"))
    assert (dataset.name, dataset.test) == (name, "official" if official else 0.2)
    place = {"npz": "a.npz", "images": "a", "csv": "a", "series": "a"}.get(name)
    assert dataset.path == (place and str(tmp_path / place))


def shipped(file: Path) -> ConfigModel:
    """Return a shipped config, or that of a shipped study file."""
    return load_study(file)[0] if file.parent.name == "studies" else load_config(file)


@pytest.mark.parametrize("file", ALL_CONFIGS, ids=lambda file: file.stem)
def test_every_shipped_config_loads_and_resolves_to_itself(file: Path) -> None:
    config = shipped(file)
    again = load_config(config.resolved())
    assert again == config
    assert again.resolved() == config.resolved()
    assert hash(again) == hash(config)


def test_the_built_in_config_is_the_shipped_one() -> None:
    assert BUILT_IN.read_bytes() == (CONFIGS / "digits.yaml").read_bytes()


def test_the_starter_loads_and_says_what_it_is(tmp_path: Path) -> None:
    config = load(tmp_path, starter_config())
    assert config.model[0].kind == "conv2d"
    assert config.name == "my-digits"


def test_a_config_is_frozen_hashable_and_survives_pickling(tmp_path: Path) -> None:
    config = load(tmp_path, text_of())
    with pytest.raises(Exception, match="frozen"):
        config.seed = 3
    copy = pickle.loads(pickle.dumps(config))
    assert (copy, hash(copy)) == (config, hash(config))
    assert load_config(config) == config


def test_where_a_config_was_written_does_not_make_it_another(tmp_path: Path) -> None:
    plain: Config = load_config(load(tmp_path, text_of()).resolved())
    assert plain == load(tmp_path, "# moved down\n\n" + text_of())


@pytest.mark.parametrize(
    ("stem", "name"), [("c", "c"), ("my config", "my-config"), ("_x", "x"), ("ü", "untitled")]
)
def test_a_config_without_a_name_bears_its_file_s(tmp_path: Path, stem: str, name: str) -> None:
    file = tmp_path / f"{stem}.yaml"
    file.write_text(text_of())
    assert load_config(file).name == name


def test_epochs_are_the_default_only_without_steps(tmp_path: Path) -> None:
    by_default = load(tmp_path, text_of()).training
    assert (by_default.epochs, by_default.steps) == (10, None)
    by_steps = load(tmp_path, text_of(training="{steps: 7}")).training
    assert (by_steps.epochs, by_steps.steps) == (None, 7)
