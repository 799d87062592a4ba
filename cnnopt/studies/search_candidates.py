"""Which settings a search tries, and in what order: drawn by number, or all of a grid."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod

from cnnopt.errors import UsageError
from cnnopt.randomness import stream
from cnnopt.studies.search_space import Axis

Candidate = tuple[str, ...]
"""A value of each axis, as `--set` takes it."""

MOST_TRIALS = 500
"""Of one search, so that a grid with a slip in it does not run for weeks."""
MOST_DRAWS = 10_000
"""For one trial: when all of them are known by then, the space counts as exhausted."""
MOST_CORNERS = 64
"""Corners that are all checked before the first trial; of more, those next to the first one."""


def random_candidates(axes: Mapping[str, Axis], count: int, seed: int) -> list[Candidate]:
    """Return up to `count` different candidates; fewer where the space has no more.

    Number k is the same however many are asked for: it is drawn from its own stream, again where
    an earlier number has the same values.

    Args:
        axes: the space, by path.
        count: how many.
        seed: the config's.
    """
    found: dict[Candidate, None] = {}
    for number in range(1, count + 1):
        generator = stream(seed, "search", number)
        for _ in range(MOST_DRAWS):
            candidate = tuple(axis.draw(generator) for axis in axes.values())
            if candidate not in found:
                found[candidate] = None
                break
        else:
            break
    return list(found)


def grid_candidates(axes: Mapping[str, Axis], count: int, seed: int) -> list[Candidate]:
    """Return up to `count` points of the grid, in an order that is drawn.

    In the order of the axes, a budget that ends early would leave a whole side of the grid out.

    Raises:
        UsageError: a grid of more than `MOST_TRIALS` points.
    """
    lists = [axis.grid() for axis in axes.values()]
    size = prod(map(len, lists))
    if size > MOST_TRIALS:
        raise UsageError(
            f"--space: makes a grid of {size:,} points, {MOST_TRIALS} are the most. "
            "Use fewer points, or --method random."
        )
    points = list(product(*lists))
    order = stream(seed, "search", "grid").permutation(size)
    return [points[place] for place in order[:count]]


def corners(axes: Mapping[str, Axis]) -> list[Candidate]:
    """Return the corners of the space; where there are too many, each end of each axis once.

    Of values that are no numbers, each is an end.
    """
    ends = [axis.ends() for axis in axes.values()]
    if prod(map(len, ends)) <= MOST_CORNERS:
        return list(product(*ends))
    for_all = [[each[0] for each in ends], [each[-1] for each in ends]]
    found = {tuple(corner): None for corner in for_all}
    for base in for_all:
        for place, values in enumerate(ends):
            for value in values:
                found[(*base[:place], value, *base[place + 1 :])] = None
    return list(found)
