"""The x axis that all panels about folds share: legible for one fold and for hundreds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cnnopt.plots.source import Column
from cnnopt.plots.style import SHADE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NAMED = 25  # folds that each have their name at the axis
MANY = 40  # from here on a fold is a dot, and what is said of all of them a line


@dataclass(frozen=True)
class FoldAxis:
    """Where folds stand.

    Attributes:
        places: of each fold, its repetition and its number in it, as files count: from 0.
    """

    places: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, table: Sequence[Mapping[str, Any]]) -> FoldAxis:
        """Return the axis of a summary's `folds`."""
        return cls([(int(fold.get("repeat", 0)), int(fold["fold"])) for fold in table])

    @property
    def x(self) -> Column:
        """Positions, from 1."""
        return np.arange(1.0, len(self.places) + 1)

    @property
    def many(self) -> bool:
        """Whether there is room for dots only."""
        return len(self.places) > MANY

    @property
    def width(self) -> float:
        """Inches that a figure should be wide."""
        return float(np.clip(2.6 + 0.45 * len(self.places), 7.4, 12.6))

    @property
    def marker_size(self) -> float:
        """Of a fold's marker, in points."""
        count = len(self.places)
        return 6.5 if count <= 20 else 4.5 if count <= MANY else 2.8 if count <= 150 else 1.8

    def beside(self, shift: float) -> Column:
        """Return positions moved aside, so that markers of one fold stand side by side."""
        return self.x if self.many else self.x + shift

    def frame(self, panels: Sequence[Axes]) -> None:
        """Set limits, ticks and the label, and shade every other repetition."""
        from matplotlib.ticker import MaxNLocator

        count, axis = len(self.places), panels[-1]
        axis.set_xlim(0.5, count + 0.5)
        repeats = np.array([repeat for repeat, _ in self.places])
        several = len(set(repeats.tolist())) > 1
        # Counted from 0 in files and from 1 for people.
        if count <= _NAMED:
            names = [f"{r + 1}.{f + 1}" if several else str(f + 1) for r, f in self.places]
            axis.set_xticks(self.x, names)
            axis.set_xlabel("repetition.fold" if several else "fold")
        elif several:
            middles = {int(r): float(self.x[repeats == r].mean()) for r in np.unique(repeats)}
            step = -(-len(middles) // _NAMED)
            axis.set_xticks(
                list(middles.values())[::step], [str(r + 1) for r in list(middles)[::step]]
            )
            axis.tick_params(axis="x", length=0)
            axis.set_xlabel(f"repetition, of {(repeats == repeats[0]).sum()} folds each")
        else:
            axis.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
            axis.set_xlabel("fold")
        if several:
            self._shade(panels, repeats)

    def _shade(self, panels: Sequence[Axes], repeats: np.ndarray[Any, Any]) -> None:
        for repeat in np.unique(repeats)[1::2]:
            inside = self.x[repeats == repeat]
            for axes in panels:
                axes.axvspan(
                    inside[0] - 0.5, inside[-1] + 0.5, color=SHADE, alpha=0.13, linewidth=0,
                    zorder=0,
                )  # fmt: skip
        for axes in panels:
            axes.grid(visible=False, axis="x")
