"""Configs to test with: a small sound one, and ways to break it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cnnopt.config import Config, load_config
from cnnopt.errors import ConfigError, Fault

CONFIGS = Path(__file__).parents[2] / "configs"

SOUND = {
    "dataset": "digits",
    "model": "[flatten, {dense: classes}]",
    "loss": "cross_entropy",
    "optimizer": "adam",
}

REGRESSION = {"dataset": "regression", "model": "[dense: 1]", "loss": "squared_error"}


def text_of(**lines: str) -> str:
    """Return the sound config as YAML with some keys written otherwise; `` leaves a key out."""
    return "".join(f"{key}: {value}\n" for key, value in {**SOUND, **lines}.items() if value)


def write(folder: Path, text: str, name: str = "c.yaml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def load(folder: Path, text: str, *overrides: str) -> Config:
    return load_config(write(folder, text), overrides)


def faults_of(folder: Path, text: str, *overrides: str) -> tuple[Fault, ...]:
    """Return the faults; file names without the folder."""
    with pytest.raises(ConfigError) as caught:
        load(folder, text, *overrides)
    assert caught.value.exit_code == 2
    return caught.value.faults


@dataclass(frozen=True)
class Case:
    """A config with one fault.

    Attributes:
        lines: what stands instead of the sound config's lines.
        path: of the fault.
        rule: words that the rule must have.
        given: what the message must show.
        remedy: words that the remedy must have.
        in_schema: whether the JSON Schema can tell the fault too.
    """

    lines: dict[str, str]
    path: str
    rule: str
    given: str = ""
    remedy: str = ""
    in_schema: bool = field(default=True, kw_only=True)


def one(key: str, value: str, *rest: str, in_schema: bool = True) -> Case:
    return Case({key: value}, *rest, in_schema=in_schema)


FAULTS = [
    # keys and names
    one("optimiser", "sgd", "optimiser", "unknown key", "", "Did you mean optimizer?"),
    one("batch_size", "3", "batch_size", "unknown key", "", "Put it under training"),
    one("training", "{epoch: 3}", "training.epoch", "unknown key", "", "epochs?"),
    one("optimizer", "{adam: {lr: 1}}", "optimizer.adam.lr", "unknown key", "", "learning_rate?"),
    one("optimizer", "{sgd: {momentum: 0.9}}", "optimizer.sgd.momentum", "unknown key"),
    one("optimizer", "{sgd: {kind: sgd}}", "optimizer.sgd.kind", "unknown key"),
    one(
        "model",
        "[flatten: {size: 3}, dense: 3]",
        "model.0.flatten.size",
        "unknown key",
        "",
        "flatten has: name",
    ),
    one(
        "model", "[flatten, {conv2: {filters: 3}}]", "model.1", "unknown layer", "conv2", "conv2d?"
    ),
    one("model", "[flaten, dense: 3]", "model.0", "unknown layer", "'flaten'", "flatten?"),
    one("model", "[ReLU, dense: 3]", "model.0", "unknown layer", "'ReLU'", "relu?"),
    one("model", "[3, dense: 3]", "model.0", "one layer", "3", "Known"),
    one("model", "[{relu: {}, dense: 3}]", "model.0", "one layer", "", "Indent the settings below"),
    one("optimizer", "adem", "optimizer", "unknown optimizer", "'adem'", "adam?"),
    one("loss", "mse", "loss", "unknown loss", "'mse'", "squared_error?"),
    one("dataset", "digit", "dataset.name", "unknown data set", "'digit'", "digits?"),
    one("dataset", "{name: digits, noise: 3}", "dataset.noise", "unknown key"),
    one("dataset", "{name: digits, path: x}", "dataset.path", "unknown key"),
    one("schedule", "cosin", "schedule", "unknown schedule", "'cosin'", "cosine?"),
    one("regularizers", "[l3: 1]", "regularizers.0", "unknown regularizer", "l3"),
    one("regularizers", "[cutout: 1.5]", "regularizers.0.cutout.side", "number of cells", "1.5"),
    one("regularizers", "[mixup: -1]", "regularizers.0.mixup.alpha", "at least 0", "-1"),
    one("regularizers", "[label_noise: 2]", "regularizers.0.label_noise.share", "[0, 1]", "2"),
    one("regularizers", "[label_smoothing: 1]", "regularizers.0.label_smoothing.epsilon", "[0, 1)"),
    one("regularizers", "[l1: {strength: 1, layers: []}]", "regularizers.0.l1.layers", "a list"),
    one("regularizers", "[elastic_net: {l1: 1}]", "regularizers.0.elastic_net.l2", "be given"),
    one("regularizers", "[max_norm: -1]", "regularizers.0.max_norm.limit", "at least 0", "-1"),
    one("initial", "hee", "initial.weights", "unknown initializer", "'hee'", "he?"),
    one("initial", "{bias: he}", "initial.bias", "initializer of biases", "'he'"),
    one("training", "{select: best1}", "training.select", "unknown selection", "", "best?"),
    one("training", "{shuffle: epohc}", "training.shuffle", "must be one of", "'epohc'", "epoch?"),
    # what is missing
    one("dataset", "", "dataset", "must be given"),
    one("model", "", "model", "must be given"),
    one("loss", "", "loss", "must be given", "", "cross_entropy"),
    one("optimizer", "", "optimizer", "must be given", "", "adam"),
    one("dataset", "{test: 0.2}", "dataset.name", "must be given", "", "digits"),
    one("dataset", "{name: csv, path: a.csv}", "dataset.target", "must be given"),
    one("model", "[conv2d: {filters: 3}]", "model.0.conv2d.kernel", "must be given"),
    one("model", "[dropout, dense: 3]", "model.0.dropout.rate", "must be given"),
    one("model", "[]", "model", "at least one layer", "[]"),
    one("model", "[repeat: {times: 2, layers: []}]", "model.0.repeat.layers", "at least one"),
    # types
    one("seed", "-1", "seed", "at least 0", "-1"),
    one("seed", "'1'", "seed", "whole number", "'1'"),
    one("seed", "9223372036854775808", "seed", "whole number", "9223372036854775808"),
    one("seed", "true", "seed", "whole number", "true"),
    one("seed", "null", "seed", "whole number", "null", "Leave the key out"),
    one("name", "a/b", "name", "letters", "'a/b'"),
    one("name", "..", "name", "letters", "'..'"),
    one("name", "3", "name", "letters", "3"),
    one("model", "relu", "model", "must be a list", "'relu'"),
    one("dataset", "[digits]", "dataset", "must be the name of a data set"),
    one("training", "3", "training", "must be a mapping", "3"),
    one("optimizer", "[adam]", "optimizer", "one optimizer"),
    one("model", "[relu: 3, dense: 3]", "model.0.relu", "must be a mapping", "3"),
    one("model", "[relu: null, dense: 3]", "model.0.relu", "must be a mapping", "null", "alone"),
    one("optimizer", "{adam: fast}", "optimizer.adam.learning_rate", "number", "'fast'"),
    one("optimizer", "{adam: '1e-3'}", "optimizer.adam.learning_rate", "number", "'1e-3'"),
    one("optimizer", "{adam: true}", "optimizer.adam.learning_rate", "number", "true"),
    one(
        "optimizer",
        "{adam: .nan}",
        "optimizer.adam.learning_rate",
        "finite",
        ".nan",
        in_schema=False,
    ),
    one(
        "optimizer",
        "{adam: .inf}",
        "optimizer.adam.learning_rate",
        "finite",
        ".inf",
        in_schema=False,
    ),
    one(
        "optimizer",
        "{adam: 1e999}",
        "optimizer.adam.learning_rate",
        "finite",
        "1e999",
        in_schema=False,
    ),
    # ranges
    one("optimizer", "{sgd: 0}", "optimizer.sgd.learning_rate", "greater than 0", "0"),
    one("optimizer", "{sgd: -1e-2}", "optimizer.sgd.learning_rate", "greater than 0", "-1e-2"),
    one("optimizer", "{momentum: {momentum: 1}}", "optimizer.momentum.momentum", "[0, 1)", "1"),
    one("training", "{epochs: -3}", "training.epochs", "at least 1", "-3"),
    one("training", "{epochs: 0}", "training.epochs", "at least 1", "0"),
    one("training", "{epochs: 2.5}", "training.epochs", "whole number", "2.5"),
    one("training", "{health: 1}", "training.health", "must be true or false", "1"),
    one("training", "{health: 'on'}", "training.health", "must be true or false", "'on'"),
    one("training", "{exact: 1}", "training.exact", "must be true or false", "1"),
    one("training", "{batch_size: half}", "training.batch_size", "must be full or", "'half'"),
    one("model", "[leaky_relu: 1, dense: 3]", "model.0.leaky_relu.slope", "[0, 1)", "1"),
    one("model", "[elu: 0, dense: 3]", "model.0.elu.alpha", "greater than 0", "0"),
    one("model", "[gelu: fast, dense: 3]", "model.0.gelu.approximate", "one of none, tanh"),
    one("model", "[group_norm, dense: 3]", "model.0.group_norm.groups", "must be given"),
    one("model", "[group_norm: 0, dense: 3]", "model.0.group_norm.groups", "at least 1", "0"),
    one("model", "[layer_norm: chanels, dense: 3]", "model.0.layer_norm.axes", "", "", "channels?"),
    one("model", "[spatial_dropout: 1, dense: 3]", "model.0.spatial_dropout.rate", "[0, 1)", "1"),
    one("model", "[dropout: 1, dense: 3]", "model.0.dropout.rate", "[0, 1)", "1"),
    one("model", "[max_pool2d: [2, 2, 2], dense: 3]", "model.0.max_pool2d.kernel", "two of them"),
    one("model", "[max_pool2d: 0, dense: 3]", "model.0.max_pool2d.kernel", "at least 1", "0"),
    one(
        "model",
        "[conv2d: {filters: 3, kernel: 3, padding: [[1, 1], 2]}]",
        "model.0.conv2d.padding",
        "[[top, bottom], [left, right]]",
        "[[1, 1], 2]",
    ),
    one(
        "model",
        "[conv1d: {filters: 3, kernel: [3, 3]}]",
        "model.0.conv1d.kernel",
        "one in a list: [width]",
        "[3, 3]",
    ),
    one(
        "model",
        "[conv1d: {filters: 3, kernel: 3, padding: [1, 2]}]",
        "model.0.conv1d.padding",
        "[width]",
    ),
    one(
        "model",
        "[conv3d: {filters: 3, kernel: 3, padding: [[1, 1], [0, 1]]}]",
        "model.0.conv3d.padding",
        "[[front, back], [top, bottom], [left, right]]",
        "[[1, 1], [0, 1]]",
    ),
    one(
        "model",
        "[conv3d: {filters: 3, kernel: [3, 3]}]",
        "model.0.conv3d.kernel",
        "three of them: [depth, height, width]",
    ),
    one(
        "model",
        "[conv2d: {filters: 3, kernel: 3, groups: 0}]",
        "model.0.conv2d.groups",
        "at least 1",
    ),
    one(
        "model",
        "[conv2d: {filters: 3, kernel: 3, dilation: 0}]",
        "model.0.conv2d.dilation",
        "least 1",
    ),
    one(
        "model",
        "[conv2d: {filters: 3, kernel: 3, flip: 1}]",
        "model.0.conv2d.flip",
        "true or false",
    ),
    one("model", "[dense: {units: 3, bias: 'yes'}]", "model.0.dense.bias", "unknown initializer"),
    one("dataset", "{name: digits, test: 1.5}", "dataset.test", "share", "1.5"),
    one("dataset", r'{name: npz, path: "a\0b"}', "dataset.path", "null character", in_schema=False),
    one("dataset", "{name: digits, test: 1.0}", "dataset.test", "share", "1.0", in_schema=False),
    one("dataset", "{name: digits, test: -1}", "dataset.test", "share", "-1"),
    one("dataset", "{name: digits, validation: official}", "dataset.validation", "share"),
    one("loss", "{huber: 0}", "loss.huber.delta", "greater than 0", "0"),
    one(
        "loss",
        "{cross_entropy: {class_weights: equal}}",
        "loss.cross_entropy.class_weights",
        "balanced or a list",
        "'equal'",
    ),
    one(
        "loss",
        "{cross_entropy: {class_weights: [1, 0]}}",
        "loss.cross_entropy.class_weights",
        "greater than 0",
    ),
    one(
        "loss", "{cross_entropy: {class_weights: [1]}}", "loss.cross_entropy.class_weights", "list"
    ),
    one("training", "{metrics: []}", "training.metrics", "different metrics", "[]"),
    one("training", "{metrics: [f1, f1]}", "training.metrics", "different metrics"),
    one("training", "{metrics: [roc_auc]}", "training.metrics", "among", "", "Did you mean auc?"),
    one("training", "{metrics: [3]}", "training.metrics", "among"),
    one(
        "training",
        "{select: {best: acuracy}}",
        "training.select.best.metric",
        "one of",
        "",
        "accuracy?",
    ),
    one("dataset", "{name: npz, path: a, dimensions: 4}", "dataset.dimensions", "1 (series)", "4"),
    one("dataset", "{name: npz, path: a, dimensions: true}", "dataset.dimensions", "1 (series)"),
    one("dataset", "{name: mnist1d, data_seed: 1e10}", "dataset.data_seed", "4294967295"),
    one("cv", "{folds: 1}", "cv.folds", "at least 2", "1"),
    one("schedule", "{cosine: {final: 2}}", "schedule.cosine.final", "[0, 1]", "2"),
    one("schedule", "{step: 0}", "schedule.step.every", "greater than 0", "0"),
    one("schedule", "{step: {every: 3, factor: 1}}", "schedule.step.factor", "(0, 1)", "1"),
    one("schedule", "{step: {milestones: []}}", "schedule.step.milestones", "list of epochs", "[]"),
    one("schedule", "{step: {milestones: 3}}", "schedule.step.milestones", "list of epochs", "3"),
    one(
        "schedule",
        "{step: {milestones: [5, 3]}}",
        "schedule.step.milestones",
        "each greater than the one before",
        "[5, 3]",
        in_schema=False,
    ),
    one("schedule", "exponential", "schedule.exponential.factor", "must be given", "", "(0, 1)"),
    one("schedule", "{exponential: 1}", "schedule.exponential.factor", "(0, 1)", "1"),
    one("schedule", "{polynomial: 0}", "schedule.polynomial.power", "greater than 0", "0"),
    one(
        "schedule",
        "{cosine_restarts: {period: 2, growth: 0.5}}",
        "schedule.cosine_restarts.growth",
        "at least 1",
        "0.5",
    ),
    one("schedule", "{one_cycle: {peak: 30}}", "schedule.one_cycle.peak", "[0, 1]", "30"),
    one("schedule", "{one_cycle: {max: 1}}", "schedule.one_cycle.max", "unknown key", "", "has:"),
    one(
        "schedule",
        "{one_cycle: {anneal: linaer}}",
        "schedule.one_cycle.anneal",
        "must be one of cosine, linear",
        "'linaer'",
        "linear?",
    ),
    one("schedule", "{plateau: 0}", "schedule.plateau.patience", "at least 1", "0"),
    one("schedule", "{plateau: {factor: 0.5}}", "schedule.plateau.patience", "must be given"),
    one("schedule", "{constant: {warmup: -1}}", "schedule.constant.warmup", "at least 0", "-1"),
    one("model", "[repeat: {times: 9999, layers: [relu]}]", "model.0.repeat.times", "1000", "9999"),
    # between keys
    one(
        "training",
        "{epochs: 3, steps: 9}",
        "training.steps",
        "together",
        "9",
        "training.epochs=null",
    ),
    one(
        "training", "{evaluate_every: 9}", "training.evaluate_every", "without training.steps", "9"
    ),
    Case(
        {"dataset": "{name: npz, path: a.npz, x_test: b}"},
        "dataset.x_test",
        "without y_test",
        "'b'",
    ),
]

BETWEEN_KEYS = [
    one("dataset", "{name: digits3d, test: official}", "dataset.test", "no official test part"),
    one(
        "dataset",
        "{name: npz, path: a.npz, validation: official}",
        "dataset.validation",
        "no official validation part",
        "'official'",
        "x_validation",
    ),
    one("dataset", "{name: mnist1d, scale: unit}", "dataset.scale", "pixels"),
    one(
        "dataset",
        "{name: mnist1d, path: a.pkl, data_seed: 3}",
        "dataset.data_seed",
        "no effect with dataset.path",
        "3",
    ),
    one(
        "dataset",
        "{name: cifar10, path: data_batch_1.bin}",
        "dataset.test",
        "no official test part",
    ),
    one(
        "model",
        "[conv2d: {filters: 6, kernel: 3, groups: 4}]",
        "model.0.conv2d.groups",
        "must divide the number of filters",
        "4",
        "Use a divisor of 6",
    ),
    one(
        "model",
        "[max_pool1d: {kernel: 3, padding: same, ceil: true}, dense: 3]",
        "model.0.max_pool1d.ceil",
        "no effect with padding: same",
    ),
    one(
        "model",
        "[avg_pool3d: {kernel: 3, padding: 0, count_padding: true}, dense: 3]",
        "model.0.avg_pool3d.count_padding",
        "no effect without padding",
    ),
    one("dataset", "{name: digits, test: 0.5, validation: 0.5}", "dataset.validation", "below 1"),
    one("dataset", "{name: digits, test: official}", "dataset.test", "no official", "'official'"),
    one(
        "dataset",
        "{name: npz, path: a.npz, test: official}",
        "dataset.test",
        "no official test part",
        "'official'",
        "x_test",
    ),
    Case(REGRESSION | {"dataset": "{name: regression, scale: unit}"}, "dataset.scale", "pixels"),
    Case(REGRESSION | {"loss": "cross_entropy"}, "loss", "needs classes", "", "squared_error"),
    one("loss", "squared_error", "loss", "needs targets", "", "cross_entropy"),
    Case(REGRESSION | {"cv": "{scheme: stratified}"}, "cv.scheme", "needs classes", "'stratified'"),
    one("training", "{select: {best: r2}}", "training.select.best.metric", "needs regression"),
    one("training", "{metrics: [mae, f1]}", "training.metrics", "mae needs regression"),
    Case(
        REGRESSION | {"training": "{metrics: [r2, auc]}"}, "training.metrics", "auc needs classes"
    ),
    one(
        "training",
        "{select: {best: auc}}",
        "training.select.best.metric",
        "must be measured, as loss, accuracy are",
        "'auc'",
        "training.metrics: [accuracy, auc]",
    ),
    one(
        "training",
        "{metrics: f1, select: {best: accuracy}}",
        "training.select.best.metric",
        "must be measured, as loss, f1 are",
        "'accuracy'",
        "training.metrics: [f1, accuracy]",
    ),
    Case(REGRESSION | {"loss": "binary_cross_entropy"}, "loss", "needs classes"),
    one("loss", "huber", "loss", "needs targets", "", "cross_entropy"),
    Case(
        REGRESSION | {"training": "{select: {best: accuracy}}"},
        "training.select.best.metric",
        "needs classes",
    ),
    Case(
        {"dataset": "{name: digits, validation: 0}", "training": "{select: {best: accuracy}}"},
        "training.select.best.metric",
        "no effect without a validation part",
    ),
    Case(
        {"dataset": "{name: digits, validation: 0}", "regularizers": "[early_stopping: 3]"},
        "regularizers.0.early_stopping",
        "needs a validation part",
    ),
    one("regularizers", "[l2: 1, l2: 2]", "regularizers.1.l2", "once"),
    one("regularizers", "[input_noise]", "regularizers.0.input_noise", "sd or salt_and_pepper"),
    one("regularizers", "[label_noise]", "regularizers.0.label_noise", "either share"),
    one("regularizers", "[label_noise: {sd: 1}]", "regularizers.0.label_noise.sd", "are numbers"),
    Case(
        REGRESSION | {"regularizers": "[label_noise: 0.1]"},
        "regularizers.0.label_noise.share",
        "is for classes",
        "0.1",
        "Use sd",
    ),
    Case(
        REGRESSION | {"regularizers": "[cutmix]"},
        "regularizers.0.cutmix",
        "nothing about a number",
        "",
        "mixup",
    ),
    Case(
        REGRESSION | {"regularizers": "[label_smoothing]"},
        "regularizers.0.label_smoothing",
        "is for classes",
    ),
    *(
        Case(
            {"regularizers": "[weight_decay: 0.1]", "optimizer": optimizer},
            "regularizers.0.weight_decay",
            f"decay twice: {kind} has a weight_decay of {decay}",
            "",
            f"optimizer.{kind}.weight_decay",
        )
        for optimizer, kind, decay in (
            ("adamw", "adamw", "0.01"),
            ("{lion: {weight_decay: 0.5}}", "lion", "0.5"),
            ("{adamp: {weight_decay: 0.5}}", "adamp", "0.5"),
        )
    ),
    *(
        Case(
            {"regularizers": f"[{kind}]", "training": "{batch_size: 1}"},
            f"regularizers.0.{kind}",
            "batches of one example",
        )
        for kind in ("mixup", "cutmix")
    ),
    one(
        "regularizers",
        "[early_stopping: {patience: 2, metric: f1}]",
        "regularizers.0.early_stopping.metric",
        "must be measured, as loss, accuracy are",
        "'f1'",
        "training.metrics: [accuracy, f1]",
    ),
    one(
        "regularizers",
        "[early_stopping: {patience: 2, metric: mae}]",
        "regularizers.0.early_stopping.metric",
        "mae needs regression",
    ),
    *(
        Case(
            {
                "regularizers": f"[early_stopping: {{patience: 2, {more}}}]",
                "training": f"{{select: {select}}}",
            },
            "regularizers.0.early_stopping.restore_best",
            rule,
        )
        for more, select, rule in (
            ("restore_best: true", "last", "keeps the last weights"),
            ("restore_best: false", "{best: accuracy}", "{best: accuracy}"),
            ("metric: loss, restore_best: true", "{best: accuracy}", "names accuracy"),
        )
    ),
    one("training", "{steps: 9, evaluate_every: 10}", "training.evaluate_every", "at most", "10"),
    Case(
        {"schedule": "{cosine: 5}", "training": "{epochs: 3}"},
        "schedule.cosine.warmup",
        "at most training.epochs (3)",
        "5",
    ),
    *(
        one(
            "schedule",
            f"{{{text}: {{{more}warmup: 11}}}}",
            f"schedule.{text}.warmup",
            "at most training.epochs (10)",
            "11",
            "Use 2, for instance",
        )
        for text, more in (
            ("constant", ""),
            ("exponential", "factor: 0.9, "),
            ("polynomial", ""),
            ("cosine_restarts", "period: 20, "),
            ("one_cycle", ""),
            ("plateau", "patience: 3, "),
        )
    ),
    one(
        "schedule",
        "{step: 10}",
        "schedule.step.every",
        "less than training.epochs (10)",
        "10",
        "Use 3, for instance",
    ),
    one(
        "schedule",
        "{step: {milestones: [5, 10, 12]}}",
        "schedule.step.milestones",
        "10 must be less than training.epochs (10)",
        "",
        "train for longer",
    ),
    one(
        "schedule",
        "{step: {milestones: [2, 5], warmup: 3}}",
        "schedule.step.warmup",
        "over when the rate falls for the first time, after epoch 2",
        "3",
        "Use 2 or less",
    ),
    one("schedule", "step", "schedule.step.every", "given, or milestones", "", "`step: 10`"),
    one(
        "schedule",
        "{step: {every: 3, milestones: [5]}}",
        "schedule.step.milestones",
        "together with schedule.step.every",
        "",
        "schedule.step.every=null",
    ),
    one(
        "schedule",
        "{cosine_restarts: 11}",
        "schedule.cosine_restarts.period",
        "at most training.epochs (10)",
        "11",
        "Use 3, for instance",
    ),
    one(
        "schedule",
        "{cosine_restarts: {period: 9, warmup: 2}}",
        "schedule.cosine_restarts.period",
        "at most training.epochs (10) less the warm-up (2)",
        "9",
    ),
    Case(
        {"dataset": "{name: digits, validation: 0}", "schedule": "{plateau: 3}"},
        "schedule.plateau",
        "plateau needs a validation part, and dataset.validation is 0",
        "",
        "dataset.validation: 0.1",
    ),
    one("model", "[relu: {name: a}, dense: {units: 3, name: a}]", "model.1.dense.name", "model.0"),
    one("model", "[dense: {units: 3, name: dense_1}]", "model.0.dense.name", "without a name get"),
    one(
        "model",
        "[repeat: {times: 2, layers: [dense: {units: 3, name: a}]}]",
        "model.0.repeat.layers.0.dense.name",
        "each time",
    ),
    one("model", "[flatten, relu]", "model", "a layer with weights"),
    one("model", "[repeat: {times: 0, layers: [relu]}]", "model", "at least one layer"),
    Case(
        {"dataset": "{name: csv, path: a.csv, target: y, ignore: [id, y]}"},
        "dataset.ignore",
        "must not hold the target y",
    ),
]
"""Faults between keys, which a schema does not tell."""
