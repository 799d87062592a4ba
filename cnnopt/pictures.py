"""When pictures are drawn, and by whom: a run's here in the end, a study's by its workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cnnopt.errors import Diverged
from cnnopt.trials.events import Listener, RunReady

if TYPE_CHECKING:
    from cnnopt.config import Config
    from cnnopt.data.dataset import Dataset
    from cnnopt.training.events import Event
    from cnnopt.trials.events import StudyEvent
    from cnnopt.trials.executor import Workforce


@contextmanager
def drawing(listener: Listener) -> Iterator[Listener]:
    """Listen for the run folder and its data, and draw the run's pictures when it ends.

    A diverged run is drawn as well; an interrupted one is not, it goes on.
    """
    seen: list[tuple[Path, Dataset]] = []

    def listening(event: Event | StudyEvent) -> None:
        if isinstance(event, RunReady) and event.data is not None:
            seen.append((event.folder, event.data))
        listener(event)

    try:
        yield listening
    except Diverged:
        draw_runs(seen)
        raise
    draw_runs(seen)


def draw_study(folder: Path, command: str, config: Config, force: Workforce) -> None:
    """Draw the pictures of a study, side by side where it has workers.

    Args:
        folder: the study's.
        command: the study's.
        config: its base config, which says where the data are.
        force: who draws.
    """
    from cnnopt.plots import STUDY_PICTURES
    from cnnopt.trials.executor import Job

    names = STUDY_PICTURES[command]
    # In one process they share what they read.
    lots = [names] if force.workers == 1 else [(name,) for name in names]
    force.results([Job(lot[0], draw_some, (folder, command, config, lot)) for lot in lots])


def report_comparison(folder: Path, config: Config) -> None:
    """Write `report.md` of a comparison of optimizers, when its pictures are there."""
    from cnnopt.display.report import write_report
    from cnnopt.records import load_run

    write_report(folder, load_run(folder).summary, config.name)


def draw_ranks(folder: Path) -> None:
    """Draw the diagram of ranks of a comparison on several problems, where it has ranks."""
    from cnnopt.plots import draw_problems

    draw_problems(folder)


def draw_range(folder: Path) -> None:
    """Draw the loss of a range test by its rates."""
    from cnnopt.plots import draw_range_test

    draw_range_test(folder)


def draw_some(
    folder: Path,
    command: str,
    config: Config,
    names: tuple[str, ...],
    *,
    stop: Callable[[], bool],  # a picture takes no time worth asking it
) -> None:
    """Draw some pictures of a study: the job of a worker, which has the data in memory."""
    from cnnopt.plots import (
        draw_ablation,
        draw_comparison,
        draw_cv,
        draw_normalization,
        draw_schemes,
        draw_search,
        draw_why,
    )
    from cnnopt.trials.trial import load_data

    with_one = {
        "momentum-why": draw_why,
        "compare-schemes": draw_schemes,
        "normalization": draw_normalization,
    }
    with_some = {"search": draw_search, "ablate": draw_ablation}
    if command in with_one:
        with_one[command](folder)
        return
    if command in with_some:
        with_some[command](folder, names)
        return
    draw = draw_cv if command == "cv" else draw_comparison
    draw(folder, load_data(config), names)


def draw_runs(runs: list[tuple[Path, Dataset]]) -> None:
    """Draw the pictures of runs whose data are at hand."""
    from cnnopt.plots import draw_run

    for folder, data in runs:
        draw_run(folder, data)
