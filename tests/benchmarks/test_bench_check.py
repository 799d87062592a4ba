"""The check that both sides are the same network can fail, and does where it should."""

from __future__ import annotations

import math

import pytest

from benchmarks import equality
from benchmarks.equality import judge, relative
from benchmarks.process import SideError

SAME = [2.0, 1.0, 0.5]


def losses(**more: list[float]) -> dict[str, list[float]]:
    return {"cnnopt": SAME, "eager": SAME, **more}


def test_the_tolerance_and_the_steps_are_those_promised() -> None:
    assert equality.TOLERANCE == 1e-4
    assert equality.STEPS == 10


def test_equal_losses_pass() -> None:
    found = judge("w", losses(fused=[2.0, 1.0, 0.50001]), {"eager": 1e-6, "fused": 2e-6})
    assert found.losses == pytest.approx(2e-5, rel=1e-3)
    assert found.torch == pytest.approx(2e-5, rel=1e-3)
    assert found.gradients == 2e-6
    assert found.variants == ("eager", "fused")


@pytest.mark.parametrize("last", [0.5001, 0.4999, math.nan, math.inf])
def test_other_losses_of_any_variant_do_not(last: float) -> None:
    with pytest.raises(SideError, match=r"w: not the same network: losses .*fused"):
        judge("w", losses(fused=[2.0, 1.0, last]), {"eager": 0.0, "fused": 0.0})


@pytest.mark.parametrize("apart", [0.05, math.nan])
def test_other_gradients_do_not(apart: float) -> None:
    with pytest.raises(SideError, match="first gradients"):
        judge("w", losses(), {"eager": apart})


def test_differences_are_relative_to_the_second() -> None:
    assert relative([1.0, 3.0], [2.0, 4.0]) == 0.5
    assert math.isnan(relative([1.0, math.nan, 5.0], [1.0, 1.0, 1.0]))


class Fake:
    """A process that answers from a table; one variant cannot be compiled."""

    def __init__(self, answers: dict[str, object]) -> None:
        self.answers, self.asked = answers, list[tuple[str, dict[str, object]]]()

    def ask(self, do: str, **order: object) -> object:
        self.asked.append((do, order))
        if do == "check" and "compile" in str(order["variant"]):
            raise SideError("InductorError: \nno compiler")
        return self.answers.get(do)


def test_a_variant_that_cannot_compile_is_left_out_and_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ours, theirs = Fake({"check": SAME, "compare": 1e-7}), Fake({"check": SAME})
    found = equality.compare(ours, theirs, "w", ("eager", "compile_fused"))  # type: ignore[arg-type]
    assert found.variants == ("eager",)
    assert "compile_fused left out" in capsys.readouterr().out
    checks = [order for do, order in ours.asked + theirs.asked if do == "check"]
    assert len({order["weights"] for order in checks}) == 1
    assert {order["steps"] for order in checks} == {10}
    assert {order["rate"] for order in checks} == {equality.LEARNING_RATE}
