"""Laws of convolution, on random forms; none of them knows how it is computed."""

from dataclasses import dataclass, replace
from typing import Any

import hypothesis.strategies as st
import numpy as np
from harness import Case, Inputs, Outcome, Runner, error
from hypothesis import given

from cnnopt.layers import Conv, Dense, Layer

EXACT = 1e-12


@dataclass(frozen=True)
class Problem:
    """A convolution with inputs, weights and an upstream gradient."""

    layer: Conv
    x: np.ndarray
    w: np.ndarray
    dy: np.ndarray

    def run(self, **changed: Any) -> Outcome:
        """Run forward and back, with other settings where they are given."""
        return run(replace(self.layer, **changed), self.x, self.w, self.dy)


def nothing(*arrays: np.ndarray) -> np.ndarray:
    raise AssertionError("laws need no oracle")


def run(layer: Layer, x: np.ndarray, w: np.ndarray, dy: np.ndarray | None = None) -> Outcome:
    """Run forward, and back from `dy` (from ones where there is none)."""
    shape = (len(x), *layer.output_shape(x.shape[1:]))
    upstream = np.ones(shape) if dy is None else dy
    runner = Runner(Case("law", layer, x.shape[1:], nothing, nothing), len(x), "float64")
    return runner.run(Inputs(x, (w,), upstream, ()))


def outputs(layer: Layer, x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return run(layer, x, w).y


@st.composite
def problems(draw: st.DrawFn, **fixed: Any) -> Problem:
    """Return any convolution whose kernel fits; `fixed` settings are not drawn."""
    rank = fixed.pop("rank", None) or draw(st.integers(1, 3))
    few = 3 if rank < 3 else 2

    def each(least: int, most: int) -> tuple[int, ...]:
        return tuple(draw(st.integers(least, most)) for _ in range(rank))

    settings: dict[str, Any] = {
        "kernel": each(1, few),
        "stride": each(1, 2),
        "dilation": each(1, 2),
        "padding": tuple((draw(st.integers(0, 2)), draw(st.integers(0, 2))) for _ in range(rank)),
        "groups": draw(st.integers(1, 3)),
        "flip": draw(st.booleans()),
    } | fixed
    groups = settings["groups"]
    channels, filters = groups * draw(st.integers(1, 2)), groups * draw(st.integers(1, 2))
    layer = Conv(filters, **settings)
    x = tuple(span + draw(st.integers(0, few)) for span in layer.window.spans)
    generator = np.random.default_rng(draw(st.integers(0, 999)))
    return Problem(
        layer,
        generator.normal(size=(2, *x, channels)),
        generator.normal(size=(*layer.kernel, channels // groups, filters)),
        generator.normal(size=(2, *layer.output_shape((*x, channels)))),
    )


@given(problem=problems(), a=st.floats(-3, 3), seed=st.integers(0, 99))
def test_linear_in_the_input_and_in_the_weights(problem: Problem, a: float, seed: int) -> None:
    generator = np.random.default_rng(seed)
    for name in ("x", "w"):
        one = getattr(problem, name)
        other = generator.normal(size=one.shape)
        both = replace(problem, **{name: a * one + other}).run().y
        apart = a * problem.run().y + replace(problem, **{name: other}).run().y
        assert error(both, apart) <= EXACT


@given(problem=problems(stride=(1, 1), padding=((3, 3), (3, 3)), kernel=(3, 2), dilation=(1, 2)))
def test_shifting_the_input_shifts_the_output(problem: Problem) -> None:
    """Where nothing is pushed out: the input's last row and column are zero."""
    x = problem.x.copy()
    x[:, -1], x[:, :, -1] = 0, 0
    shifted = np.roll(x, (1, 1), (1, 2))
    y = outputs(problem.layer, x, problem.w)
    assert error(outputs(problem.layer, shifted, problem.w)[:, 1:, 1:], y[:, :-1, :-1]) <= EXACT


@given(problem=problems(rank=2, kernel=(1, 1), padding="valid", groups=1, stride=(1, 1)))
def test_a_kernel_of_one_cell_is_a_dense_layer_at_every_position(problem: Problem) -> None:
    rows = problem.x.reshape(-1, problem.x.shape[-1])
    dense = run(
        Dense(problem.layer.filters),
        rows,
        problem.w[0, 0],
        problem.dy.reshape(len(rows), -1),
    )
    found = problem.run()
    assert found.dx is not None
    assert dense.dx is not None
    assert error(found.y.reshape(dense.y.shape), dense.y) <= EXACT
    assert error(found.dx.reshape(dense.dx.shape), dense.dx) <= EXACT
    assert error(found.gradients[0][0, 0], dense.gradients[0]) <= EXACT


@given(problem=problems())
def test_a_stride_takes_every_so_many_outputs(problem: Problem) -> None:
    layer = problem.layer
    every = replace(layer, stride=(1,) * len(layer.kernel))
    thin = (slice(None), *(slice(None, None, s) for s in layer.stride))
    full = outputs(every, problem.x, problem.w)
    found = problem.run()
    assert error(found.y, full[thin]) <= EXACT
    spread = np.zeros(full.shape)
    spread[thin] = problem.dy
    wanted = run(every, problem.x, problem.w, spread)
    assert found.dx is not None
    assert wanted.dx is not None
    assert error(found.dx, wanted.dx) <= EXACT
    assert error(found.gradients[0], wanted.gradients[0]) <= EXACT


@given(problem=problems())
def test_groups_are_separate_convolutions(problem: Problem) -> None:
    groups = problem.layer.groups
    parts = [
        run(replace(problem.layer, filters=dy.shape[-1], groups=1), x, w, dy)
        for x, w, dy in zip(
            *(np.split(a, groups, axis=-1) for a in (problem.x, problem.w, problem.dy)),
            strict=True,
        )
    ]
    found = problem.run()
    assert found.dx is not None
    assert error(found.y, np.concatenate([part.y for part in parts], -1)) <= EXACT
    wanted = np.concatenate([part.dx for part in parts if part.dx is not None], -1)
    assert error(found.dx, wanted) <= EXACT
    wanted = np.concatenate([part.gradients[0] for part in parts], -1)
    assert error(found.gradients[0], wanted) <= EXACT


@given(problem=problems())
def test_a_dilated_kernel_is_one_with_zeros_between(problem: Problem) -> None:
    layer = problem.layer
    wide = np.zeros((*layer.window.spans, *problem.w.shape[-2:]))
    between = tuple(slice(None, None, d) for d in layer.dilation)
    wide[between] = problem.w
    dense = replace(layer, kernel=layer.window.spans, dilation=(1,) * len(layer.kernel))
    found, wanted = problem.run(), run(dense, problem.x, wide, problem.dy)
    assert found.dx is not None
    assert wanted.dx is not None
    assert error(found.y, wanted.y) <= EXACT
    assert error(found.dx, wanted.dx) <= EXACT
    assert error(found.gradients[0], wanted.gradients[0][between]) <= EXACT


@given(problem=problems())
def test_flipping_is_turning_the_weights_round(problem: Problem) -> None:
    turned = np.flip(problem.w, tuple(range(len(problem.layer.kernel))))
    other = replace(problem.layer, flip=not problem.layer.flip)
    assert error(outputs(other, problem.x, turned), problem.run().y) <= EXACT


@given(problem=problems(rank=2))
def test_three_dimensions_of_depth_one_are_two(problem: Problem) -> None:
    flat = problem.layer
    deep = replace(
        flat,
        kernel=(1, *flat.kernel),
        stride=(1, *flat.stride),
        dilation=(1, *flat.dilation),
        padding=((0, 0), *flat.pads(problem.x.shape[1:])),
    )
    found = run(deep, problem.x[:, None], problem.w[None], problem.dy[:, None])
    wanted = problem.run()
    assert found.dx is not None
    assert wanted.dx is not None
    assert error(found.y[:, 0], wanted.y) <= EXACT
    assert error(found.dx[:, 0], wanted.dx) <= EXACT
    assert error(found.gradients[0][0], wanted.gradients[0]) <= EXACT


@given(problem=problems(padding="valid", groups=1, flip=False))
def test_the_input_gradient_is_the_full_convolution_with_the_flipped_kernel(
    problem: Problem,
) -> None:
    """dy, with stride - 1 zeros between its cells, padded by the kernel's span less one."""
    layer, channels = problem.layer, problem.x.shape[-1]
    spans = layer.window.spans
    extents = [(n - 1) * s + 1 for n, s in zip(problem.dy.shape[1:-1], layer.stride, strict=True)]
    spread = np.zeros((2, *extents, layer.filters))
    spread[(slice(None), *(slice(None, None, s) for s in layer.stride))] = problem.dy
    left = tuple(
        n - extent - span + 1
        for n, extent, span in zip(problem.x.shape[1:-1], extents, spans, strict=True)
    )
    full = Conv(
        channels,
        layer.kernel,
        padding=tuple((s - 1, s - 1 + rest) for s, rest in zip(spans, left, strict=True)),
        dilation=layer.dilation,
        flip=True,
    )
    found = problem.run()
    assert found.dx is not None
    assert error(found.dx, outputs(full, spread, problem.w.swapaxes(-1, -2))) <= EXACT


def test_the_lesson_of_five_inputs_three_weights_and_three_outputs() -> None:
    """o_i = x_i·w1 + x_i+1·w2 + x_i+2·w3: what comes back to x3 and to each weight."""
    x = np.array([2.0, -1, 3, 5, -4])
    w = np.array([1.0, -2, 0.5])
    delta = np.array([3.0, -1, 2])
    found = run(Conv(1, (3,)), x.reshape(1, 5, 1), w.reshape(3, 1, 1), delta.reshape(1, 3, 1))
    assert found.dx is not None
    o = [x[i] * w[0] + x[i + 1] * w[1] + x[i + 2] * w[2] for i in range(3)]
    assert found.y.ravel().tolist() == o == [5.5, -4.5, -9]
    dx3 = delta[0] * w[2] + delta[1] * w[1] + delta[2] * w[0]
    assert found.dx.ravel().tolist() == [3, -7, dx3, -4.5, 1]
    dw = [sum(delta[i] * x[i + k] for i in range(3)) for k in range(3)]
    assert found.gradients[0].ravel().tolist() == dw == [13, 4, -4]
