"""Settings of batch normalization."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cnnopt.config.rule import Rule
from cnnopt.config.settings import Settings
from cnnopt.config.values import LayerName, PositiveReal

Momentum = Annotated[
    float, Field(gt=0, le=1, allow_inf_nan=False), Rule("must be a number in (0, 1]")
]


class BatchNorm(Settings):
    """Every channel to mean 0 and variance 1 over the batch, then scaled and shifted.

    `momentum` is the weight of the newest batch in the running values, as in PyTorch.
    """

    kind: Literal["batch_norm"] = "batch_norm"
    name: LayerName | None = None
    momentum: Momentum = 0.1
    epsilon: PositiveReal = 1e-5
