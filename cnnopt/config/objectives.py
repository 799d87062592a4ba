"""Settings of losses and regularizers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cnnopt.config.augment import Augment
from cnnopt.config.measures import ClassWeights
from cnnopt.config.mixing import CutMix, Cutout, LabelSmoothing, Mixup
from cnnopt.config.noises import GradientNoise, InputNoise, LabelNoise, WeightNoise
from cnnopt.config.penalties import L1, L2, ElasticNet, MaxNorm, WeightDecay
from cnnopt.config.rule import Named
from cnnopt.config.settings import Settings
from cnnopt.config.stopping import EarlyStopping
from cnnopt.config.values import Below1, PositiveReal


class CrossEntropy(Settings):
    """Softmax and minus the logarithm of the right class's probability.

    `class_weights` weigh the examples of each class; the mean is over the sum of the weights.
    """

    kind: Literal["cross_entropy"] = "cross_entropy"
    class_weights: ClassWeights | None = None


class BinaryCrossEntropy(Settings):
    """Sigmoid and minus the logarithm of the right one of two classes' probability.

    The model ends with one number, the logit of the second class.
    """

    kind: Literal["binary_cross_entropy"] = "binary_cross_entropy"
    class_weights: ClassWeights | None = None


class SquaredError(Settings):
    """The mean over targets of the squared difference."""

    kind: Literal["squared_error"] = "squared_error"


class AbsoluteError(Settings):
    """The mean over targets of the distance."""

    kind: Literal["absolute_error"] = "absolute_error"


class Huber(Settings):
    """Half the squared difference up to `delta`, and a line from there on."""

    main: ClassVar[str] = "delta"
    kind: Literal["huber"] = "huber"
    delta: PositiveReal = 1.0


class Sam(Settings):
    """Takes each step's gradient `rho` up the slope, where the loss is worst nearby."""

    main: ClassVar[str] = "rho"
    kind: Literal["sam"] = "sam"
    rho: PositiveReal = 0.05


class AverageWeights(Settings):
    """Measures and keeps an average of the weights: `ema` (its memory) or `swa` (from when on)."""

    kind: Literal["average_weights"] = "average_weights"
    ema: Below1 | None = None
    swa: Below1 | None = None


ClassLoss = CrossEntropy | BinaryCrossEntropy
NumberLoss = SquaredError | AbsoluteError | Huber
LossSettings = ClassLoss | NumberLoss
PenaltySettings = L1 | L2 | ElasticNet
WeightSettings = PenaltySettings | WeightDecay | MaxNorm | WeightNoise
NoiseSettings = InputNoise | GradientNoise | LabelNoise
MixingSettings = LabelSmoothing | Mixup | CutMix | Cutout
RegularizerSettings = (
    WeightSettings | NoiseSettings | MixingSettings | Augment | EarlyStopping | Sam | AverageWeights
)
Loss = Annotated[LossSettings, Field(discriminator="kind")]
Regularizer = Annotated[RegularizerSettings, Field(discriminator="kind")]

LOSSES: dict[str, type[Settings]] = {
    "cross_entropy": CrossEntropy,
    "binary_cross_entropy": BinaryCrossEntropy,
    "squared_error": SquaredError,
    "absolute_error": AbsoluteError,
    "huber": Huber,
}
REGULARIZERS: dict[str, type[Settings]] = {
    "l2": L2,
    "l1": L1,
    "elastic_net": ElasticNet,
    "weight_decay": WeightDecay,
    "max_norm": MaxNorm,
    "input_noise": InputNoise,
    "weight_noise": WeightNoise,
    "gradient_noise": GradientNoise,
    "label_noise": LabelNoise,
    "label_smoothing": LabelSmoothing,
    "mixup": Mixup,
    "cutmix": CutMix,
    "cutout": Cutout,
    "early_stopping": EarlyStopping,
    "sam": Sam,
    "average_weights": AverageWeights,
    "augment": Augment,
}
LOSSES_NAMED = Named("loss", LOSSES)
REGULARIZERS_NAMED = Named("regularizer", REGULARIZERS, many=True)
