"""Row blocks: work on big arrays without a second big array."""

from __future__ import annotations

from collections.abc import Iterator

ELEMENTS = 1 << 18  # 2 MB in float64: a block and its scratch stay in a core's own cache


def row_blocks(rows: int, row_size: int, elements: int = ELEMENTS) -> Iterator[slice]:
    """Yield slices that cover `rows` rows of `row_size` numbers, about `elements` numbers each."""
    step = max(1, elements // max(1, row_size))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))
