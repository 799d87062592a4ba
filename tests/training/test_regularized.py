"""Every regularizer in training: same bits anyhow, off at 0, and nothing but training changed."""

from typing import Any

import numpy as np
import pytest
from training_problems import experiment, part, run, stop_after, task

from cnnopt.build import Experiment
from cnnopt.config.objectives import REGULARIZERS
from cnnopt.errors import ConfigError
from cnnopt.randomness import stream
from cnnopt.training.task import Task

SHAPE = (5, 4, 1)
MODEL: list[Any] = [
    {"conv2d": {"filters": 3, "kernel": 3}},
    "relu",
    "flatten",
    {"dropout": 0.3},
    {"dense": "classes"},
]
ON: dict[str, Any] = {
    "l1": 0.01,
    "l2": 0.01,
    "elastic_net": {"l1": 0.01, "l2": 0.01},
    "weight_decay": 0.1,
    "max_norm": 0.5,
    "input_noise": {"sd": 0.3, "salt_and_pepper": 0.1},
    "weight_noise": {"sd": 0.3, "relative": True},
    "gradient_noise": 0.1,
    "label_smoothing": 0.2,
    "mixup": 0.4,
    "cutmix": 1.0,
    "cutout": 3,
}
"""Of the table, those that act on batches and weights while training."""

STILL: dict[str, Any] = {
    "training": {"epochs": 4, "batch_size": 8, "parameter_groups": {"*": {"rate": 0}}}
}
"""With a rate of 0 the weights stay the initial ones."""

BEFORE_OR_AFTER = {"label_noise", "early_stopping", "sam", "average_weights", "augment"}
"""Those with tests of their own."""


def chosen(*entries: Any, **keys: Any) -> Experiment:
    return experiment(shape=SHAPE, model=MODEL, regularizers=list(entries), **keys)


def data() -> Task:
    return task(shape=SHAPE)


def test_all_are_here() -> None:
    assert ON.keys() | BEFORE_OR_AFTER >= REGULARIZERS.keys()


@pytest.mark.parametrize("kind", ON)
def test_same_bits_on_two_threads_and_after_an_interruption(kind: str) -> None:
    regularized = chosen({kind: ON[kind]})
    whole = run(regularized, data())
    two = run(regularized, data(), threads=2)
    first = run(regularized, data(), stop=stop_after(6))
    rest = run(regularized, data(), snapshot=first.end.snapshot())
    for other in (two, rest):
        np.testing.assert_array_equal(other.weights, whole.weights)
    assert two.rows == whole.rows
    assert first.rows + rest.rows == whole.rows
    assert (whole.weights != run(chosen(), data()).weights).any()


@pytest.mark.parametrize("kind", [kind for kind in ON if kind != "max_norm"])  # moves weights
def test_nothing_but_training_changes(kind: str) -> None:
    """At weights that stand still all measurements are those of a plain run."""
    given = data()
    before = {name: (p.x.copy(), p.y.copy()) for name, p in given.parts.items()}
    plain, ran = (run(chosen(*each, **STILL), given) for each in ((), [{kind: ON[kind]}]))
    np.testing.assert_array_equal(ran.weights, plain.weights)
    measured = [name for name in plain.rows[0] if name.startswith(("train_", "validation_"))]
    assert len(measured) == 4
    for row, clean in zip(ran.rows, plain.rows, strict=True):
        assert {name: row[name] for name in measured} == {name: clean[name] for name in measured}
    if kind not in ("weight_decay", "gradient_noise"):
        assert ran.losses != plain.losses  # but what is trained on is another thing
    outputs = [each.training.outputs(given.parts["validation"]) for each in (plain, ran)]
    np.testing.assert_array_equal(*outputs)
    for name, p in given.parts.items():
        np.testing.assert_array_equal(p.x, before[name][0])
        np.testing.assert_array_equal(p.y, before[name][1])


@pytest.mark.parametrize("kind", ON)
def test_0_is_off(kind: str) -> None:
    off = {"elastic_net": {"l1": 0, "l2": 0}}.get(kind, 0)
    plain, none = run(chosen(), data()), run(chosen({kind: off}), data())
    np.testing.assert_array_equal(none.weights, plain.weights)
    assert none.rows == plain.rows


def test_no_draw_depends_on_what_else_there_is() -> None:
    """At weights that stand still, what each adds to the loss is there with and without others."""
    for kind in ("input_noise", "weight_noise", "mixup", "cutout"):
        one = run(chosen({kind: ON[kind]}, **STILL), data())
        more = run(chosen({"gradient_noise": 1e-3}, {kind: ON[kind]}, "sam", **STILL), data())
        assert one.losses == more.losses
    names = [each.name for each in chosen(*[{k: v} for k, v in ON.items()]).transforms]
    assert names == ["input_noise", "label_smoothing", "mixing", "cutout"]
    x = np.ones((8, *SHAPE))
    masks = []
    for others in ([], [{"input_noise": 0.1}, "mixup"]):
        [cutout] = [t for t in chosen(*others, "cutout").transforms if t.name == "cutout"]
        given = _batch(x)
        cutout.apply(given, stream(0, cutout.name, 3))
        masks.append(given.x)
    np.testing.assert_array_equal(*masks)


def _batch(x: np.ndarray) -> Any:
    from cnnopt.regularizers import Batch

    return Batch(x.copy(), np.eye(len(x)), np.zeros(1), np.ones(1))


def test_they_act_in_the_order_of_the_config() -> None:
    names = [t.name for t in chosen("cutout", "cutmix", {"input_noise": 1}, "mixup").transforms]
    assert names == ["cutout", "mixing", "input_noise"]


def test_soft_labels_with_one_output_and_class_weights() -> None:
    settings = {"batch_size": 8, "epochs": 3}
    loss = {"binary_cross_entropy": {"class_weights": [1, 3]}}
    model = [*MODEL[:-1], {"dense": 1}]
    entries = [{"label_smoothing": 0.1}, "mixup", "cutmix"]
    both = experiment(
        shape=SHAPE, outputs=2, model=model, loss=loss, training=settings, regularizers=entries
    )
    parts = {"train": part(30, 1, shape=SHAPE, outputs=2)}
    ran = run(both, Task(parts, True, np.array([1.0, 3.0])))
    assert np.isfinite(ran.losses).all()
    plain = run(both, Task(parts, True))
    assert (plain.weights != ran.weights).any()


@pytest.mark.parametrize("kind", ["cutout", "cutmix"])
def test_boxes_need_an_extent(kind: str) -> None:
    with pytest.raises(ConfigError) as caught:
        experiment(regularizers=[kind])
    [fault] = caught.value.faults
    assert fault.path == f"regularizers.0.{kind}"
    assert "needs inputs with an extent" in fault.rule
