"""Markdown tables of what the benchmarks have written as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.machine import DISTURBED

Document = Mapping[str, Any]


ALLOCATORS = {
    "system": "Both sides as they are installed",
    "kept": "Freed memory kept by glibc, on both sides",
}


def throughput(runs: Sequence[Document]) -> str:
    """Return tables with the ratios of every run, for each allocator and number of threads.

    Raises:
        ValueError: runs with the same allocator cannot stand in one table.
    """
    return "\n\n".join(_alike(alike) for alike in by_allocator(runs))


def by_allocator(runs: Sequence[Document]) -> list[list[Document]]:
    """Return the runs with the system's allocator, then those that keep memory; none if empty."""
    found = ([run for run in runs if run["allocator"] == name] for name in ALLOCATORS)
    return [alike for alike in found if alike]


def _alike(runs: Sequence[Document]) -> str:
    for name in ("processor", "threads", "quick", "torch", "numpy"):
        if len({str(run[name]) for run in runs}) > 1:
            raise ValueError(f"the runs differ in '{name}': {[run[name] for run in runs]}")
    told = ALLOCATORS[runs[0]["allocator"]]
    shown = [
        f"{told}, on {counted(threads, 'thread')}:\n\n{_race(runs, threads)}"
        for threads in runs[0]["threads"]
    ]
    return "\n\n".join([*shown, _circumstances(runs)])


def over_runs(runs: Sequence[Document], threads: int) -> list[list[Document]]:
    """Return, for each workload of the first run, its results in all runs.

    Raises:
        ValueError: a run lacks one.
    """
    found = [
        {one["name"]: one for one in run["workloads"] if one["threads"] == threads} for run in runs
    ]
    if any(one.keys() != found[0].keys() for one in found):
        raise ValueError("the runs differ in their workloads")
    return [[one[name] for one in found] for name in found[0]]


def middle(results: Sequence[Document], name: str) -> float:
    """Return the median over the runs of one figure of a workload."""
    return float(median(result[name] for result in results))


def _race(runs: Sequence[Document], threads: int) -> str:
    numbered = [f"run {i + 1}" for i in range(len(runs))] if len(runs) > 1 else []
    head = ["workload", "cnnopt, ms", "PyTorch, ms", "its best variant", "limit, ms"]
    head += [f"ratio, {run}" for run in numbered] or ["ratio"]
    head += ["quartiles", "share of peak", "cnnopt, MB", "PyTorch, MB", "losses", "PyTorch itself"]
    rows = [_row(results) for results in over_runs(runs, threads)]
    means = [f"**{run['geometric_means'][str(threads)]:.2f}**" for run in runs]
    rows.append(["**geometric mean**", "", "", "", "", *means, *[""] * 6])
    return table(head, rows, left=(0, 3))


def _row(results: Sequence[Document]) -> list[str]:
    low, high = (median(result["ratio_quartiles"][i] for result in results) for i in (0, 1))
    variants = Counter(result["torch_variant"] for result in results)
    disturbed = any(result["others"] > DISTURBED for result in results)
    return [
        results[0]["name"] + (" †" if disturbed else ""),
        digits(middle(results, "cnnopt_ms")),
        digits(middle(results, "torch_ms")),
        variants.most_common(1)[0][0].replace("_", " "),
        digits(middle(results, "limit_ms")),
        *(f"{result['ratio']:.2f}" for result in results),
        f"{low:.2f} to {high:.2f}",
        f"{middle(results, 'peak_share'):.0%}",
        f"{middle(results, 'cnnopt_mb'):.0f}",
        f"{middle(results, 'torch_mb'):.0f}",
        *(
            power(max(result[name] for result in results))
            for name in ("loss_difference", "torch_difference")
        ),
    ]


def _circumstances(runs: Sequence[Document]) -> str:
    first = runs[0]
    peaks = ", ".join(
        f"{median(run['sgemm_peak'][threads] for run in runs):.0f} on {threads}"
        for threads in first["sgemm_peak"]
    )
    kind = "--quick" if first["quick"] else "the full number of rounds"
    others = max(one["others"] for run in runs for one in run["workloads"])
    dates = sorted({run["date"][:10] for run in runs})
    return (
        f"{machine(first)}; NumPy {first['numpy']} with {first['blas']}; PyTorch {first['torch']}. "
        f"sgemm peak in GFLOP/s, by threads: {peaks}. {counted(len(runs), 'run')} with {kind}, "
        f"{' and '.join(dates)}. Times, share and memory are medians of the "
        "runs; losses are the largest relative differences in the check. Other processes used "
        f"{others:.0%} of the machine at most during a race"
        f"{f', more than {DISTURBED:.0%} in those marked †' if others > DISTURBED else ''}."
    )


def startup(found: Document) -> str:
    """Return the table of `benchmarks.startup`."""
    shown, first = found["help"], found["first_step"]
    low, high = shown["ratio_quartiles"]
    early, late = first["quartiles"]
    rows = [
        ["`cnnopt --help`", f"{shown['cnnopt_s']:.3f}", ""],
        ["a bare typer application, `--help`", f"{shown['bare_s']:.3f}", ""],
        ["ratio", f"{shown['ratio']:.2f}", f"{low:.2f} to {high:.2f}"],
        [
            f"process start to the first finished step of `{first['config']}`",
            f"{first['seconds']:.3f}",
            f"{early:.3f} to {late:.3f}",
        ],
    ]
    return (
        table(["what", "seconds", "quartiles"], rows)
        + f"\n\n{machine(found)}; medians of {shown['rounds']} runs, {found['date'][:10]}."
    )


def studies(found: Document) -> str:
    """Return the table of `benchmarks.studies`."""
    low, high = found["ratio_quartiles"]
    rows = [
        ["`--jobs 1`", f"{found['one_s']:.2f}", ""],
        [f"`--jobs {found['jobs']}`", f"{found['many_s']:.2f}", ""],
        ["ratio", f"{found['ratio']:.2f}", f"{low:.2f} to {high:.2f}"],
    ]
    return (
        table([f"{found['folds']}-fold cv of the digits", "seconds", "quartiles"], rows)
        + f"\n\n{machine(found)}; medians of {found['rounds']} studies of each kind with identical "
        f"results, {found['date'][:10]}."
    )


def augmentation(found: Document) -> str:
    """Return the table of `benchmarks.augmentation`."""
    low, high = found["share_quartiles"]
    rows = [
        [f"a step of `{found['workload']}`", digits(found["step_ms"]), ""],
        [f"`augment` with `{found['transforms']}`", digits(found["augment_ms"]), ""],
        ["share of a step", f"{found['share']:.1%}", f"{low:.1%} to {high:.1%}"],
    ]
    return (
        table(["one thread", "ms", "quartiles"], rows)
        + f"\n\n{machine(found)}; medians of {found['rounds']} turns of each; others used "
        f"{found['others']:.0%} of the machine, {found['date'][:10]}."
    )


def kernels(found: Document) -> str:
    """Return the table of `benchmarks.kernels`."""
    rows = list(_kernel_rows(found["cases"]))
    return (
        table(
            ["kernel", "problem", "version", "ms", "times as fast", "error"], rows, left=(0, 1, 2)
        )
        + f"\n\n{machine(found)}; one thread, {found['date'][:10]}."
    )


def _kernel_rows(cases: Sequence[Document]) -> Iterator[list[str]]:
    last = ""
    for case in cases:
        for number, version in enumerate(case["versions"]):
            named = case["kernel"] if case["kernel"] != last else ""
            last = case["kernel"]
            yield [
                named,
                "" if number else case["problem"],
                version["name"],
                digits(version["ms"]),
                f"{version['speedup']:.2f}" if number else "",
                power(version["error"]) if number else "",
            ]


def counted(number: int, what: str) -> str:
    """Return such as `1 run`, `3 runs`."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def machine(found: Document) -> str:
    """Return processor, cores, system and Python in words."""
    return (
        f"{found['processor']}, {counted(found['cores'], 'core')}, {found['system']}, "
        f"Python {found['python']}"
    )


def power(value: float) -> str:
    """Return a number with one digit that counts, as a power of ten."""
    return f"{value:.0e}" if value else "0"


def digits(value: float) -> str:
    """Return a number with three digits that count, without an exponent."""
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> str:
    """Return a Markdown table; columns other than `left` are set to the right."""
    rule = [":--" if i in left else "--:" for i in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))
