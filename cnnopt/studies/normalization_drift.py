"""How far the activations of a network drift while it trains, before and after normalization.

What Ioffe and Szegedy 2015 called internal covariate shift: layers learn while the distribution of
their inputs moves. Here it is a number: by how much the means of the channels move in an epoch, on
examples that stay the same, in units of the activations' standard deviation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from cnnopt.arrays import Array
from cnnopt.config import load_config
from cnnopt.errors import Diverged, Interrupted
from cnnopt.layers import BatchNorm, GroupNorm, LayerNorm
from cnnopt.network import Crew, Network
from cnnopt.training.events import EpochDone, Stopped
from cnnopt.training.loop import Training
from cnnopt.training.walk import Walk
from cnnopt.trials.running import prepare_trial
from cnnopt.trials.trial import checked_data

NORMS = (BatchNorm, GroupNorm, LayerNorm)
SAMPLE = 256
"""Examples of the training part that are looked at."""

DriftRow = dict[str, Any]


class Moments(NamedTuple):
    """Activations at one place: the mean of each channel, and one standard deviation for all."""

    means: Array  # (C,) float64
    sd: float


def drift_of(
    config: Mapping[str, Any],
    fingerprint: str,
    sites: tuple[str, ...],
    threads: int,
    *,
    stop: Callable[[], bool],
) -> list[DriftRow]:
    """Train as the config says and return a row per epoch and site: the job of a worker.

    The last row of a training that diverges is that of the last whole epoch.

    Args:
        config: resolved.
        fingerprint: of the data that the study began with.
        sites: names of the layers whose outputs are, or would be, normalized.
        threads: of the engine.
        stop: asked after every step.

    Raises:
        Interrupted: `stop` said so.
        DataError: the data are others by now.
    """
    settings = load_config(config)
    trial = prepare_trial(settings, None, checked_data(settings, fingerprint), tests=False)
    network, x = trial.experiment.network, trial.task.parts["train"].x[:SAMPLE]
    rows: list[DriftRow] = []
    with Crew(threads) as crew:
        training = Training(trial.experiment, trial.task, crew, stop=stop)
        walk = Walk(network.nodes, network.layout.named(training.state.weights), len(x))
        before = measured(network, walk, x, sites)
        try:
            for event in training.events():
                if isinstance(event, Stopped) and event.reason == "interrupted":
                    raise Interrupted("Interrupted.")
                if isinstance(event, EpochDone):
                    now = measured(network, walk, x, sites)
                    rows += [
                        {"epoch": int(event.row["epoch"]), "site": site}
                        | {
                            side: drift(before[site, side], now[site, side])
                            for side in ("before", "after")
                        }
                        for site in sites
                    ]
                    before = now
        except Diverged:
            pass
    return rows


def sites_of(network: Network) -> tuple[str, ...]:
    """Return the names of the layers that stand before the normalizations of a network."""
    last, found = "input", []
    for node in network.nodes:
        if isinstance(node.layer, NORMS):
            found.append(last)
        elif not node.layer.trains_only:
            last = node.name
    return tuple(dict.fromkeys(found))


def drift(before: Moments, now: Moments) -> float:
    """Return the mean absolute change of the channels' means, in sds of before."""
    change = float(np.abs(now.means - before.means).mean())
    return change / before.sd if before.sd else float("nan")


def measured(
    network: Network, walk: Walk, x: Array, sites: tuple[str, ...]
) -> dict[tuple[str, str], Moments]:
    """Return the moments at each site `before` and `after` its normalization, as in evaluation.

    Without one, both are the same.
    """
    np.copyto(walk.x, x)
    found: dict[tuple[str, str], Moments] = {}
    last = "input"
    with np.errstate(all="ignore"):
        for name, normalizes, y in _outputs(walk):
            if normalizes:
                found[last, "after"] = moments(y)
            else:
                last = name
                if name in sites:
                    found[name, "before"] = found[name, "after"] = moments(y)
    if "input" in sites:
        found["input", "before"] = moments(x)
    return found


def _outputs(walk: Walk) -> Iterator[tuple[str, bool, Array]]:
    for step in walk.forward():
        yield step.node.name, isinstance(step.node.layer, NORMS), step.wires.y


def moments(y: Array) -> Moments:
    """Return the moments of activations (n, ..., C)."""
    flat = y.reshape(-1, y.shape[-1]).astype(np.float64)
    return Moments(flat.mean(axis=0), float(np.sqrt(flat.var(axis=0).mean())))
