"""Rules between settings that the text alone decides; shapes are judged where they are known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cnnopt.config.augment import Augment, breaches_of_augmentation
from cnnopt.config.breach import Breach
from cnnopt.config.cv import Cv, breaches_of_cv
from cnnopt.config.data_rules import breaches_of_data, task_of
from cnnopt.config.datasets import DatasetSettings
from cnnopt.config.layers.convolution import ConvSettings
from cnnopt.config.layers.dense import Dense
from cnnopt.config.layers.table import ENTRIES
from cnnopt.config.layers.within import unfit
from cnnopt.config.objectives import AverageWeights, ClassLoss, LossSettings
from cnnopt.config.optimizer_base import OptimizerSettings
from cnnopt.config.penalties import WeightDecay
from cnnopt.config.regularizer_rules import (
    breaches_of_batch,
    breaches_of_decay,
    breaches_of_loss,
    breaches_of_metric,
    breaches_of_stopping,
    breaches_within_entry,
)
from cnnopt.config.repeat import Placed
from cnnopt.config.schedule_rules import (
    breaches_of_budget,
    breaches_of_plateau,
    breaches_within,
)
from cnnopt.config.schedules import ScheduleSettings
from cnnopt.config.settings import Settings
from cnnopt.config.stopping import EarlyStopping
from cnnopt.config.training import Best, Training
from cnnopt.metrics.direction import OF_CLASSES, OF_NUMBERS

PROJECTION = "projection"
"""What a residual layer calls the layer that it adds where shapes differ."""

TAKEN_BY_LOSS = {"cross_entropy": "softmax", "binary_cross_entropy": "sigmoid"}
"""Losses that take the last activation themselves: taken twice, it would flatten the gradient."""


@dataclass(frozen=True)
class Parts:
    """The sound parts of a config; None where a part has faults of its own."""

    dataset: DatasetSettings | None
    layers: Sequence[Placed] | None
    loss: LossSettings | None
    optimizer: OptimizerSettings | None
    schedule: ScheduleSettings | None
    regularizers: Sequence[Settings] | None
    training: Training | None
    cv: Cv | None


def breaches(parts: Parts) -> Iterator[Breach]:
    """Yield every broken rule; a rule whose settings are not all sound is left out."""
    if parts.dataset is not None:
        yield from breaches_of_data(parts.dataset)
    if parts.layers is not None:
        yield from _layers(parts.layers)
    if parts.training is not None:
        yield from _budget(parts.training)
    yield from _schedule(parts)
    if parts.cv is not None:
        yield from breaches_of_cv(parts.cv)
    if parts.layers and parts.loss is not None:
        yield from _ending(parts.layers, parts.loss)
    yield from _task(parts)
    yield from _selection(parts)
    yield from _regularizers(parts)


def _layers(layers: Sequence[Placed]) -> Iterator[Breach]:
    taken: dict[tuple[str, str], str] = {}
    automatic = re.compile(rf"({'|'.join(ENTRIES)})(_\d+)?")
    for placed in layers:
        layer, place, scope = placed.layer, placed.written, placed.scope
        kind, name = vars(layer)["kind"], vars(layer)["name"]
        for key, rule, remedy in unfit(layer):
            yield Breach(f"{place}.{kind}.{key}", rule, remedy)
        path = f"{place}.{kind}.name"
        if name is None:
            continue
        if scope.endswith(".drop_connect"):
            yield Breach(path, "must stand at drop_connect: the two are one layer", "Move it there")
        projection = name == PROJECTION and scope.endswith(".residual")
        if projection or automatic.fullmatch(name):
            rule = "must differ from the names that layers without a name get"
            yield Breach(path, rule, f"Use my_{name}, for instance")
        if (other := taken.get((scope, name))) is not None:
            same = "each time that it is repeated" if other == place else f"from {other}'s"
            yield Breach(path, f"must differ {same}", "Rename the layer, or leave the name out")
        taken[scope, name] = place
    if not any(isinstance(each.layer, ConvSettings | Dense) for each in layers):
        yield Breach("model", "must have a layer with weights", "Add `- dense: classes`")


def _ending(layers: Sequence[Placed], loss: LossSettings) -> Iterator[Breach]:
    last = next(each for each in reversed(layers) if each.scope == "model")
    kind = vars(last.layer)["kind"]
    if TAKEN_BY_LOSS.get(loss.kind) == kind:
        yield Breach(
            f"{last.written}.{kind}",
            f"must not end the model with {loss.kind}, which takes the {kind} itself",
            "Remove it",
        )


def _budget(training: Training) -> Iterator[Breach]:
    steps, epochs, every = training.steps, training.epochs, training.evaluate_every
    if steps is not None and epochs is not None:
        rule = "cannot stand together with training.epochs"
        yield Breach(
            "training.steps", rule, "Keep one; null takes the other away: training.epochs=null"
        )
    if every is not None and steps is None:
        yield Breach(
            "training.evaluate_every",
            "has no effect without training.steps: with epochs, each makes a row",
            "Remove it, or give steps instead of epochs",
        )
    if every is not None and steps is not None and every > steps:
        rule = f"must be at most training.steps ({steps})"
        yield Breach("training.evaluate_every", rule, "Use a smaller number")


def _schedule(parts: Parts) -> Iterator[Breach]:
    if parts.schedule is None:
        return
    yield from breaches_within(parts.schedule)
    if parts.dataset is not None:
        yield from breaches_of_plateau(parts.schedule, parts.dataset.validation)
    # What a number of steps comes to is known with the data: see trials/schedule_check.py.
    if parts.training is not None and (epochs := parts.training.epochs) is not None:
        yield from breaches_of_budget(parts.schedule, epochs, f"training.epochs ({epochs})")


def _task(parts: Parts) -> Iterator[Breach]:
    task = None if parts.dataset is None else task_of(parts.dataset)
    if task is None or parts.dataset is None:
        return
    name = parts.dataset.name
    of_classes = isinstance(parts.loss, ClassLoss)
    if parts.loss is not None and task == "regression" and of_classes:
        rule = f"{parts.loss.kind} needs classes; {name} has none"
        yield Breach("loss", rule, "Use squared_error")
    if parts.loss is not None and task == "classification" and not of_classes:
        rule = f"{parts.loss.kind} needs targets; {name} has classes"
        yield Breach("loss", rule, "Use cross_entropy")
    if parts.cv is not None and task == "regression" and parts.cv.scheme == "stratified":
        yield Breach("cv.scheme", f"stratified needs classes; {name} has none", "Use k_fold")


def _selection(parts: Parts) -> Iterator[Breach]:
    if parts.training is None:
        return
    chosen, select = parts.training.metrics, parts.training.select
    path = "training.select.best.metric"
    if parts.loss is not None:
        classes = isinstance(parts.loss, ClassLoss)
        known = OF_CLASSES if classes else OF_NUMBERS
        need = "regression" if classes else "classes"
        alien = [name for name in chosen or () if name not in known]
        if alien:
            yield Breach("training.metrics", f"{alien[0]} needs {need}", f"Use {', '.join(known)}")
        if isinstance(select, Best):
            yield from breaches_of_metric(select.metric, path, chosen, classes)
    if not isinstance(select, Best):
        return
    if parts.dataset is not None and parts.dataset.validation == 0 and select.metric != "loss":
        rule = "has no effect without a validation part"
        yield Breach(path, rule, "Use select: last, or dataset.validation: 0.1")


def _regularizers(parts: Parts) -> Iterator[Breach]:
    seen: set[str] = set()
    for index, entry in enumerate(parts.regularizers or ()):
        kind = vars(entry)["kind"]
        path = f"regularizers.{index}.{kind}"
        if kind in seen:
            yield Breach(path, f"{kind} must stand there once", "Remove one")
        seen.add(kind)
        if isinstance(entry, AverageWeights) and (entry.ema is None) == (entry.swa is None):
            rule = "average_weights must have either ema or swa"
            yield Breach(path, rule, "Use {ema: 0.999} or {swa: 0.75}")
        if isinstance(entry, Augment):
            name = "" if parts.dataset is None else parts.dataset.name
            yield from breaches_of_augmentation(entry, path, name)
        unseen = parts.dataset is not None and parts.dataset.validation == 0
        if isinstance(entry, EarlyStopping) and unseen:
            rule = "early stopping needs a validation part, and dataset.validation is 0"
            yield Breach(path, rule, "Use dataset.validation: 0.1, or remove early_stopping")
        if isinstance(entry, EarlyStopping) and parts.training is not None:
            yield from breaches_of_stopping(entry, path, parts.training, parts.loss)
        yield from breaches_within_entry(entry, path)
        yield from breaches_of_loss(entry, path, parts.loss)
        if isinstance(entry, WeightDecay):
            yield from breaches_of_decay(entry, path, parts.optimizer)
        if parts.training is not None:
            yield from breaches_of_batch(entry, path, parts.training)
