"""The images that the network got most wrong: those whose true class it gave least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.data.dataset import Dataset
from cnnopt.plots.classes import Guesses
from cnnopt.plots.style import INK, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLUMNS, _IMAGES, _LONGEST = 6, 12, 12


def most_wrong(guesses: Guesses, dataset: Dataset, name: str) -> Figure | None:
    """Return up to twelve images with what was said of them; None where the data are no images.

    Mistakes come first, the true class's probability rising; where there are fewer than twelve,
    the right answers that were least sure follow and are marked as right.
    """
    if len(dataset.input_shape) != 3 or dataset.input_shape[-1] not in (1, 3):
        return None
    given = guesses.probabilities[np.arange(len(guesses.target)), guesses.target]
    right = guesses.predicted == guesses.target
    picked = np.lexsort((guesses.rows, given, right))[:_IMAGES]
    lines = -(-len(picked) // _COLUMNS)
    figure = new_figure(1.75 * _COLUMNS, 2.52 * lines + 0.45)
    mistakes = int((~right).sum())
    told = f"{mistakes:,} mistake{'' if mistakes == 1 else 's'}"
    figure.suptitle(f"{name}: most wrong of {len(right):,} {guesses.part} images ({told})")
    for axes in figure.subplots(lines, _COLUMNS, squeeze=False).flat:
        axes.set_axis_off()
    for axes, index in zip(figure.axes, picked, strict=False):
        _image(axes, dataset.x[guesses.rows[index]], dataset.value_range)
        _caption(axes, guesses, int(index))
    return figure


def _image(axes: Axes, x: NDArray[Any], value_range: float | None) -> None:
    pixels = x.astype(np.float64)
    low, high = (0.0, value_range) if value_range else (pixels.min(), pixels.max())
    unit = np.clip((pixels - low) / ((high - low) or 1.0), 0, 1)
    axes.set_axis_on()
    axes.grid(visible=False)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(True)
    axes.imshow(unit[..., 0] if x.shape[-1] == 1 else unit, cmap="gray", vmin=0, vmax=1)


def _caption(axes: Axes, guesses: Guesses, index: int) -> None:
    target, predicted = int(guesses.target[index]), int(guesses.predicted[index])
    chances = guesses.probabilities[index]
    true, said = _short(guesses.classes[target]), _short(guesses.classes[predicted])
    if target == predicted:
        second = int(np.argsort(-chances, kind="stable")[1])
        axes.set_title(_head(true, "right but unsure"), color=INK, fontsize=9.5)
        lines = [(said, chances[predicted]), (_short(guesses.classes[second]), chances[second])]
    else:
        axes.set_title(_head(true, f"taken for {said}"), fontsize=9.5, fontweight="bold")
        lines = [(said, chances[predicted]), (true, chances[target])]
    text = "\n".join(f"p({who}) = {_chance(chance)}" for who, chance in lines)
    axes.set_xlabel(f"{text}\nrow {guesses.rows[index]}", fontsize=8.5)


def _head(true: str, what: str) -> str:
    """Return one line where both fit over an image, else two."""
    return f"{true}, {what}" if len(true) + len(what) <= 18 else f"{true},\n{what}"


def _chance(value: float) -> str:
    return f"{value:.2f}" if value >= 0.005 else f"{value:.0e}".replace("e-0", "e-")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
