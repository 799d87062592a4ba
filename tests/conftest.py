"""Puts `tests/` on the import path, for `harness` and `oracles`, and sets Hypothesis up."""

from hypothesis import settings

settings.register_profile("cnnopt", deadline=None, max_examples=30, derandomize=True)
settings.load_profile("cnnopt")
