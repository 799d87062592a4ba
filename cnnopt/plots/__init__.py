"""Pictures of run folders, drawn from their files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cnnopt.plots.draw import draw_comparison, draw_cv, draw_overlay, draw_run

__all__ = ["draw_comparison", "draw_cv", "draw_overlay", "draw_run"]


def __getattr__(name: str) -> Any:
    """Load the drawing when it is first asked for: it imports numpy."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from cnnopt.plots import draw

    return getattr(draw, name)
