"""The one place where settings become objects: network, loss, optimizer, schedule, regularizers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from cnnopt import layers, losses, optimizers, regularizers
from cnnopt.arrays import Shape
from cnnopt.build_layers import layers_of
from cnnopt.config import config as settings
from cnnopt.config import objectives as objective_settings
from cnnopt.config import optimizers as optimizer_settings
from cnnopt.config import training as training_settings
from cnnopt.errors import ConfigError, Fault
from cnnopt.network import Network


@dataclass(frozen=True)
class Experiment:
    """Everything that training needs besides the data.

    Attributes:
        seed: of initial weights, order and masks.
        split_seed: of everything that belongs to the split and not to the run.
        network: the layers.
        classification: class numbers to predict, or numbers.
        loss: what is minimized.
        optimizer: how.
        schedule: the learning rate over time.
        penalties: terms of the weights, added to the loss.
        stopping: early stopping, or None.
        training: budget, batches and selection, as in the config.
    """

    seed: int
    split_seed: int
    network: Network
    classification: bool
    loss: losses.Loss
    optimizer: optimizers.Optimizer
    schedule: optimizers.Schedule
    penalties: tuple[regularizers.Penalty, ...]
    stopping: regularizers.EarlyStopping | None
    training: training_settings.Training


def build(
    config: settings.Config, input_shape: Shape, outputs: int, classification: bool
) -> Experiment:
    """Return the experiment that `config` describes for data of the given form.

    Args:
        config: the checked settings.
        input_shape: shape of one example, channels last.
        outputs: number of classes, or of targets.
        classification: whether the data has classes.

    Raises:
        ConfigError: layers that do not fit each other or the data, a loss or metric that does
            not fit the data; each with its place in the file.
    """
    _check_task(config, classification)
    penalties: list[regularizers.Penalty] = []
    stopping = None
    for entry in config.regularizers:
        match entry:
            case objective_settings.L2():
                if entry.strength:
                    penalties.append(regularizers.L2(entry.strength))
            case objective_settings.EarlyStopping():
                stopping = regularizers.EarlyStopping(entry.patience, entry.min_change)
    return Experiment(
        seed=config.seed,
        split_seed=config.dataset.split_seed,
        network=_network(config, input_shape, outputs),
        classification=classification,
        loss=_loss(config),
        optimizer=_optimizer(config),
        schedule=_schedule(config),
        penalties=tuple(penalties),
        stopping=stopping,
        training=config.training,
    )


def _check_task(config: settings.Config, classification: bool) -> None:
    faults = []
    kind = config.loss.kind
    if (kind == "cross_entropy") != classification:
        wanted = "cross_entropy" if classification else "squared_error"
        what = "classes" if classification else "numbers as targets"
        rule = f"does not fit the data set {config.dataset.name}, which has {what}"
        faults.append(Fault("loss", rule, kind, f"Use {wanted}"))
    select = config.training.select
    if isinstance(select, training_settings.Best):
        fitting = ("loss", "accuracy") if classification else ("loss", "mae", "r2")
        if select.metric not in fitting:
            rule = f"must be one of {', '.join(fitting)} for the data set {config.dataset.name}"
            faults.append(Fault("training.select.best.metric", rule, select.metric))
    if faults:
        raise ConfigError(*map(config.located, faults))


def _network(config: settings.Config, input_shape: Shape, outputs: int) -> Network:
    ordinals: Counter[str] = Counter()
    named: list[tuple[str, layers.Layer]] = []
    shape = input_shape
    for number, entry in enumerate(config.model):
        ordinals[entry.kind] += 1
        name = entry.name or f"{entry.kind}_{ordinals[entry.kind]}"
        for layer in layers_of(entry, config.initial, outputs):
            try:
                shape = layer.output_shape(shape)
            except layers.ShapeError as error:
                fault = Fault(f"model.{number}.{entry.kind}", error.rule, "", error.remedy)
                raise ConfigError(config.located(fault)) from error
            named.append((name, layer))
    if shape != (outputs,):
        last = f"model.{len(config.model) - 1}"
        rule = (
            f"the model must end with {outputs} numbers an example, "
            f"as many as {config.dataset.name} has classes or targets; it ends with {shape}"
        )
        remedy = "End it with `flatten` and `dense: classes`"
        raise ConfigError(config.located(Fault(last, rule, "", remedy)))
    return Network.of(input_shape, named)


def _loss(config: settings.Config) -> losses.Loss:
    kinds: dict[str, losses.Loss] = {
        "cross_entropy": losses.CrossEntropy(),
        "squared_error": losses.SquaredError(),
    }
    return kinds[config.loss.kind]


def _optimizer(config: settings.Config) -> optimizers.Optimizer:
    match config.optimizer:
        case optimizer_settings.Sgd(learning_rate=rate):
            return optimizers.Sgd(rate)
        case optimizer_settings.Momentum(learning_rate=rate, momentum=momentum):
            return optimizers.Momentum(rate, momentum)
        case optimizer_settings.Adam(learning_rate=rate, beta1=b1, beta2=b2, epsilon=epsilon):
            return optimizers.Adam(rate, b1, b2, epsilon)


def _schedule(config: settings.Config) -> optimizers.Schedule:
    match config.schedule:
        case optimizer_settings.ConstantRate():
            return optimizers.Constant()
        case optimizer_settings.Cosine(warmup=warmup, final=final):
            return optimizers.Cosine(warmup, final)
