"""Settings of the training loop and of cross-validation."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from cnnopt.config.rule import Named, Rule
from cnnopt.config.settings import Settings
from cnnopt.config.values import BatchSize, Folds, Positive


class Best(Settings):
    """The weights with the best validation value, the earlier on a tie.

    Where there is no validation part, these are the last ones.
    """

    main: ClassVar[str] = "metric"
    kind: Literal["best"] = "best"
    metric: Literal["loss", "accuracy", "mae", "r2"] = "loss"


class Last(Settings):
    """The weights after the last step."""

    kind: Literal["last"] = "last"


SelectSettings = Best | Last
SELECTIONS: dict[str, type[Settings]] = {"best": Best, "last": Last}


def _epochs(given: dict[str, Any]) -> int | None:
    return None if given.get("steps") else 10


class Training(Settings):
    """How long, in what batches, and which weights count in the end.

    `health` adds, for each layer, gradient norms, update-to-weight ratios and dead units.
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


class Cv(Settings):
    """Which folds `cnnopt cv` makes."""

    scheme: Literal["stratified", "k_fold"] | None = None
    folds: Folds = 5
    repeats: Positive = 1
