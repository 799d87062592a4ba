"""Whether the words of a figure can be read."""

from __future__ import annotations

from itertools import combinations

from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text


def legible(figure: Figure) -> list[str]:
    """Return what is wrong with the figure's words: outside of it, over one another, too small."""
    figure.draw_without_rendering()
    words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    hidden: set[int] = set()
    for axis in figure.findobj(Axis):
        low, high = sorted(axis.get_view_interval())
        drawn = axis.axes.get_visible() and axis.axes.axison
        for tick in (*axis.get_major_ticks(), *axis.get_minor_ticks()):
            if not drawn or not low <= tick.get_loc() <= high:
                hidden |= {id(tick.label1), id(tick.label2)}
    for axes in figure.axes:
        if not axes.axison:
            hidden |= {id(axes.xaxis.label), id(axes.yaxis.label)}
    words = [text for text in words if id(text) not in hidden]
    boxes = [(text.get_text(), text.get_window_extent()) for text in words]
    width, height = figure.bbox.width, figure.bbox.height
    faults = [
        f"outside: {name!r}"
        for name, box in boxes
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    faults += [f"too small: {text.get_text()!r}" for text in words if text.get_fontsize() < 6]
    for (name, box), (other, beside) in combinations(boxes, 2):
        shared_x = min(box.x1, beside.x1) - max(box.x0, beside.x0)
        shared_y = min(box.y1, beside.y1) - max(box.y0, beside.y0)
        if shared_x > 2 and shared_y > 2:
            faults.append(f"overlap: {name!r} and {other!r}")
    return faults
