"""Settings of regularizers become what acts on batches, weights, gradients and labels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from cnnopt import regularizers
from cnnopt.arrays import Shape
from cnnopt.build_augmentation import build_augmentation
from cnnopt.config import Config
from cnnopt.config import augment as augment_settings
from cnnopt.config import mixing as mixing_settings
from cnnopt.config import noises as noise_settings
from cnnopt.config import penalties as penalty_settings
from cnnopt.config.settings import Settings
from cnnopt.errors import ConfigError, Fault
from cnnopt.network.layout import Layout, Slot

Tensors = tuple[regularizers.Tensor, ...]


def build_transforms(config: Config, input_shape: Shape) -> tuple[regularizers.BatchTransform, ...]:
    """Return what changes training batches, in the order of the config.

    Ways to mix are one transform, where the first of them stands.

    Raises:
        ConfigError: boxes in inputs that have no extent, augmentation without a meaning for them.
    """
    transforms: list[regularizers.BatchTransform] = []
    ways: list[regularizers.Way] = []
    place = 0
    for path, entry in _entries(config):
        match entry:
            case noise_settings.InputNoise():
                sd, share = entry.sd or 0.0, entry.salt_and_pepper or 0.0
                if sd or share:
                    transforms.append(regularizers.InputNoise(sd, share))
            case mixing_settings.LabelSmoothing() if entry.epsilon:
                transforms.append(regularizers.LabelSmoothing(entry.epsilon))
            case mixing_settings.Cutout() if entry.side:
                _check_extents(config, path, input_shape)
                transforms.append(regularizers.Cutout(entry.side))
            case mixing_settings.Mixup() | mixing_settings.CutMix() if entry.alpha:
                if not ways:
                    place = len(transforms)
                if isinstance(entry, mixing_settings.Mixup):
                    ways.append(regularizers.Mixup(entry.alpha))
                else:
                    _check_extents(config, path, input_shape)
                    ways.append(regularizers.CutMix(entry.alpha))
            case augment_settings.Augment():
                transforms.append(build_augmentation(config, entry, path, input_shape))
            case _:
                pass
    if ways:
        transforms.insert(place, regularizers.Mixing(tuple(ways)))
    return tuple(transforms)


def build_penalties(config: Config, layout: Layout) -> tuple[regularizers.Penalized, ...]:
    """Return the terms that are added to the loss.

    Raises:
        ConfigError: a pattern that names no layer with weights.
    """
    penalties: list[regularizers.Penalized] = []
    for path, entry in _entries(config):
        penalty: regularizers.Penalty
        match entry:
            case penalty_settings.L1() if entry.strength:
                penalty = regularizers.L1(entry.strength)
            case penalty_settings.L2() if entry.strength:
                penalty = regularizers.L2(entry.strength)
            case penalty_settings.ElasticNet() if entry.l1 or entry.l2:
                penalty = regularizers.ElasticNet(entry.l1, entry.l2)
            case _:
                continue
        tensors = tensors_of(config, path, entry.layers, layout)
        penalties.append(regularizers.Penalized(penalty, tensors))
    return tuple(penalties)


def build_max_norm(config: Config, layout: Layout) -> regularizers.MaxNorm | None:
    """Return what shortens weights after each step; raises as `build_penalties`."""
    for path, entry in _entries(config):
        if isinstance(entry, penalty_settings.MaxNorm) and entry.limit:
            tensors = tensors_of(config, path, entry.layers, layout)
            return regularizers.MaxNorm(entry.limit, tensors)
    return None


def build_weight_noise(config: Config, layout: Layout) -> regularizers.WeightNoise | None:
    """Return the noise on the weights; raises as `build_penalties`."""
    for path, entry in _entries(config):
        if isinstance(entry, noise_settings.WeightNoise) and entry.sd:
            tensors = tensors_of(config, path, entry.layers, layout)
            return regularizers.WeightNoise(entry.sd, entry.relative, tensors)
    return None


def build_gradient_noise(config: Config, layout: Layout) -> regularizers.GradientNoise | None:
    """Return the noise on the gradient, of biases and norms too."""
    trained = tuple(_tensor(slot) for slot in layout.slots if slot.parameter.trains)
    for _, entry in _entries(config):
        if isinstance(entry, noise_settings.GradientNoise) and entry.eta:
            return regularizers.GradientNoise(entry.eta, entry.gamma, trained)
    return None


def build_label_noise(config: Config) -> regularizers.LabelNoise | None:
    """Return the noise on the labels of the training part."""
    for _, entry in _entries(config):
        if isinstance(entry, noise_settings.LabelNoise) and (entry.share or entry.sd):
            return regularizers.LabelNoise(entry.share or 0.0, entry.sd or 0.0)
    return None


def decays_of(config: Config, layout: Layout) -> dict[str, float]:
    """Return the decoupled decay that `weight_decay` gives to parameters, by their names.

    Raises:
        ConfigError: a pattern that names no layer with weights.
    """
    for path, entry in _entries(config):
        if isinstance(entry, penalty_settings.WeightDecay) and entry.decay:
            tensors = tensors_of(config, path, entry.layers, layout)
            return {tensor.name: entry.decay for tensor in tensors}
    return {}


def tensors_of(
    config: Config, path: str, patterns: Sequence[str] | None, layout: Layout
) -> Tensors:
    """Return the weights, not biases and norms, of the layers that the patterns name; None: all.

    Raises:
        ConfigError: a pattern that names none.
    """
    weights = [slot for slot in layout.slots if slot.parameter.decays]
    names = {slot.name: slot.name.rpartition(".")[0] for slot in weights}
    faults = [
        Fault(
            f"{path}.layers",
            "must name a layer with weights",
            pattern,
            f"Names: {', '.join(dict.fromkeys(names.values()))}",
        )
        for pattern in patterns or ()
        if not any(fnmatchcase(name, pattern) for name in names.values())
    ]
    if faults:
        raise ConfigError(*map(config.located, faults))
    return tuple(
        _tensor(slot)
        for slot in weights
        if patterns is None or any(fnmatchcase(names[slot.name], each) for each in patterns)
    )


def _entries(config: Config) -> Iterator[tuple[str, Settings]]:
    for index, entry in enumerate(config.regularizers):
        yield f"regularizers.{index}.{entry.kind}", entry


def _tensor(slot: Slot) -> regularizers.Tensor:
    return regularizers.Tensor(slot.name, slot.start, slot.stop, slot.parameter.shape)


def _check_extents(config: Config, path: str, input_shape: Shape) -> None:
    if len(input_shape) < 2:
        rule = f"needs inputs with an extent (series, images, volumes); {config.dataset.name} has "
        fault = Fault(path, f"{rule}columns", "", "Remove it")
        raise ConfigError(config.located(fault))
