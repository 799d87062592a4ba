"""Each transform draws from a stream of its own, for every example, chosen or not."""

from __future__ import annotations

import numpy as np
import pytest
from augmenting import Inputs, augmented, batch

from cnnopt.data.augmentation import (
    Augment,
    Brightness,
    Crop,
    Elastic,
    Entry,
    Flip,
    Jitter,
    Rotate,
    Scale,
    Shear,
    Shift,
    TimeWarp,
    Zoom,
)
from cnnopt.randomness import stream

IMAGE = [
    Rotate(30, (0, 1)), Shift(2), Crop(2), Shear(20), Zoom(0.5, 2.0), Elastic(3.0, 2.0), Flip(1),
    Brightness(0.4),
]  # fmt: skip
SERIES = [Jitter(0.5), Scale(0.5, 2.0), TimeWarp(0.5), Shift(3)]


class Spy:
    """Stands for a transform and remembers what it would draw."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def change(
        self, x: object, low: object, high: object, chosen: object, generator: object
    ) -> None:
        assert isinstance(generator, np.random.Generator)
        self.seen.append(float(generator.random()))


@pytest.mark.parametrize("left_out", range(len(IMAGE)))
def test_without_one_transform_the_others_draw_the_same(left_out: int) -> None:
    inputs = batch(8, 9, 9, 1)
    spies = {index: Spy() for index in range(len(IMAGE))}
    for kept in (range(len(IMAGE)), [i for i in range(len(IMAGE)) if i != left_out]):
        entries = tuple(Entry(f"e{i}", 0.5, spies[i]) for i in kept)
        Augment(entries).apply(
            Inputs(inputs.x.copy(), inputs.low, inputs.high), stream(0, "augment", 3)
        )
    for index, spy in spies.items():
        assert len({*spy.seen}) == 1, index
        assert len(spy.seen) == 2 - (index == left_out)
    assert len({spy.seen[0] for spy in spies.values()}) == len(IMAGE)


def test_a_movement_draws_the_same_with_others_before_it() -> None:
    """A shift after a turn by 0 degrees is the shift alone."""
    inputs = batch(16, 9, 9, 1)
    alone = augmented(inputs, Shift(2))
    np.testing.assert_array_equal(augmented(inputs, Rotate(0, (0, 1)), Shift(2)), alone)
    np.testing.assert_array_equal(augmented(inputs, Brightness(0), Shift(2)), alone)


@pytest.mark.parametrize(("each", "shape"), [
    *((each, (64, 9, 9, 2)) for each in IMAGE), *((each, (64, 20, 2)) for each in SERIES)
])  # fmt: skip
def test_probability(each: object, shape: tuple[int, ...]) -> None:
    inputs = batch(*shape)
    always = augmented(inputs, each, probability=1.0)  # type: ignore[arg-type]
    never = augmented(inputs, each, probability=0.0)  # type: ignore[arg-type]
    half = augmented(inputs, each, probability=0.5)  # type: ignore[arg-type]
    np.testing.assert_array_equal(never, inputs.x)
    same = [np.array_equal(a, b) for a, b in zip(half, inputs.x, strict=True)]
    changed = [np.array_equal(a, b) for a, b in zip(half, always, strict=True)]
    assert all(a or b for a, b in zip(same, changed, strict=True))  # what is drawn does not move
    assert 16 < sum(same) < 48
    assert sum(np.array_equal(a, b) for a, b in zip(always, inputs.x, strict=True)) < 12


def test_each_example_and_each_step_is_changed_in_its_own_way() -> None:
    x = np.repeat(batch(1, 9, 9, 1).x, 6, axis=0)
    inputs = Inputs(x, np.zeros(1, np.float32), np.ones(1, np.float32))
    made = augmented(inputs, Rotate(30, (0, 1)))
    assert len({each.tobytes() for each in made}) == 6
    again = augmented(inputs, Rotate(30, (0, 1)))
    later = augmented(inputs, Rotate(30, (0, 1)), step=1)
    np.testing.assert_array_equal(made, again)
    assert (made != later).any()
