"""Rules between the settings of a regularizer, and between it and the rest of the config."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cnnopt.config.breach import Breach
from cnnopt.config.mixing import CutMix, LabelSmoothing, Mixup
from cnnopt.config.noises import InputNoise, LabelNoise
from cnnopt.config.objectives import ClassLoss, LossSettings
from cnnopt.config.penalties import WeightDecay
from cnnopt.config.settings import Settings
from cnnopt.config.stopping import EarlyStopping, watched
from cnnopt.config.training import Best, Last, Training
from cnnopt.metrics.direction import OF_CLASSES, OF_NUMBERS, USUAL


def breaches_within_entry(entry: Settings, path: str) -> Iterator[Breach]:
    """Yield the broken rules between the settings of one entry."""
    match entry:
        case InputNoise(sd=None, salt_and_pepper=None):
            rule = "input_noise must have sd or salt_and_pepper"
            yield Breach(path, rule, "Use {sd: 0.1} or {salt_and_pepper: 0.05}")
        case LabelNoise() if (entry.share is None) == (entry.sd is None):
            rule = "label_noise must have either share (of classes) or sd (of numbers)"
            yield Breach(path, rule, "Use {share: 0.2}, for instance")
        case _:
            pass


def breaches_of_loss(entry: Settings, path: str, loss: LossSettings | None) -> Iterator[Breach]:
    """Yield what does not fit the kind of targets that the loss is for."""
    if loss is None:
        return
    classes = isinstance(loss, ClassLoss)
    match entry:
        case LabelSmoothing() if not classes:
            yield Breach(path, "is for classes; the targets here are numbers", "Remove it")
        case CutMix() if not classes:
            rule = "is for classes: a box's share says nothing about a number"
            yield Breach(path, rule, "Use mixup, or remove it")
        case LabelNoise(share=float()) if not classes:
            rule = "is for classes; the targets here are numbers"
            yield Breach(f"{path}.share", rule, "Use sd, in the unit of the targets")
        case LabelNoise(sd=float()) if classes:
            rule = "is for targets that are numbers; there are classes here"
            yield Breach(f"{path}.sd", rule, "Use share, of the labels")
        case _:
            pass


def breaches_of_decay(
    entry: WeightDecay, path: str, optimizer: Settings | None
) -> Iterator[Breach]:
    """Yield a breach where the optimizer decays the weights already."""
    if entry.decay and (own := getattr(optimizer, "weight_decay", 0.0)):
        kind = "" if optimizer is None else vars(optimizer)["kind"]
        rule = f"the weights would decay twice: {kind} has a weight_decay of {own:g} itself"
        yield Breach(path, rule, f"Remove it, or set optimizer.{kind}.weight_decay to 0")


def breaches_of_batch(entry: Settings, path: str, training: Training) -> Iterator[Breach]:
    """Yield a breach where there is nobody to be mixed with."""
    if isinstance(entry, Mixup | CutMix) and entry.alpha and training.batch_size == 1:
        yield Breach(path, "has no effect with batches of one example", "Use a larger batch_size")


def breaches_of_stopping(
    entry: EarlyStopping, path: str, training: Training, loss: LossSettings | None
) -> Iterator[Breach]:
    """Yield a metric that is not measured, and a selection that says something else."""
    if entry.metric is not None and loss is not None:
        classes = isinstance(loss, ClassLoss)
        yield from breaches_of_metric(entry.metric, f"{path}.metric", training.metrics, classes)
    select, metric = training.select, watched(entry, training)
    if entry.restore_best and isinstance(select, Last):
        rule = "must not be true with training.select: last, which keeps the last weights"
        yield Breach(f"{path}.restore_best", rule, "Keep one of the two")
    # The loss is what `best` means where nobody said more.
    elif isinstance(select, Best) and select.metric != "loss":
        if entry.restore_best is False:
            rule = f"must not be false with training.select: {{best: {select.metric}}}"
            yield Breach(f"{path}.restore_best", rule, "Keep one of the two")
        elif entry.restore_best and metric != select.metric:
            rule = f"would restore the best {metric}, training.select names {select.metric}"
            yield Breach(f"{path}.restore_best", rule, f"Set training.select={{best: {metric}}}")


def breaches_of_metric(
    metric: str, path: str, chosen: Sequence[str] | None, classes: bool
) -> Iterator[Breach]:
    """Yield a breach where a metric is not among those that are measured."""
    known = OF_CLASSES if classes else OF_NUMBERS
    measured = ("loss", *(chosen or USUAL[classes]))
    if metric not in ("loss", *known):
        need = "regression" if classes else "classes"
        yield Breach(path, f"{metric} needs {need}", f"Use {' or '.join(measured)}")
    elif metric not in measured:
        rule = f"must be measured, as {', '.join(measured)} are"
        remedy = f"Name it: training.metrics: [{', '.join([*measured[1:], metric])}]"
        yield Breach(path, rule, remedy)
