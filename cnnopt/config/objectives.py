"""Settings of losses and regularizers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from cnnopt.config.rule import Named
from cnnopt.config.settings import Settings
from cnnopt.config.values import Positive, Size


class CrossEntropy(Settings):
    """Softmax and minus the logarithm of the right class's probability."""

    kind: Literal["cross_entropy"] = "cross_entropy"


class SquaredError(Settings):
    """The mean over targets of the squared difference."""

    kind: Literal["squared_error"] = "squared_error"


class L2(Settings):
    """Adds strength / 2 · Σ w² over the weights, not the biases, to the loss; 0 is off."""

    main: ClassVar[str] = "strength"
    kind: Literal["l2"] = "l2"
    strength: Size


class EarlyStopping(Settings):
    """Stops after `patience` rows of metrics without a gain of more than `min_change`."""

    main: ClassVar[str] = "patience"
    kind: Literal["early_stopping"] = "early_stopping"
    patience: Positive
    min_change: Size = 0.0


LossSettings = CrossEntropy | SquaredError
RegularizerSettings = L2 | EarlyStopping
Loss = Annotated[LossSettings, Field(discriminator="kind")]
Regularizer = Annotated[RegularizerSettings, Field(discriminator="kind")]

LOSSES: dict[str, type[Settings]] = {"cross_entropy": CrossEntropy, "squared_error": SquaredError}
REGULARIZERS: dict[str, type[Settings]] = {"l2": L2, "early_stopping": EarlyStopping}
LOSSES_NAMED = Named("loss", LOSSES)
REGULARIZERS_NAMED = Named("regularizer", REGULARIZERS, many=True)
