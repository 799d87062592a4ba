"""Settings of initial weights and biases."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag

from cnnopt.config.rule import Named
from cnnopt.config.settings import Settings
from cnnopt.config.values import PositiveReal, Real


class He(Settings):
    """Normal, sd sqrt(2 / fan-in): for relu."""

    kind: Literal["he"] = "he"


class Glorot(Settings):
    """Uniform in ±sqrt(6 / (fan-in + fan-out)): for tanh."""

    kind: Literal["glorot"] = "glorot"


class LeCun(Settings):
    """Normal, sd sqrt(1 / fan-in)."""

    kind: Literal["lecun"] = "lecun"


class Orthogonal(Settings):
    """A random matrix with orthonormal rows or columns."""

    kind: Literal["orthogonal"] = "orthogonal"


class TruncatedNormal(Settings):
    """Normal, cut at two standard deviations; `sd` is the one before the cut."""

    main: ClassVar[str] = "sd"
    kind: Literal["truncated_normal"] = "truncated_normal"
    sd: PositiveReal


class Normal(Settings):
    """Normal with mean 0 and the given standard deviation."""

    main: ClassVar[str] = "sd"
    kind: Literal["normal"] = "normal"
    sd: PositiveReal


class Constant(Settings):
    """The same value everywhere."""

    main: ClassVar[str] = "value"
    kind: Literal["constant"] = "constant"
    value: Real


BIASES = {"constant": Constant, "normal": Normal, "truncated_normal": TruncatedNormal}
"""Initial values of biases: a bias has no fan-in, so that he and its kin have no meaning."""

WEIGHTS = {
    "he": He,
    "glorot": Glorot,
    "lecun": LeCun,
    "orthogonal": Orthogonal,
    **BIASES,
}
"""Initial values of weights."""


def _bias_tag(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("kind"))
    return str(value.kind) if isinstance(value, Settings) and hasattr(value, "kind") else "switch"


BiasInitial = Annotated[Constant | Normal | TruncatedNormal, Field(discriminator="kind")]
WeightsInitial = Annotated[
    He | Glorot | LeCun | Orthogonal | Constant | Normal | TruncatedNormal,
    Field(discriminator="kind"),
]
LayerBias = Annotated[
    Annotated[bool, Tag("switch")]
    | Annotated[Constant, Tag("constant")]
    | Annotated[Normal, Tag("normal")]
    | Annotated[TruncatedNormal, Tag("truncated_normal")],
    Discriminator(_bias_tag),
]
"""Whether a layer has a bias, or how it starts where that differs from the network's."""

WEIGHTS_NAMED = Named("initializer", WEIGHTS)
BIASES_NAMED = Named("initializer of biases", BIASES)
LAYER_BIAS_NAMED = Named("initializer of biases", BIASES, switch=True)


class Initial(Settings):
    """How the weights and biases of the network start, where a layer says nothing else."""

    main: ClassVar[str] = "weights"

    weights: Annotated[WeightsInitial, WEIGHTS_NAMED] = He()
    bias: Annotated[BiasInitial, BIASES_NAMED] = Constant(value=0.0)
