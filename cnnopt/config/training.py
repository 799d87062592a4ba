"""Settings of the training loop."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from cnnopt.config.groups import ParameterGroups
from cnnopt.config.measures import Metrics
from cnnopt.config.rule import Named, Rule
from cnnopt.config.settings import Settings
from cnnopt.config.values import BatchSize, Positive, PositiveReal

SelectMetric = Literal[
    "loss",
    "accuracy",
    "balanced_accuracy",
    "precision",
    "recall",
    "f1",
    "auc",
    "top_3",
    "top_5",
    "log_loss",
    "mse",
    "mae",
    "r2",
]


class Best(Settings):
    """The weights with the best validation value, the earlier on a tie.

    Where there is no validation part, these are the last ones.
    """

    main: ClassVar[str] = "metric"
    kind: Literal["best"] = "best"
    metric: SelectMetric = "loss"


class Last(Settings):
    """The weights after the last step."""

    kind: Literal["last"] = "last"


SelectSettings = Best | Last
SELECTIONS: dict[str, type[Settings]] = {"best": Best, "last": Last}


def _epochs(given: dict[str, Any]) -> int | None:
    return None if given.get("steps") else 10


class Training(Settings):
    """How long, in what batches, which weights count in the end, and what is measured.

    `health` adds, for each layer, gradient norms, update-to-weight ratios and dead units.

    `fits` keeps the fitted function of a regression with one input, row by row, in `fits.csv`.

    `exact` makes every convolution the plain sums of its formula; else those that are faster by a
    bilinear algorithm run by it, with an error as small.

    `clip_norm` shortens a longer gradient to that norm, over all parameters; `clip_value` cuts
    each of its numbers, first. `parameter_groups` gives parameters whose names match a pattern a
    factor on the learning rate and a weight decay of their own.

    `metrics` become columns beside the loss: by default accuracy for classes, mae and r2 for
    numbers. The first one named is what studies compare by.
    """

    steps: Positive | None = None
    epochs: Positive | None = Field(default_factory=_epochs)
    batch_size: BatchSize = 32
    shuffle: Literal["epoch", "once", "never", "step"] = "epoch"
    select: Annotated[
        Annotated[SelectSettings, Field(discriminator="kind")], Named("selection", SELECTIONS)
    ] = Best()
    evaluate_every: Positive | None = None
    health: Annotated[bool, Rule("must be true or false")] = False
    fits: Annotated[bool, Rule("must be true or false")] = False
    exact: Annotated[bool, Rule("must be true or false")] = False
    clip_norm: PositiveReal | None = None
    clip_value: PositiveReal | None = None
    parameter_groups: ParameterGroups | None = None
    metrics: Metrics | None = None
