"""The leakage audit: what would make a result too good, looked for before it is believed.

Every check takes arrays and splits and returns a `Finding`; none draws or prints anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.data.audit.finding import Finding
    from cnnopt.data.audit.folds import audit_folds
    from cnnopt.data.audit.parts import audit_parts
else:
    __getattr__ = lazy_names(
        __name__,
        {"finding": ("Finding",), "folds": ("audit_folds",), "parts": ("audit_parts",)},
    )

__all__ = ["Finding", "audit_folds", "audit_parts"]
