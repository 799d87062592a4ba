"""Copies between views, gathered into as few calls as can be.

A call costs microseconds, and more where threads wait for each other's; what it copies is often
less. Copies of the same form that follow each other at equal distances are one copy with an axis
more.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from numpy.lib.stride_tricks import as_strided

from cnnopt.arrays import Array

Move = tuple[Array, Array]
"""(to, from), of the same shape."""


def merged(moves: Iterable[Move]) -> tuple[Move, ...]:
    """Return fewer copies that do the same, as long as there are fewer.

    Targets must not overlap each other or any source: the order of the copies is not kept.

    Example:
        >>> to, source = np.zeros(6), np.arange(6.0)
        >>> [one] = merged([(to[0:2], source[4:6]), (to[2:4], source[2:4]), (to[4:6], source[0:2])])
        >>> np.copyto(*one)
        >>> to
        array([4., 5., 2., 3., 0., 1.])
    """
    found = tuple(moves)
    while True:
        fewer: list[Move] = []
        for _, alike in groupby(found, _form):
            fewer += _runs(list(alike))
        if len(fewer) == len(found):
            return found
        found = tuple(fewer)


def _form(move: Move) -> tuple[object, ...]:
    to, source = move
    return to.shape, to.strides, source.strides


def _runs(moves: list[Move]) -> list[Move]:
    """Return the copies of a form, each run at equal distances as one."""
    runs: list[Move] = []
    first = 0
    while first < len(moves):
        distance = _distance(moves, first)
        last = first
        while distance is not None and _distance(moves, last) == distance:
            last += 1
        runs.append(_together(moves[first : last + 1], distance))
        first = last + 1
    return runs


def _distance(moves: list[Move], place: int) -> tuple[int, int] | None:
    """Return how many bytes further the next copy writes and reads; None after the last one."""
    if place + 1 == len(moves):
        return None
    (to, source), (next_to, next_source) = moves[place : place + 2]
    return _address(next_to) - _address(to), _address(next_source) - _address(source)


def _together(moves: list[Move], distance: tuple[int, int] | None) -> Move:
    to, source = moves[0]
    if distance is None:
        return to, source
    shape = (len(moves), *to.shape)
    return (
        as_strided(to, shape, (distance[0], *to.strides)),
        as_strided(source, shape, (distance[1], *source.strides)),
    )


def _address(array: Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address
