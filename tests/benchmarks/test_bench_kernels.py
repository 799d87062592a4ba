"""Kernels are compared before they are timed, and a wrong one is found."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from benchmarks.kernels import __main__ as kernels
from benchmarks.kernels.case import Case, UnequalError, Version, check, error


def version(name: str, values: object) -> Version:
    return Version(name, lambda: None, lambda: [np.asarray(values, np.float64)])


def case(*versions: Version, tolerance: float = 1e-6) -> Case:
    return Case("sum", "of two", tolerance, versions)


def test_errors_are_relative_to_the_largest_number() -> None:
    assert error([np.array([1.0, 9.0])], [np.array([0.0, 10.0])]) == pytest.approx(0.1)
    assert error([np.zeros(2)], [np.zeros(2)]) == 0
    assert error([np.zeros(2)], [np.zeros(3)]) == np.inf


def test_equal_versions_pass() -> None:
    found = check(case(version("plain", [1.0, 2.0]), version("fast", [1.0, 2.0 + 1e-7])))
    assert found["plain"] == 0
    assert 0 < found["fast"] < 1e-6


@pytest.mark.parametrize("values", [[1.0, 2.1], [1.0, np.nan], [1.0, 2.0, 3.0]])
def test_a_wrong_version_is_named(values: list[float]) -> None:
    with pytest.raises(UnequalError, match="sum, of two: 'fast'"):
        check(case(version("plain", [1.0, 2.0]), version("fast", values)))


def test_what_is_computed_in_place_is_kept_apart() -> None:
    y = np.zeros(1)

    def write(value: float) -> Callable[[], None]:
        return lambda: y.fill(value)

    with pytest.raises(UnequalError):
        check(
            case(
                Version("plain", write(1.0), lambda: [y]), Version("fast", write(2.0), lambda: [y])
            )
        )


@pytest.mark.parametrize("group", kernels.GROUPS)
def test_all_versions_of_every_kernel_agree(group: str) -> None:
    for one in kernels.GROUPS[group]():
        assert len(one.versions) >= 2
        check(one)


def test_figures_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    found = kernels.measure(case(version("plain", [1.0]), version("fast", [1.0])), rounds=1)
    kernels.show(found)
    shown = json.loads(json.dumps(found))
    assert [one["name"] for one in shown["versions"]] == ["plain", "fast"]
    assert shown["versions"][0]["speedup"] == 1
    assert "fast" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["--group", "nothing"], ["--rounds", "0"], ["--rounds", "x"]])
def test_wrong_words_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        kernels.main(words)
    assert stopped.value.code == 2
    assert words[0] in capsys.readouterr().err
