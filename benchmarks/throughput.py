"""`python -m benchmarks.throughput`: training steps of the nine workloads against PyTorch.

Both sides are first checked to be the same network: equal losses within 1e-4 from the same weights
and batches over ten steps, dropout off. Then they are timed in turns, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from math import exp, log
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.workloads import WORKLOADS, Workload

CHECKED_STEPS = 10
TOLERANCE = 1e-4
VARIANTS = ("eager", "channels_last", "fused", "channels_last_fused")
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Result:
    """One workload's figures; times in milliseconds a step, memory in MB."""

    name: str
    threads: int
    cnnopt_ms: float
    torch_ms: float
    torch_variant: str
    ratio: float
    peak_share: float
    cnnopt_mb: float
    torch_mb: float
    loss_difference: float


class Runner:
    """The parent's end of a side's process."""

    def __init__(self, side: str, workload: str, threads: int, variant: str = "") -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
        environment |= {"OMP_NUM_THREADS": str(threads)}
        words = ["-m", "benchmarks.side", side, workload, str(threads), variant]
        self._process = subprocess.Popen(
            [sys.executable, *(word for word in words if word)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
        )

    def ask(self, **order: Any) -> Any:
        """Send an order and return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def end(self) -> float:
        """Return the peak memory in MB and end the process."""
        memory = float(self.ask(end=True))
        self._process.communicate()
        return memory


def main() -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--workload", action="append", choices=list(WORKLOADS))
    parser.add_argument("--threads", default="2", help="numbers with commas between them")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    given = parser.parse_args()
    seconds = 1.0 if given.quick else 3.0
    results = []
    for threads in map(int, given.threads.split(",")):
        peak = sgemm_peak(threads)
        print(f"{threads} thread(s), sgemm peak {peak:.0f} GFLOP/s")
        for name in given.workload or WORKLOADS:
            result = race(WORKLOADS[name], threads, peak, seconds)
            results.append(result)
            print(line(result), flush=True)
    mean = exp(sum(log(r.ratio) for r in results) / len(results))
    print(f"geometric mean of the ratios: {mean:.2f}")
    if given.json:
        document = {"workloads": [asdict(r) for r in results], "geometric_mean": mean}
        given.json.write_text(json.dumps(document | {"numpy": np.__version__}, indent=2) + "\n")


def line(r: Result) -> str:
    """Return a row of the table."""
    return (
        f"{r.name:15} cnnopt {r.cnnopt_ms:8.3f} ms  torch {r.torch_ms:8.3f} ms "
        f"({r.torch_variant})  ratio {r.ratio:5.2f}  peak {r.peak_share:4.0%}  "
        f"memory {r.cnnopt_mb:4.0f} / {r.torch_mb:4.0f} MB  losses {r.loss_difference:.0e}"
    )


def race(workload: Workload, threads: int, peak: float, seconds: float) -> Result:
    """Check both sides, then time them in turns of a fifth of a second."""
    from benchmarks.numpy_side import network_of

    network = network_of(workload, dropout=False)
    difference = check(workload, network, threads)
    sides = {"cnnopt": Runner("cnnopt", workload.name, threads)}
    sides |= {v: Runner("torch", workload.name, threads, v) for v in VARIANTS}
    steps = {}
    for name, side in sides.items():
        side.ask(time=5)
        steps[name] = max(3, round(0.2 / median(side.ask(time=5))))
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(max(3, round(seconds / 0.2))):
        for name, side in sides.items():
            times[name] += side.ask(time=steps[name])
    ms = {name: 1e3 * median(values) for name, values in times.items()}
    memory = {name: side.end() for name, side in sides.items()}
    best = min(VARIANTS, key=lambda name: ms[name])
    work = 3 * 2 * network.multiply_adds * workload.batch
    return Result(
        name=workload.name,
        threads=threads,
        cnnopt_ms=ms["cnnopt"],
        torch_ms=ms[best],
        torch_variant=best,
        ratio=ms[best] / ms["cnnopt"],
        peak_share=work / (ms["cnnopt"] * 1e6) / peak,
        cnnopt_mb=memory["cnnopt"],
        torch_mb=memory[best],
        loss_difference=difference,
    )


def check(workload: Workload, network: Any, threads: int) -> float:
    """Return the largest relative difference of the losses; end the program if it is too large."""
    weights = network.layout.named(network.layout.initial(0))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "weights.npz")
        np.savez(path, **weights)
        losses = []
        for side in (
            Runner("cnnopt", workload.name, threads),
            Runner("torch", workload.name, threads, "eager"),
        ):
            losses.append(np.array(side.ask(check=path, steps=CHECKED_STEPS)))
            side.end()
    difference = float(np.max(np.abs(losses[0] - losses[1]) / np.abs(losses[1])))
    if not difference <= TOLERANCE:
        sys.exit(f"{workload.name}: not the same network: losses differ by {difference:.1e}")
    return difference


def sgemm_peak(threads: int) -> float:
    """Return GFLOP/s of a large float32 product on so many threads."""
    from threadpoolctl import threadpool_limits

    a = np.ones((2048, 2048), np.float32)
    out = np.empty_like(a)
    with threadpool_limits(threads, user_api="blas"):
        best = float("inf")
        for _ in range(6):
            started = perf_counter()
            np.matmul(a, a, out=out)
            best = min(best, perf_counter() - started)
    return 2 * 2048**3 / best / 1e9


if __name__ == "__main__":
    main()
