"""How this package words what is wrong with data: file, place, rule, value, remedy."""

from __future__ import annotations

from pathlib import Path

from cnnopt.errors import DataError, Fault


def data_error(
    file: str | Path,
    rule: str,
    *,
    given: str = "",
    remedy: str = "",
    place: str = "",
    line: int = 0,
) -> DataError:
    """Return a `DataError` that reads `file:line: place: rule, got given. Remedy.`

    Args:
        file: the file or folder, or a data set's name.
        rule: what has to hold.
        given: what was found instead.
        remedy: what to do.
        place: where in the file: an array's, a column's or a setting's name.
        line: line in a text file, from 1; 0 where there is none.
    """
    return DataError(str(Fault(place, rule, given, remedy, str(file), line)))
