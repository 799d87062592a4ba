"""Settings of the transforms that augmentation is made of."""

from __future__ import annotations

from math import isfinite
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from cnnopt.config.rule import Named, Rule, broken
from cnnopt.config.settings import Settings
from cnnopt.config.values import Below1, Count, Flag, Folds, PositiveReal, Share, Size

_FACTORS_RULE = Rule("must be a number in [0, 1), or two of them: [lowest, highest] factor above 0")


def _factors(value: Any) -> tuple[float, float]:
    if type(value) in (int, float) and 0 <= value < 1:
        return 1 - value, 1 + value
    items = value if isinstance(value, list | tuple) else ()
    if len(items) == 2 and all(type(each) in (int, float) and isfinite(each) for each in items):
        low, high = map(float, items)
        if 0 < low <= high:
            return low, high
    raise broken(_FACTORS_RULE.text)


_FACTOR: dict[str, Any] = {"type": "number", "exclusiveMinimum": 0}
Factors = Annotated[
    tuple[float, float],
    PlainValidator(_factors),
    _FACTORS_RULE,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "exclusiveMaximum": 1},
                {"type": "array", "items": _FACTOR, "minItems": 2, "maxItems": 2},
            ]
        }
    ),
]
"""Lowest and highest factor; r stands for 1 - r to 1 + r."""

Turn = Annotated[
    float, Field(ge=0, le=180, allow_inf_nan=False), Rule("must be a number in [0, 180]")
]
"""Degrees."""

Slant = Annotated[
    float, Field(ge=0, le=60, allow_inf_nan=False), Rule("must be a number in [0, 60]")
]
"""Degrees."""

Axis = Literal["horizontal", "vertical", "depth"]


class _Sometimes(Settings):
    """What every transform has: the share of the examples that it changes."""

    probability: Share = 1.0


class Rotate(_Sometimes):
    """Turns about the centre by up to `degrees` either way; a volume about its `axis`."""

    main: ClassVar[str] = "degrees"
    kind: Literal["rotate"] = "rotate"
    degrees: Turn
    axis: Axis | None = None


class Shift(_Sometimes):
    """Moves by up to `pixels` either way along each axis; `whole`: by whole pixels, exactly."""

    main: ClassVar[str] = "pixels"
    kind: Literal["shift"] = "shift"
    pixels: Size
    whole: Flag = True


class Flip(Settings):
    """Mirrors left and right (`horizontal`), top and bottom (`vertical`), front and back."""

    main: ClassVar[str] = "axis"
    kind: Literal["flip"] = "flip"
    axis: Axis
    probability: Share = 0.5


class Shear(_Sometimes):
    """Slants upright lines by up to `degrees` either way; the centre stays."""

    main: ClassVar[str] = "degrees"
    kind: Literal["shear"] = "shear"
    degrees: Slant


class Zoom(_Sometimes):
    """Magnifies about the centre by a factor, drawn evenly on the logarithm's scale."""

    main: ClassVar[str] = "factor"
    kind: Literal["zoom"] = "zoom"
    factor: Factors


class Crop(_Sometimes):
    """Puts `padding` cells around the example and cuts a window of the old size from it."""

    main: ClassVar[str] = "padding"
    kind: Literal["crop"] = "crop"
    padding: Count
    fill: Literal["background", "edge", "reflect"] = "background"


class Elastic(_Sometimes):
    """Moves each pixel by `alpha` times uniform noise that a Gaussian of `sigma` has smoothed."""

    main: ClassVar[str] = "alpha"
    kind: Literal["elastic"] = "elastic"
    alpha: Size
    sigma: PositiveReal = 4.0


class Brightness(_Sometimes):
    """Adds up to `change` of the range from black to white, or takes it away."""

    main: ClassVar[str] = "change"
    kind: Literal["brightness"] = "brightness"
    change: Share


class Contrast(_Sometimes):
    """Multiplies the differences to the example's mean by a factor."""

    main: ClassVar[str] = "factor"
    kind: Literal["contrast"] = "contrast"
    factor: Factors


class Jitter(_Sometimes):
    """Adds normal noise to each sample of a series."""

    main: ClassVar[str] = "sd"
    kind: Literal["jitter"] = "jitter"
    sd: Size


class Scaled(_Sometimes):
    """Multiplies the raw values of a series by a factor."""

    main: ClassVar[str] = "factor"
    kind: Literal["scale"] = "scale"
    factor: Factors


class TimeWarp(_Sometimes):
    """Lets time in a series run at speeds of 1 - `change` to 1 + `change`; both ends stay."""

    main: ClassVar[str] = "change"
    kind: Literal["time_warp"] = "time_warp"
    change: Below1
    knots: Folds = 4


Transform = Annotated[
    Rotate | Shift | Flip | Shear | Zoom | Crop | Elastic | Brightness | Contrast
    | Jitter | Scaled | TimeWarp,
    Field(discriminator="kind"),
]  # fmt: skip

AUGMENTATIONS: dict[str, type[Settings]] = {
    "rotate": Rotate,
    "shift": Shift,
    "flip": Flip,
    "shear": Shear,
    "zoom": Zoom,
    "crop": Crop,
    "elastic": Elastic,
    "brightness": Brightness,
    "contrast": Contrast,
    "jitter": Jitter,
    "scale": Scaled,
    "time_warp": TimeWarp,
}
AUGMENTATIONS_NAMED = Named("augmentation", AUGMENTATIONS, many=True)
