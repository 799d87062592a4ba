"""The machine that a benchmark runs on, and the environment that its processes get."""

from __future__ import annotations

import os
import platform
import resource
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent

TUNING = (
    *("OPENBLAS_", "GOTO_", "OMP_", "GOMP_", "KMP_", "MKL_", "BLIS_", "VECLIB_", "NVPL_"),
    *("MALLOC_", "GLIBC_TUNABLES"),
)
"""How names begin that set threads, waiting, kernels or memory of BLAS, OpenMP or glibc."""

KEPT_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
"""glibc keeps for the process what the process has freed.

By default a part goes back to the system, to be asked for again, page by page, at the next step;
how much is a matter of luck. PyTorch makes its tensors anew in every step and can lose two fifths
of its speed by that (`voxel-cnn`: 11 ms against 6.5). cnnopt has planned its buffers: 5 % at most.
"""


def clean_environment(
    threads: int | None = None, *, kept_memory: bool = False, given: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the environment without any tuning but for what is asked for here.

    Args:
        threads: of every library, as `OMP_NUM_THREADS`; None: as it comes.
        kept_memory: whether to add `KEPT_MEMORY`.
        given: the environment to clean; None: this process's.
    """
    names = os.environ if given is None else given
    kept = {name: value for name, value in names.items() if not name.startswith(TUNING)}
    if threads is not None:
        kept["OMP_NUM_THREADS"] = str(threads)
    return kept | (KEPT_MEMORY if kept_memory else {})


def disturbance(others: float) -> str:
    """Return what is to be said where others used too much of the machine, else nothing."""
    return f"DISTURBED: others used {others:.0%} of the machine" if others > DISTURBED else ""


def about_machine() -> dict[str, Any]:
    """Return what a reader has to know of the machine, JSON-ready."""
    return {
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "processor": _processor(),
        "cores": cores(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


DISTURBED = 0.05
"""Share of the machine in use by others from which times are off."""


class Watch:
    """How much of the machine others use while this process and its children work."""

    def __init__(self) -> None:
        self._used, self._every = _ticks()
        self._own = _own_seconds()

    def others(self) -> float:
        """Return the share of all cores' time that others have had since the watch began.

        Children count when they have ended. 0 where the system does not tell.
        """
        used, every = _ticks()
        if every <= self._every:
            return 0.0
        own = (_own_seconds() - self._own) * os.sysconf("SC_CLK_TCK")
        return max(0.0, used - self._used - own) / (every - self._every)


def _own_seconds() -> float:
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, kinds))


def _ticks() -> tuple[int, int]:
    """Return the ticks in use and all ticks of all cores, since the system was started."""
    try:
        line = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0]
    except OSError:
        return 0, 0
    ticks = [int(word) for word in line.split()[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)  # all but idle and waiting for a disk


def _processor() -> str:
    """Return the processor's name and its widest vectors, where the system tells them."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    fields = {name.strip(): value.strip() for name, value in told.items()}
    name = fields.get("model name", platform.machine())
    flags = fields.get("flags", "").split()
    widest = next((w for f, w in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if f in flags), "")
    return f"{name} ({widest})" if widest else name
