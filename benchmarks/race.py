"""The race on one workload: cnnopt and the variants of PyTorch in turns, each in its process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from benchmarks.equality import Differences
from benchmarks.machine import Watch
from benchmarks.process import Process
from benchmarks.spread import quartiles
from benchmarks.workloads import WORKLOADS, step_operations

EAGER = ("eager", "channels_last", "fused", "channels_last_fused")
COMPILED = ("compile_fused", "compile_channels_last_fused")

TURN = 0.2
"""Seconds of a turn: long enough for several steps, short enough to share the machine's moods."""

WARM_UP = 0.03
"""Seconds of steps at the start of a turn that are made but not counted."""

TRIAL_ROUNDS = 2


@dataclass(frozen=True)
class Result:
    """One workload's figures.

    Attributes:
        name: the workload.
        threads: of each side.
        cnnopt_ms: median step, milliseconds.
        torch_ms: median step of the fastest variant, milliseconds.
        torch_variant: that variant.
        ratio: torch_ms / cnnopt_ms.
        ratio_quartiles: first and third quartile of the ratios of single rounds.
        rounds: how many there were.
        limit_ms: a step's floating-point operations at the measured peak, milliseconds.
        peak_share: limit_ms / cnnopt_ms. It counts the operations of the plain algorithm; one
            that makes do with fewer can be above 1.
        cnnopt_mb: most memory that its process had in use, MB.
        torch_mb: the same of the fastest variant's process.
        loss_difference: of the check: see `equality.Differences`.
        gradient_difference: of the check.
        torch_difference: of the check.
        others: share of the machine that others have used meanwhile, in [0, 1]; a few per cent are
            enough to make a side wait that has a thread on every core.
        variants_ms: median step of each variant of PyTorch, milliseconds; of those that were
            only tried, from the trial.
    """

    name: str
    threads: int
    cnnopt_ms: float
    torch_ms: float
    torch_variant: str
    ratio: float
    ratio_quartiles: tuple[float, float]
    rounds: int
    limit_ms: float
    peak_share: float
    cnnopt_mb: float
    torch_mb: float
    loss_difference: float
    gradient_difference: float
    torch_difference: float
    others: float
    variants_ms: Mapping[str, float]


@dataclass(frozen=True)
class Timed:
    """What a race has measured.

    Attributes:
        seconds: of every step, by contender and round.
        memory: of each contender's process, MB.
        others: see `Result`.
    """

    seconds: Mapping[str, Sequence[Sequence[float]]]
    memory: Mapping[str, float]
    others: float


def trial(torch: Process, workload: str, variants: Sequence[str]) -> dict[str, float]:
    """Return about how long a step of each variant takes, in seconds, from a short look at each.

    All variants run in the same process, which is good enough to leave out the slow ones.
    """
    for variant in variants:
        torch.ask("open", workload=workload, variant=variant)
    turns: dict[str, list[float]] = {v: [] for v in variants}
    for _ in range(TRIAL_ROUNDS):
        for variant in variants:
            turns[variant].append(median(_turn(torch, variant)))
    torch.ask("close")
    return {variant: min(medians) for variant, medians in turns.items()}


def fastest(seconds: Mapping[str, float], count: int) -> list[str]:
    """Return the variants with the shortest steps."""
    return sorted(seconds, key=lambda variant: seconds[variant])[:count]


def race(
    workload: str,
    threads: int,
    variants: Sequence[str],
    rounds: int,
    kept_memory: bool,
) -> Timed:
    """Time cnnopt and the variants in turns.

    Raises:
        SideError: a contender failed.
    """
    watch = Watch()
    with ExitStack() as stack:
        # All are started before the first is asked: they load side by side.
        contenders = {
            name: stack.enter_context(
                Process("torch" if name in variants else "cnnopt", threads, kept_memory)
            )
            for name in ("cnnopt", *variants)
        }
        for name, process in contenders.items():
            process.ask("open", workload=workload, variant=name)
        seconds: dict[str, list[list[float]]] = {name: [] for name in contenders}
        for number in range(rounds):
            # There and back again: nobody is always right behind the same rival.
            for name in list(contenders)[:: -1 if number % 2 else 1]:
                seconds[name].append(_turn(contenders[name], name))
        memory = {name: process.ask("memory") for name, process in contenders.items()}
    return Timed(seconds, memory, watch.others())


def summarize(
    workload: str,
    threads: int,
    peak: float,
    differences: Differences,
    tried: Mapping[str, float],
    timed: Timed,
) -> Result:
    """Return a race's figures.

    Args:
        workload: its name.
        threads: of each side.
        peak: GFLOP/s.
        differences: of the check.
        tried: seconds a step of variants from their trial.
        timed: the race.
    """
    seconds = timed.seconds
    ms = {
        name: 1e3 * median(step for turn in rounds for step in turn)
        for name, rounds in seconds.items()
    }
    best = min((name for name in ms if name != "cnnopt"), key=lambda name: ms[name])
    pairs = zip(seconds[best], seconds["cnnopt"], strict=True)
    ratios = [median(theirs) / median(ours) for theirs, ours in pairs]
    limit = step_operations(WORKLOADS[workload]) / (peak * 1e6)
    variants = {name: 1e3 * value for name, value in tried.items()} | ms
    del variants["cnnopt"]
    return Result(
        name=workload,
        threads=threads,
        cnnopt_ms=ms["cnnopt"],
        torch_ms=ms[best],
        torch_variant=best,
        ratio=ms[best] / ms["cnnopt"],
        ratio_quartiles=quartiles(ratios),
        rounds=len(ratios),
        limit_ms=limit,
        peak_share=limit / ms["cnnopt"],
        cnnopt_mb=timed.memory["cnnopt"],
        torch_mb=timed.memory[best],
        loss_difference=differences.losses,
        gradient_difference=differences.gradients,
        torch_difference=differences.torch,
        others=timed.others,
        variants_ms=variants,
    )


def _turn(process: Process, name: str) -> list[float]:
    """Return the seconds of each step of a turn."""
    steps: list[float] = process.ask("time", variant=name, warm=WARM_UP, seconds=TURN)
    return steps
