"""Networks with layers inside layers: the whole gradient, any cut, names, noise, batch norm."""

import numpy as np
import pytest
from network_runs import BIASED, Batch, batch_of, far, initial, outputs, step

from cnnopt.buffers import Buffers
from cnnopt.layers import (
    BatchNorm,
    Bias,
    Conv,
    Dense,
    DropConnect,
    Dropout,
    Flatten,
    GlobalAvgPool,
    GroupNorm,
    LayerNorm,
    Parallel,
    Relu,
    Residual,
    Silu,
    SpatialDropout,
    Tanh,
)
from cnnopt.layers.inside import Named
from cnnopt.losses import CrossEntropy
from cnnopt.network import Crew, Network, partition
from cnnopt.network.noise import Noise
from cnnopt.randomness import stream


def conv(name: str, filters: int, stride: int = 1) -> Named:
    weights = Conv(filters, (3, 3), (stride, stride), "same")
    return ((name, weights), (name, Bias(BIASED)))


def block(filters: int, stride: int, *between: tuple[str, object]) -> Residual:
    inside = (*conv("conv2d_1", filters, stride), *between, *conv("conv2d_2", filters))
    return Residual(inside)  # type: ignore[arg-type]  # pairs of name and layer


def residual_net(*between: tuple[str, object]) -> Network:
    """Return three residual blocks, two of which change the shape."""
    return Network.of(
        (6, 6, 2),
        [
            *conv("conv2d_1", 3),
            ("residual_1", block(3, 1, *between)),
            ("silu_1", Silu()),
            ("residual_2", block(4, 2, *between)),
            ("tanh_1", Tanh()),
            ("residual_3", block(5, 3, *between)),
            ("global_avg_pool_1", GlobalAvgPool()),
            ("dense_1", Dense(3)),
            ("dense_1", Bias(BIASED)),
        ],
    )


def noisy_net() -> Network:
    noise: Named = (
        ("spatial_dropout_1", SpatialDropout(0.4)),
        ("tanh_1", Tanh()),
        ("dropout_1", Dropout(0.3)),
    )
    branch: Named = (("drop_connect_1", DropConnect(Conv(2, (1, 1)), 0.5)), ("relu_1", Relu()))
    return Network.of(
        (4, 4, 2),
        [
            ("parallel_1", Parallel((branch, noise, ()))),
            ("residual_1", Residual((*conv("conv2d_1", 6), *noise))),
            ("flatten_1", Flatten()),
            ("layer_norm_1", LayerNorm()),
            ("dense_1", DropConnect(Dense(3), 0.2)),
            ("dense_1", Bias(BIASED)),
        ],
    )


def numeric(network: Network, batch: Batch, start: np.ndarray, width: float = 1e-6) -> np.ndarray:
    """Return the slope of the loss by every parameter, from one plan."""
    weights, loss = start.copy(), CrossEntropy()
    plan = network.training_plan(loss, len(batch.x), weights, np.empty(network.parameters))
    found = np.empty(network.parameters)
    with Crew() as crew:
        for index in range(network.parameters):
            ends = []
            for by in (width, -width):
                weights[index] = start[index] + by
                ends.append(plan.run(crew, batch.x, batch.targets, batch.scale, 0, 1))
            weights[index] = start[index]
            found[index] = (ends[0] - ends[1]) / (2 * width)
    return found


@pytest.mark.parametrize("norm", [GroupNorm(1), LayerNorm("channels"), BatchNorm()], ids=str)
def test_a_residual_net_s_whole_gradient_is_the_loss_s_slope(norm: object) -> None:
    network = residual_net(("norm_1", norm), ("silu_1", Silu()))
    batch, weights = batch_of(network, 3), initial(network)
    found = step(network, batch, weights.copy()).gradient[: network.parameters]
    assert far(found, numeric(network, batch, weights)) <= 1e-7


def test_a_net_with_noise_at_every_depth_has_the_slope_of_the_same_noise() -> None:
    network = noisy_net()
    batch, weights = batch_of(network, 4), initial(network)
    found = step(network, batch, weights).gradient
    assert far(found, numeric(network, batch, weights)) <= 1e-7


@pytest.mark.parametrize("network", [residual_net(), noisy_net()], ids=["residual", "noisy"])
def test_any_cut_gives_the_same_gradient_and_threads_change_no_bit(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch, weights = batch_of(network, 11), initial(network)
    whole = step(network, batch, weights)
    assert whole.plan.shards == 1
    monkeypatch.setattr(partition, "CHUNK_BYTES", 1)
    apart = step(network, batch, weights)
    monkeypatch.setattr(partition, "SHARD_WORK", {2: 400, 4: 1600})
    one, two = (step(network, batch, weights, threads=n) for n in (1, 2))
    assert one.plan.shards > 1
    for other in (apart, one):
        assert other.loss == pytest.approx(whole.loss, rel=1e-13)
        assert far(other.gradient, whole.gradient) <= 1e-12
    np.testing.assert_array_equal(one.gradient, two.gradient)


def test_batch_norm_inside_takes_the_whole_batch_in_any_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = residual_net(("batch_norm_1", BatchNorm()))
    batch = batch_of(network, 11)
    start = initial(network)
    first, second = start.copy(), start.copy()
    whole = step(network, batch, first)
    monkeypatch.setattr(partition, "CHUNK_BYTES", 1)
    monkeypatch.setattr(partition, "SHARD_WORK", {2: 400, 4: 1600})
    cut = step(network, batch, second)
    np.testing.assert_array_equal(whole.gradient, cut.gradient)
    np.testing.assert_array_equal(first, second)
    moved = network.layout.named(first)["residual_2.batch_norm_1.running_mean"]
    assert np.any(moved != 0)


def test_parameters_are_named_by_their_way_down() -> None:
    names = [slot.name for slot in residual_net(("batch_norm_1", BatchNorm())).layout.slots]
    assert names[2:4] == ["residual_1.conv2d_1.weight", "residual_1.conv2d_1.bias"]
    assert "residual_1.projection.weight" not in names
    assert "residual_2.projection.weight" in names
    assert names[-2:] == [
        "residual_3.batch_norm_1.running_mean",
        "residual_3.batch_norm_1.running_variance",
    ]
    names = [slot.name for slot in noisy_net().layout.slots]
    assert names[0] == "parallel_1.branch_1.drop_connect_1.weight"


def test_noise_goes_by_names_of_its_own_and_not_by_neighbours() -> None:
    """The same layer by the same name draws the same, whatever else the composite holds."""

    def passed(*extra: tuple[str, object]) -> np.ndarray:
        layers = (("dropout_1", Dropout(0.5)), *extra)
        network = Network.of((64,), [("parallel_1", Parallel((layers,))), ("dense_1", Dense(2))])  # type: ignore[arg-type]  # pairs of name and layer
        batch = batch_of(network, 5)
        weights = np.ones(network.parameters)
        found = step(network, batch, weights).gradient
        return np.flatnonzero(found.reshape(64, 2)[:, 0] == 0)

    single = Network.of((64,), [("dropout_1", Dropout(0.5)), ("dense_1", Dense(2))])
    batch = batch_of(single, 1)
    here = step(single, batch, np.ones(single.parameters)).gradient.reshape(64, 2)[:, 0] == 0
    nested = Network.of(
        (64,), [("p", Parallel(((("dropout_1", Dropout(0.5)),),))), ("dense_1", Dense(2))]
    )
    there = step(nested, batch, np.ones(nested.parameters)).gradient.reshape(64, 2)[:, 0] == 0
    assert 0 < here.sum() < 64
    assert np.any(here != there), "streams of another name are others"
    np.testing.assert_array_equal(passed(), passed(("tanh_1", Tanh()), ("dropout_2", Dropout(0.0))))


def test_each_layer_inside_draws_from_the_stream_of_its_full_name() -> None:
    dropout = ("dropout_1", Dropout(0.5))
    shared = ("drop_connect_1", DropConnect(Dense(4), 0.5))
    inner = Residual((dropout, ("dropout_2", Dropout(0.5)), shared))
    network = Network.of((4,), [("parallel_1", Parallel(((("residual_1", inner), dropout),)))])
    noise = Noise(network.nodes, 3, Buffers("f8"))
    noise.draw(7, 5)
    each = {"residual_1.dropout_1": False, "residual_1.dropout_2": False}
    each |= {"residual_1.drop_connect_1": True, "dropout_1": False}
    for (name, same_for_all), numbers in zip(each.items(), noise.rows(0, slice(1, 3)), strict=True):
        generator = stream(7, "noise", f"parallel_1.branch_1.{name}", 5)
        wanted = generator.random((4, 4)) if same_for_all else generator.random((3, 4))[1:]
        np.testing.assert_array_equal(numbers, wanted)


def test_a_composite_s_parameters_stand_as_the_layout_has_them() -> None:
    node = residual_net(("batch_norm_1", BatchNorm())).nodes[2]
    trains = [parameter.trains for parameter in node.layer.parameters(node.x)]
    assert trains == sorted(trains, reverse=True)
    assert trains.count(False) == 2


def test_nothing_is_dropped_outside_training() -> None:
    network = noisy_net()
    x = batch_of(network, 6).x
    weights = initial(network)
    quiet = Network.of(
        (4, 4, 2),
        [
            (
                "parallel_1",
                Parallel(
                    (
                        (("drop_connect_1", Conv(2, (1, 1))), ("relu_1", Relu())),
                        (("tanh_1", Tanh()),),
                        (),
                    )
                ),
            ),
            ("residual_1", Residual((*conv("conv2d_1", 6), ("tanh_1", Tanh())))),
            ("flatten_1", Flatten()),
            ("layer_norm_1", LayerNorm()),
            ("dense_1", Dense(3)),
            ("dense_1", Bias(BIASED)),
        ],
    )
    assert [s.name for s in quiet.layout.slots] == [s.name for s in network.layout.slots]
    np.testing.assert_array_equal(outputs(network, x, weights), outputs(quiet, x, weights))


def test_noise_acts_where_no_gradient_is_wanted() -> None:
    """A composite before the first weights has no backward pass, but drops all the same."""
    layers: Named = (("dropout_1", Dropout(0.5)),)
    network = Network.of((8,), [("residual_1", Residual(layers)), ("dense_1", Dense(2))])
    batch, weights = batch_of(network, 3), initial(network)
    one, other = (step(network, batch, weights, number=n).loss for n in (1, 2))
    assert one != other
