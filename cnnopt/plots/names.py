"""The pictures that a study can have, by the names of their files; drawn one by one if wanted."""

from __future__ import annotations

CV_PICTURES = ("folds", "fold_curves", "confusion_matrix", "most_wrong")
COMPARISON_PICTURES = ("curves", "sensitivity", "final_values", "fits")
