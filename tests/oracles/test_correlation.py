"""The fast oracle of convolution against the slow one, on random forms."""

from typing import Any

import hypothesis.strategies as st
import numpy as np
from hypothesis import given

from oracles import convolution, correlation


@st.composite
def forms(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]]:
    """Return extents, kernel, and how it moves."""
    rank = draw(st.integers(1, 3))

    def each(least: int, most: int) -> tuple[int, ...]:
        return tuple(draw(st.integers(least, most)) for _ in range(rank))

    kernel, dilation, spare = each(1, 3), each(1, 2), each(0, 2)
    extents = tuple(
        (k - 1) * d + 1 + more for k, d, more in zip(kernel, dilation, spare, strict=True)
    )
    form = {
        "stride": each(1, 2),
        "pads": tuple(zip(each(0, 2), each(0, 2), strict=True)),
        "dilation": dilation,
        "groups": draw(st.integers(1, 2)),
        "flip": draw(st.booleans()),
    }
    return extents, kernel, form


@given(given_form=forms(), seed=st.integers(0, 99))
def test_one_position_after_another_gives_what_the_loops_give(
    given_form: tuple[tuple[int, ...], tuple[int, ...], dict[str, Any]], seed: int
) -> None:
    extents, kernel, form = given_form
    generator = np.random.default_rng(seed)
    channels, filters = form["groups"], 2 * form["groups"]
    x = generator.integers(-4, 5, (2, *extents, channels)).astype(float)
    w = generator.integers(-4, 5, (*kernel, channels // form["groups"], filters)).astype(float)
    y = convolution.convolve(x, w, **form)
    np.testing.assert_array_equal(correlation.convolve(x, w, **form), y)
    dy = generator.integers(-4, 5, y.shape).astype(float)
    for found, wanted in zip(
        correlation.gradients(x, w, dy, **form),
        convolution.gradients(x, w, dy, **form),
        strict=True,
    ):
        np.testing.assert_array_equal(found, wanted)
