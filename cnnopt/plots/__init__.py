"""Pictures of run folders, drawn from their files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.plots.draw import draw_comparison, draw_cv, draw_explanation, draw_overlay, draw_run
    from cnnopt.plots.names import COMPARISON_PICTURES, CV_PICTURES
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "draw": (
                "draw_comparison",
                "draw_cv",
                "draw_explanation",
                "draw_overlay",
                "draw_run",
            ),
            "names": ("COMPARISON_PICTURES", "CV_PICTURES"),
        },
    )

__all__ = [
    "COMPARISON_PICTURES",
    "CV_PICTURES",
    "draw_comparison",
    "draw_cv",
    "draw_explanation",
    "draw_overlay",
    "draw_run",
]
