"""How a convolution runs and why, in words; the choice itself is made in `conv_choice`."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from cnnopt.kernels.windows import Window
from cnnopt.layers.conv_choice import LARGEST_AXIS, Choice
from cnnopt.layers.conv_few_channels import FEW_CHANNELS
from cnnopt.layers.way import Way


def conv_way(
    window: Window, groups: int, channels: int, choice: Choice | None, *, exact: bool
) -> Way:
    """Say how a convolution runs in float32.

    Args:
        window: the kernel's window and how it moves.
        groups: parts of the channels that are convolved apart.
        channels: of the input.
        choice: how the ways compare; None where there is one only.
        exact: whether it has to be the sums of the formula.
    """
    if groups == channels > 1:
        return Way("tap by tap", "depthwise")
    if prod(window.kernel) == prod(window.stride) == 1:
        product = "matrix product" if groups == 1 else f"{groups} matrix products"
        return Way(product, "a kernel of one cell")
    if groups > 1:
        return Way("im2col", f"{groups} groups, a product for each")
    if channels <= FEW_CHANNELS:
        few = "1 channel is few" if channels == 1 else f"{channels} channels are few"
        return Way("im2col, position by position", few)
    if choice is not None and choice.algorithms:
        return _bilinear(choice)
    return Way("im2col", _why_not(window, choice, exact))


def _bilinear(choice: Choice) -> Way:
    ranks = _joined(algorithm.rank for algorithm in choice.algorithms)
    tiles = [algorithm.tiles for algorithm in choice.algorithms]
    cut = "1 tile" if prod(tiles) == 1 else f"{_joined(tiles)} tiles"
    took = f"about {_amount(choice.bilinear)} of im2col's {_amount(choice.columns)} µs an example"
    return Way(f"bilinear, {ranks} products in {cut}", took)


def _why_not(window: Window, choice: Choice | None, exact: bool) -> str:
    """Return why a convolution of many channels without groups is not bilinear."""
    barred = [
        f"{name} {numbers[0] if len(set(numbers)) == 1 else _joined(numbers)}"
        for name, numbers in (("stride", window.stride), ("dilation", window.dilation))
        if max(numbers) > 1
    ]
    if window.flip:
        barred.append("flip")
    if barred:
        return ", ".join(barred)
    if min(window.kernel) == 1:
        return "a kernel of one cell along an axis"
    if exact or choice is None:
        return "training.exact"
    if choice.bilinear == float("inf"):
        return f"no bilinear way has {LARGEST_AXIS} products or fewer along each axis"
    times = choice.bilinear / choice.columns
    longer = "as long" if times < 1.05 else f"{times:.1f} times as long"
    return f"the bilinear way would take {longer}"


def _joined(numbers: Iterable[int]) -> str:
    return " x ".join(map(str, numbers))


def _amount(nanoseconds: float) -> str:
    microseconds = nanoseconds / 1000
    return f"{microseconds:.3g}" if microseconds < 100 else f"{microseconds:,.0f}"
