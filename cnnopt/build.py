"""The one place where settings become objects: network, loss, optimizer, schedule, regularizers."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from cnnopt import losses, optimizers, regularizers
from cnnopt.arrays import Shape
from cnnopt.build_regions import build_regions
from cnnopt.build_regularizers import (
    build_gradient_noise,
    build_label_noise,
    build_max_norm,
    build_penalties,
    build_transforms,
    build_weight_noise,
)
from cnnopt.build_schedule import plateau_of, schedule_of
from cnnopt.build_sequence import SequenceBuilder
from cnnopt.config import config as settings
from cnnopt.config import objectives as objective_settings
from cnnopt.config import training as training_settings
from cnnopt.config.settings import fields_of
from cnnopt.config.stopping import EarlyStopping, watched
from cnnopt.errors import ConfigError, Fault
from cnnopt.metrics import for_task
from cnnopt.metrics.table import FEWEST_CLASSES
from cnnopt.network import Network
from cnnopt.optimizers.schedules import Plateau, Schedule


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
        regions: of the weights, which it updates with rates and decays of their own.
        schedule: the learning rate over the steps.
        plateau: how validation lowers it besides, or None.
        transforms: what changes a training batch before the network sees it, in this order.
        penalties: terms of the weights, added to the loss.
        max_norm: what shortens weights after each step, or None.
        weight_noise: on the weights while the gradient is taken, or None.
        gradient_noise: on the gradient, or None.
        label_noise: on the labels of the training part, or None.
        stopping: early stopping, or None.
        sam: where the gradient is taken, or None: at the weights.
        average: which average of the weights is measured and kept, or None: themselves.
        training: budget, batches and selection, as in the config.
        class_weights: as in the config; None where all examples weigh the same.
        metrics: what is measured besides the loss, in the order of columns.
    """

    seed: int
    split_seed: int
    network: Network
    classification: bool
    loss: losses.Loss
    optimizer: optimizers.Optimizer
    regions: tuple[optimizers.Region, ...]
    schedule: Schedule
    plateau: Plateau | None
    transforms: tuple[regularizers.BatchTransform, ...]
    penalties: tuple[regularizers.Penalized, ...]
    max_norm: regularizers.MaxNorm | None
    weight_noise: regularizers.WeightNoise | None
    gradient_noise: regularizers.GradientNoise | None
    label_noise: regularizers.LabelNoise | None
    stopping: regularizers.EarlyStopping | None
    sam: regularizers.Sam | None
    average: regularizers.AverageWeights | None
    training: training_settings.Training
    class_weights: losses.Setting | None
    metrics: tuple[str, ...]


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
    _check_fits(config, input_shape, outputs, classification)
    if classification:
        _check_classes(config, outputs)
    stopping = sam = average = None
    for entry in config.regularizers:
        match entry:
            case EarlyStopping():
                metric = watched(entry, config.training)
                stopping = regularizers.EarlyStopping(entry.patience, entry.min_change, metric)
            case objective_settings.Sam():
                sam = regularizers.Sam(entry.rho)
            case objective_settings.AverageWeights():
                average = regularizers.AverageWeights(entry.ema, entry.swa)
            case _:  # see build_regularizers
                pass
    network, optimizer = _network(config, input_shape, outputs), _optimizer(config)
    return Experiment(
        seed=config.seed,
        split_seed=config.dataset.split_seed,
        network=network,
        classification=classification,
        loss=loss_of(config),
        optimizer=optimizer,
        regions=build_regions(config, network.layout, optimizer),
        schedule=schedule_of(config.schedule),
        plateau=plateau_of(config.schedule),
        transforms=build_transforms(config, input_shape),
        penalties=build_penalties(config, network.layout),
        max_norm=build_max_norm(config, network.layout),
        weight_noise=build_weight_noise(config, network.layout),
        gradient_noise=build_gradient_noise(config, network.layout),
        label_noise=build_label_noise(config),
        stopping=stopping,
        sam=sam,
        average=average,
        training=config.training,
        class_weights=_class_weights(config),
        metrics=tuple(for_task(classification, config.training.metrics)),
    )


def _check_task(config: settings.Config, classification: bool) -> None:
    faults = []
    if isinstance(config.loss, objective_settings.ClassLoss) != classification:
        wanted = "cross_entropy" if classification else "squared_error"
        what = "classes" if classification else "numbers as targets"
        rule = f"does not fit the data set {config.dataset.name}, which has {what}"
        faults.append(Fault("loss", rule, config.loss.kind, f"Use {wanted}"))
    if faults:
        raise ConfigError(*map(config.located, faults))


def _check_fits(config: settings.Config, input_shape: Shape, outputs: int, classes: bool) -> None:
    if config.training.fits and (classes or outputs != 1 or prod(input_shape) != 1):
        rule = f"needs a regression with one input and one target; {config.dataset.name} is none"
        raise ConfigError(config.located(Fault("training.fits", rule, "true", "Remove it")))


def _check_classes(config: settings.Config, classes: int) -> None:
    """Check what depends on the number of classes."""
    faults, name = [], config.dataset.name
    if config.loss.kind == "binary_cross_entropy" and classes != 2:
        rule = f"needs two classes; {name} has {classes}"
        faults.append(Fault("loss", rule, config.loss.kind, "Use cross_entropy"))
    weights = _class_weights(config)
    if weights is not None and weights != "balanced" and len(weights) != classes:
        path = f"loss.{config.loss.kind}.class_weights"
        rule = f"must be {classes} numbers, one for each class of {name}"
        faults.append(Fault(path, rule, f"{len(weights)}"))
    for metric in config.training.metrics or ():
        least = FEWEST_CLASSES.get(metric, 0)
        if classes < least:
            rule = f"{metric} needs at least {least} classes; {name} has {classes}"
            faults.append(Fault("training.metrics", rule, "", "Remove it"))
    if faults:
        raise ConfigError(*map(config.located, faults))


def _class_weights(config: settings.Config) -> losses.Setting | None:
    match config.loss:
        case objective_settings.CrossEntropy() | objective_settings.BinaryCrossEntropy():
            return config.loss.class_weights
        case _:
            return None


def _network(config: settings.Config, input_shape: Shape, outputs: int) -> Network:
    named, shape = SequenceBuilder(config, outputs).build(config.model, "model", input_shape)
    binary = config.loss.kind == "binary_cross_entropy"
    ends = 1 if binary else outputs
    if shape != (ends,):
        last = f"model.{len(config.model) - 1}"
        reason = (
            "the logit of the second class, which binary_cross_entropy compares with"
            if binary
            else f"as many as {config.dataset.name} has classes or targets"
        )
        many = f"{ends} number" + ("" if ends == 1 else "s")
        rule = f"the model must end with {many} an example, {reason}; it ends with {shape}"
        remedy = f"End it with `flatten` and `dense: {1 if binary else 'classes'}`"
        raise ConfigError(config.located(Fault(last, rule, "", remedy)))
    return Network.of(input_shape, named)


def loss_of(config: settings.Config) -> losses.Loss:
    """Return the loss that the config names."""
    match config.loss:
        case objective_settings.CrossEntropy():
            return losses.CrossEntropy()
        case objective_settings.BinaryCrossEntropy():
            return losses.BinaryCrossEntropy()
        case objective_settings.SquaredError():
            return losses.SquaredError()
        case objective_settings.AbsoluteError():
            return losses.AbsoluteError()
        case objective_settings.Huber(delta=delta):
            return losses.Huber(delta)


def _optimizer(config: settings.Config) -> optimizers.Optimizer:
    given = {name: getattr(config.optimizer, name) for name in fields_of(type(config.optimizer))}
    return optimizers.make_optimizer(config.optimizer.kind, **given)
