"""The pictures that a study can have, by the names of their files; drawn one by one if wanted."""

from __future__ import annotations

CV_PICTURES = ("folds", "fold_curves", "fold_map", "confusion_matrix", "most_wrong")
COMPARISON_PICTURES = ("curves", "sensitivity", "final_values", "fits", "fit_steps")

ARMS_PICTURES = ("curves", "final_values", "fits", "fit_steps")

WHY_PICTURES = ("momentum_why",)

SCHEME_PICTURES = ("schemes",)
SEARCH_PICTURES = ("search_slices", "search_importance")

ABLATION_PICTURES = ("effects", "ablation_curves", "sweep")

STUDY_PICTURES = {
    "ablate": ABLATION_PICTURES,
    "cv": CV_PICTURES,
    "compare-optimizers": COMPARISON_PICTURES,
    "compare": ARMS_PICTURES,
    "compare-schemes": SCHEME_PICTURES,
    "normalization": ("normalization",),
    "momentum-why": WHY_PICTURES,
    "search": SEARCH_PICTURES,
}
"""By command."""
