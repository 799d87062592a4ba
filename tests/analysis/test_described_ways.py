"""What is said of the way a network runs is what its plan does."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from cnnopt.analysis.cut import Cut, StageDescription, cut_of
from cnnopt.analysis.describe import describe_config
from cnnopt.analysis.ways import ways_of
from cnnopt.build import build
from cnnopt.config import Config, load_config
from cnnopt.display.ways import cut_sentence
from cnnopt.layers import Bias
from cnnopt.layers.conv_bilinear import kernel_spectrum
from cnnopt.losses import CrossEntropy
from cnnopt.network import Crew, Network
from cnnopt.network.unit import layer_calls
from cnnopt.network.whole import Whole
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.trial import load_data

SAME = {"filters": 16, "kernel": 3, "padding": "same"}
CONV = {"conv2d": SAME}
STEM = [{"conv2d": SAME}, "batch_norm", "relu", {"max_pool2d": 2}]
END = ["flatten", {"dense": "classes"}]
DROPPED = ["flatten", {"drop_connect": {"layer": {"dense": 512}, "rate": 0.5}}]
MODELS: dict[str, list[Any]] = {
    "small": [CONV, "relu", CONV, "relu", {"max_pool2d": 2}, *END],
    "norm": [*STEM, CONV, "batch_norm", "relu", *END],
    "heavy": [*STEM, "flatten", {"dense": 2048}, "relu", {"dense": "classes"}],
    "heavy alone": ["flatten", {"dense": 1024}, "relu", {"dense": 512}, {"dense": "classes"}],
    "heavy, dropped": [CONV, *DROPPED, {"dense": "classes"}],
    "norm first": ["batch_norm", CONV, *END],
    "norm inside": [CONV, {"residual": [CONV, "batch_norm"]}, *END],
    "blocks": [CONV, {"parallel": [[CONV], [{"residual": [CONV, "relu"]}]]}, *END],
    "dropped": [CONV, {"drop_connect": {"layer": CONV, "rate": 0.5}}, {"dropout": 0.3}, *END],
    "wide": [{"conv2d": SAME | {"filters": 64, "kernel": 5}}, {"conv2d": SAME}, *END],
}
SHAPES = {"wide": (24, 24, 8)}
CASES = pytest.mark.parametrize("batch", [5, 130])


def config_of(model: list[Any], **training: Any) -> Config:
    given = {"name": "small", "dataset": "digits", "loss": "cross_entropy", "optimizer": "sgd"}
    return load_config(given | {"model": model, "training": training})


def network_of(case: str, **training: Any) -> Network:
    config = config_of(MODELS[case], **training)
    return build(config, SHAPES.get(case, (8, 8, 8)), 10, True).network


def plan(network: Network, batch: int) -> Any:
    weights = np.zeros(network.layout.total, np.float32)
    gradient = np.zeros(network.parameters, np.float32)
    return network.training_plan(CrossEntropy(), batch, weights, gradient)


@pytest.fixture
def chunks() -> Iterator[dict[str, set[tuple[int, int]]]]:
    """The rows (from, to) of each chunk that a layer gets, by its name, in all plans."""
    found: dict[str, set[tuple[int, int]]] = defaultdict(set)

    def spy(rows: slice, steps: Any, *others: Any) -> Any:
        for step in steps:
            if not isinstance(step.node.layer, Bias):
                found[step.node.name].add((rows.start, rows.stop))
        return layer_calls(rows, steps, *others)

    with patch("cnnopt.network.shard.layer_calls", spy):
        yield found


@CASES
@pytest.mark.parametrize("case", MODELS)
def test_the_cut_is_that_of_the_plan(
    case: str, batch: int, chunks: dict[str, set[tuple[int, int]]]
) -> None:
    network = network_of(case)
    made = plan(network, batch)
    seen = dict(chunks)
    cut = cut_of(network, batch)
    assert (cut.batch, cut.shards) == (batch, made.shards)
    assert cut.shard == -(-batch // cut.shards)
    names = [name for stage in cut.stages for name in stage.layers]
    run = [node.name for node in network.run_order if not isinstance(node.layer, Bias)]
    assert names == [name for name, _ in groupby(run)]
    for stage in cut.stages:
        for name in stage.layers:
            if stage.whole:
                assert name not in seen
                assert stage.chunk == batch
                continue
            sizes = [stop - start for start, stop in seen[name]]
            assert (max(sizes), sum(sizes)) == (stage.chunk, batch)
    if cut.together:
        assert [stage.chunk for stage in cut.stages] == [batch]


@CASES
@pytest.mark.parametrize("case", MODELS)
def test_waits_are_the_phases_of_the_plan(case: str, batch: int) -> None:
    network = network_of(case)
    cut = cut_of(network, batch)
    rounds: list[int] = []

    def spy(crew: Crew, tasks: Any) -> None:
        rounds.append(len(tasks))
        run(crew, tasks)

    run = Crew.run
    with Crew(1) as crew, patch.object(Crew, "run", spy):
        made = plan(network, batch)
        x = np.ones((batch, *network.input_shape), np.float32)
        made.run(crew, x, np.zeros((batch, 10), np.float32), np.zeros(batch, np.float32))
    waits = sum(stage.waits for stage in cut.stages)
    # One round prepares, then each phase but the last goes forward and comes back.
    assert len(rounds) == 1 + 2 * waits + 1
    assert not cut.stages[0].waits


@pytest.fixture
def spectra() -> Iterator[list[str]]:
    """How the bilinear convolutions of all plans are to be described, in the order of planning."""
    made: list[str] = []

    def spy(algorithms: Any, *others: Any) -> Any:
        ranks = " x ".join(str(one.rank) for one in algorithms)
        tiles = [one.tiles for one in algorithms]
        cut = "1 tile" if max(tiles) == 1 else f"{' x '.join(map(str, tiles))} tiles"
        made.append(f"bilinear, {ranks} products in {cut}")
        return kernel_spectrum(algorithms, *others)

    with patch("cnnopt.layers.conv.kernel_spectrum", spy):
        yield made


@CASES
@pytest.mark.parametrize("case", ["small", "norm", "heavy", "wide"])
@pytest.mark.parametrize("exact", [False, True])
def test_convolutions_run_as_is_said(
    case: str, batch: int, exact: bool, spectra: list[str]
) -> None:
    network = network_of(case, exact=exact)
    ways = ways_of(network, cut_of(network, batch))
    assert list(ways) == list(dict.fromkeys(node.name for node in network.nodes))
    spectra.clear()
    plan(network, batch)
    assert set(spectra) == {way.algorithm for way in ways.values() if "bilinear" in way.algorithm}
    assert not (exact and spectra)
    assert exact or batch < 100 or spectra, "at this size one pays"


@pytest.mark.parametrize("case", ["blocks", "dropped"])
def test_convolutions_inside_run_as_is_said(case: str, spectra: list[str]) -> None:
    """They are planned for the examples of a chunk, where those outside are for a batch."""
    settings = config_of([CONV, *MODELS[case]], batch_size=128)
    found = describe_config(settings, 1)
    spectra.clear()
    plan(prepare_trial(settings, None, load_data(settings)).experiment.network, 128)
    said = [layer.runs.algorithm for layer in found.layers]
    said += [inner.runs.algorithm for layer in found.layers for inner in layer.inside]
    bilinear = [algorithm for algorithm in said if "bilinear" in algorithm]
    assert bilinear
    # What is planned last is planned to run: chunks of other sizes are tried before.
    assert spectra[-len(bilinear) :] == bilinear


def test_what_the_network_makes_of_its_layers() -> None:
    network = network_of("heavy")
    ways = ways_of(network, cut_of(network, 130))
    assert ways["conv2d_1"].notes == ("outputs in order of phase, as max_pool2d_1 reads them",)
    (norm,) = ways["batch_norm_1"].notes
    assert "begins a phase: waits for all 130 examples" in norm
    (pool,) = ways["max_pool2d_1"].notes
    moved = "before the scale and shift of batch_norm_1 and relu_1"
    assert pool == f"{moved}: same values, 256 numbers instead of 1,024"
    (dense,) = ways["dense_1"].notes
    assert "the whole batch in 4 parts" in dense
    assert "524,288 weights" in dense
    assert not ways["dense_2"].notes


def test_the_parts_that_are_said_are_made() -> None:
    made = []

    def spy(*arguments: Any) -> Whole:
        made.append(whole(*arguments))
        return made[-1]

    whole = Whole.of
    with patch("cnnopt.network.route.Whole.of", spy):
        plan(network_of("heavy"), 130)
    (one,) = made
    assert len(one.forward) == len(one.backward) == 4


def test_a_pooling_is_told_what_it_stands_before() -> None:
    network = network_of("small")
    notes = ways_of(network, cut_of(network, 32))["max_pool2d_1"].notes
    assert notes[0].startswith("before the bias of conv2d_2 and relu_2: same values, 256 numbers")
    assert not ways_of(network, cut_of(network, 32))["conv2d_1"].notes


def test_layers_that_couple_where_nothing_can_wait() -> None:
    for case, name in (("norm first", "batch_norm_1"), ("norm inside", "residual_1")):
        network = network_of(case)
        cut = cut_of(network, 130)
        assert cut.together
        assert cut.shards == 1
        (note,) = ways_of(network, cut)[name].notes
        assert note == "couples the examples of a batch, which is one chunk for that"


def test_other_notes() -> None:
    dropped = network_of("dropped")
    notes = ways_of(dropped, cut_of(dropped, 32))
    assert notes["dropout_1"].notes == ("left out where nothing is trained",)
    heavy = network_of("heavy, dropped")
    (note,) = ways_of(heavy, cut_of(heavy, 32))["dense_1"].notes
    assert note == "all examples of a shard at once: 524,288 weights are many"


def one(chunk: int, *layers: str, whole: bool = False) -> StageDescription:
    return StageDescription(layers, chunk, waits=False, whole=whole)


STAGES = (
    one(16, "a", "b"),
    one(16, "c"),
    one(33, "d"),
    one(130, "e", whole=True),
    one(33, "f", "g"),
)
END_OF_ALL = "This follows from shapes alone: the number of threads changes nothing of it."


@pytest.mark.parametrize(
    ("cut", "text"),
    [
        (
            Cut(32, 1, 32, False, (one(32, "a", "b"),)),
            "A batch of 32 examples is one shard. It goes through all layers at once.",
        ),
        (
            Cut(1, 1, 1, True, (one(1, "a"),)),
            "A batch of 1 example is one shard. It is one chunk, for a layer that couples its "
            "examples.",
        ),
        (
            Cut(64, 2, 32, False, (one(8, "a", "b"), one(8, "c"))),
            "A batch of 64 examples is cut into 2 shards of 32, which the threads share. Each goes "
            "through all layers in chunks of 8 examples.",
        ),
        (
            Cut(
                130,
                4,
                33,
                False,
                STAGES,
            ),
            "A batch of 130 examples is cut into 4 shards of up to 33, which the threads share. "
            "Examples of a chunk: 16 in a to c, 33 in d, all 130 in e, 33 in f to g.",
        ),
    ],
    ids=["one shard", "together", "chunks", "stages"],
)
def test_the_sentence(cut: Cut, text: str) -> None:
    assert cut_sentence(cut) == f"{text} {END_OF_ALL}"
