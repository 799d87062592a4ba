"""The kernels of the first convolution: what the network looks for first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.arrays import Array
from cnnopt.plots.style import SHADE, new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_COLUMNS, _MOST_FILTERS, _MOST_CHANNELS = 8, 64, 4
_GAP = 0.25  # between the channels of one filter, in cells


def first_kernels(weights: Array, parameters: Sequence[Mapping[str, Any]]) -> Array | None:
    """Return the first parameter when it is a kernel over images, shape (Kh, Kw, C, F), else None.

    Args:
        weights: all parameters of the network, shape (P,).
        parameters: name, shape and offset of each, in the order of the layers.
    """
    if not parameters or len(parameters[0]["shape"]) != 4:
        return None
    shape, offset = tuple(parameters[0]["shape"]), int(parameters[0]["offset"])
    return weights[offset : offset + int(np.prod(shape))].reshape(shape)


def first_layer_kernels(kernels: Array, name: str, when: str) -> Figure:
    """Return the figure: one tile per filter, its channels side by side.

    Args:
        kernels: shape (Kh, Kw, C, F); the first 64 filters and 4 channels are shown.
        name: the run's name.
        when: which weights these are, such as `epoch 14`.
    """
    from matplotlib.patches import Rectangle

    height, width, channels, filters = kernels.shape
    shown = kernels[:, :, :_MOST_CHANNELS, :_MOST_FILTERS]
    count = shown.shape[3]
    lines, columns = -(-count // _COLUMNS), min(_COLUMNS, count)
    wide = shown.shape[2] * (width + _GAP) - _GAP  # in cells, as all lengths below
    inches = min(0.85 / height, 10 / (columns * wide * 1.12))  # of a cell
    above = 0.22 / inches  # room for the number of the filter
    step = np.array([wide + max(0.5, 0.12 * wide), height + above + 0.06 / inches])
    figure = new_figure(
        max(5.2, inches * step[0] * columns + 1.2), max(2.0, inches * step[1] * lines + 0.75)
    )
    figure.suptitle(f"{name}: first-layer kernels, {when}")
    axes = figure.subplots()
    axes.set_axis_off()
    reach = float(np.abs(kernels).max()) or 1.0
    for index in range(count):  # framed, or a white cell would be lost on the paper
        left, top = step * (index % _COLUMNS, index // _COLUMNS)
        image = axes.imshow(
            _strip(shown[..., index]), cmap="gray", vmin=-reach, vmax=reach,
            extent=(left, left + wide, top + height, top),
        )  # fmt: skip
        axes.add_patch(Rectangle((left, top), wide, height, fill=False, color=SHADE, linewidth=0.6))
        axes.text(left + wide / 2, top - 0.04 / inches, str(index), ha="center", fontsize=8)
    axes.set_xlim(-0.02 / inches, step[0] * columns)
    axes.set_ylim(step[1] * (lines - 1) + height + 0.02 / inches, -above)
    bar = figure.colorbar(image, ax=axes, aspect=max(10, 12 * lines))
    bar.set_label("weight")
    note = f"{filters} filters of {height} × {width}"
    note += f", {channels} channels side by side" if channels > 1 else ""
    if shown.shape != kernels.shape:
        note += f"; shown: {shown.shape[3]} filters, {shown.shape[2]} channels"
    axes.set_title(f"{note} (black < 0 < white)")
    return figure


def _strip(kernel: Array) -> Array:
    """Return the channels of one kernel, (Kh, Kw, C), side by side, `_GAP` of a cell apart."""
    fine = round(1 / _GAP)
    large = np.kron(kernel, np.ones((fine, fine, 1)))
    gap = np.full((len(large), 1), np.nan)
    pieces = [piece for c in range(kernel.shape[2]) for piece in (large[..., c], gap)]
    return np.concatenate(pieces[:-1], axis=1)
