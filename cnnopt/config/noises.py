"""Settings of regularizers that add noise."""

from __future__ import annotations

from typing import ClassVar, Literal

from cnnopt.config.layer_patterns import LayerPatterns
from cnnopt.config.settings import Settings
from cnnopt.config.values import Flag, Share, Size


class InputNoise(Settings):
    """Adds Gaussian noise to training batches, and turns a share of pixels black or white.

    `sd` is in the unit of the scaled data. At least one of the two must be given; 0 is off.
    """

    main: ClassVar[str] = "sd"
    kind: Literal["input_noise"] = "input_noise"
    sd: Size | None = None
    salt_and_pepper: Share | None = None


class WeightNoise(Settings):
    """Adds Gaussian noise to the weights while the gradient is taken; 0 is off.

    `relative` counts `sd` in standard deviations of each tensor's weights.
    """

    main: ClassVar[str] = "sd"
    kind: Literal["weight_noise"] = "weight_noise"
    sd: Size
    relative: Flag = False
    layers: LayerPatterns | None = None


class GradientNoise(Settings):
    """Adds Gaussian noise of variance eta / (1 + t)^gamma to the gradient; 0 is off."""

    main: ClassVar[str] = "eta"
    kind: Literal["gradient_noise"] = "gradient_noise"
    eta: Size = 0.01
    gamma: Size = 0.55


class LabelNoise(Settings):
    """Makes a share of the training labels wrong, or adds noise of `sd` to numbers; 0 is off."""

    main: ClassVar[str] = "share"
    kind: Literal["label_noise"] = "label_noise"
    share: Share | None = None
    sd: Size | None = None
