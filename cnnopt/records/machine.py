"""What a result can depend on besides config and data: versions, BLAS, processor, git commit."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

PACKAGES = ("numpy", "scipy", "safetensors", "matplotlib")


def environment() -> dict[str, Any]:
    """Return versions, BLAS libraries with their threads, processor and git commit, JSON-ready."""
    from cnnopt import __version__

    return {
        "versions": {"cnnopt": __version__, "python": platform.python_version()} | _versions(),
        "blas": (found := blas()),
        "blas_threads_limited": all(library["threads"] for library in found),
        "cpu": {"model": _cpu_model(), "cores": os.cpu_count(), "usable": _usable_cores()},
        "system": platform.platform(),
        "git": git_commit(Path.cwd()),
    }


@lru_cache(maxsize=1)
def blas() -> tuple[Mapping[str, Any], ...]:
    """Return NumPy's BLAS: name, version, kernel (`SkylakeX`), number of threads.

    Not SciPy's, which computes nothing here and is loaded by some commands only. Where NumPy's
    own cannot be told from others (a BLAS of the system), all that are loaded. Where none can be
    told or limited (Apple's Accelerate), the one that NumPy was built with: kernel and threads
    are None.
    """
    import numpy  # loads the library that is looked for
    import threadpoolctl

    found = [lib for lib in threadpoolctl.threadpool_info() if lib["user_api"] == "blas"]
    own = [lib for lib in found if "numpy" in Path(lib["filepath"]).parent.name]
    if not found:
        facts: Any = numpy.show_config(mode="dicts")
        built = facts.get("Build Dependencies", {}).get("blas", {})
        known = {key: built.get(key, "unknown") for key in ("name", "version")}
        return (known | {"kernel": None, "threads": None},)
    return tuple(
        {
            "name": library["internal_api"],
            "version": library["version"],
            "kernel": library.get("architecture"),
            "threads": library["num_threads"],
        }
        for library in own or found
    )


def blas_warning() -> str:
    """Return what to tell where the threads of BLAS cannot be limited; nothing where they can."""
    free = [library["name"] for library in blas() if library["threads"] is None]
    if not free:
        return ""
    return (
        f"The threads of NumPy's BLAS ({free[0]}) cannot be limited here: results with other "
        f"--threads or --jobs may differ in their last bits"
    )


def git_commit(folder: Path) -> str | None:
    """Return the commit that `folder` is at, `-dirty` behind it when files differ from it.

    None when the folder is in no repository, or git is missing or slow.
    """
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=2, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def _versions() -> dict[str, str]:
    """Return the versions of the packages that compute or write."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = _version(name)
        except PackageNotFoundError:
            continue
    return found


def _version(package: str) -> str:
    """Return a package's version; reading all its metadata, as `version` does, takes far longer."""
    text = distribution(package).read_text("METADATA") or ""
    lines = (line for line in text.split("\n\n")[0].splitlines() if line.startswith("Version: "))
    return next(lines, "").removeprefix("Version: ").strip() or version(package)


def _cpu_model() -> str:
    """Return the processor's name."""
    if sys.platform == "linux":
        try:
            text = Path("/proc/cpuinfo").read_text()
        except OSError:
            text = ""
        for line in text.splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _usable_cores() -> int:
    """Return on how many cores this process may run."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
