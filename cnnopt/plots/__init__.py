"""Pictures of run folders, drawn from their files alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.plots.draw import (
        draw_ablation,
        draw_comparison,
        draw_cv,
        draw_explanation,
        draw_normalization,
        draw_overlay,
        draw_problems,
        draw_range_test,
        draw_run,
        draw_schemes,
        draw_search,
        draw_why,
    )
    from cnnopt.plots.examples import draw_examples
    from cnnopt.plots.names import COMPARISON_PICTURES, CV_PICTURES, STUDY_PICTURES
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "draw": (
                "draw_ablation",
                "draw_comparison",
                "draw_cv",
                "draw_explanation",
                "draw_normalization",
                "draw_overlay",
                "draw_problems",
                "draw_range_test",
                "draw_run",
                "draw_schemes",
                "draw_search",
                "draw_why",
            ),
            "examples": ("draw_examples",),
            "names": ("COMPARISON_PICTURES", "CV_PICTURES", "STUDY_PICTURES"),
        },
    )

__all__ = [
    "COMPARISON_PICTURES",
    "CV_PICTURES",
    "STUDY_PICTURES",
    "draw_ablation",
    "draw_comparison",
    "draw_cv",
    "draw_examples",
    "draw_explanation",
    "draw_normalization",
    "draw_overlay",
    "draw_problems",
    "draw_range_test",
    "draw_run",
    "draw_schemes",
    "draw_search",
    "draw_why",
]
