"""Settings of layers that hold others, and `repeat`."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field

from cnnopt.config.rule import Named, Rule
from cnnopt.config.settings import Settings
from cnnopt.config.values import Below1, LayerName, whole

ENTRIES: dict[str, type[Settings]] = {}
"""What may stand in a list of layers: the layers, and `repeat`, which is gone once the config is
read. Filled where all layers are known; see `table`."""

WEIGHTED: dict[str, type[Settings]] = {}
"""The layers with one weight, filled likewise."""

LAYERS_NAMED = Named("layer", ENTRIES, many=True)

MOST_REPEATS = 1000
Times = Annotated[
    int,
    Field(strict=True, ge=0, le=MOST_REPEATS),
    BeforeValidator(whole),
    Rule(f"must be a whole number from 0 to {MOST_REPEATS}"),
]


class Residual(Settings):
    """The input is added to what its layers make of it, projected where the shapes differ."""

    main: ClassVar[str] = "layers"
    kind: Literal["residual"] = "residual"
    name: LayerName | None = None
    layers: Annotated[tuple[Settings, ...], Field(min_length=1), LAYERS_NAMED]


class Parallel(Settings):
    """Branches that take the same input; their channels are joined. `[]` hands the input on."""

    main: ClassVar[str] = "branches"
    kind: Literal["parallel"] = "parallel"
    name: LayerName | None = None
    branches: Annotated[
        tuple[tuple[Settings, ...], ...],
        Field(min_length=1),
        Named("layer", ENTRIES, many=True, rows=True),
    ]


class DropConnect(Settings):
    """A layer that sets a share of its weights to 0 while training and scales the others up."""

    kind: Literal["drop_connect"] = "drop_connect"
    name: LayerName | None = None
    rate: Below1
    layer: Annotated[Settings, Named("layer with weights", WEIGHTED)]


CompositeSettings = Residual | Parallel | DropConnect


class Repeat(Settings):
    """The same layers several times over, each time with weights of their own."""

    kind: Literal["repeat"] = "repeat"
    times: Times
    layers: Annotated[tuple[Settings, ...], Field(min_length=1), LAYERS_NAMED]
