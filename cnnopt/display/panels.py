"""What the live display draws of a training and of a study."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from cnnopt.display.lines import headline
from cnnopt.display.progress import StudyProgress, TrainingProgress, part_of
from cnnopt.display.tables import plain_table
from cnnopt.display.words import count, duration, label, left, measure, number
from cnnopt.metrics import higher_is_better
from cnnopt.trials.events import TrialDone

BAR = 30  # cells; with the words on both sides it fits into 80 columns
RECENT = 8  # trials shown below the bar


def bars(*rows: tuple[str, float, float, str]) -> Table:
    """Return progress bars below each other: words, how much is done, of how much, words."""
    grid = Table.grid(Column(no_wrap=True), Column(width=BAR), Column(no_wrap=True), padding=(0, 2))
    for before, done, total, after in rows:
        bar = ProgressBar(total=max(total, 1), completed=done, width=BAR, complete_style="cyan")
        grid.add_row(before, bar, after)
    return grid


def training_panel(progress: TrainingProgress) -> RenderableType:
    """Return epoch and batch progress, metrics, the best so far, and the gap."""
    started = progress.started
    if started is None:
        return Text("")
    done, of = progress.batch
    share = 100 * progress.step // max(1, started.steps)
    batch_loss = f"batch loss {number(progress.batch_loss)}" if progress.step else ""
    epoch = f"epoch {progress.epoch} of {started.epochs}"
    progress_bars = bars(
        (epoch, progress.step, started.steps, f"{share} %  {left(progress.seconds_left)}"),
        (f"batch {done} of {of}", done, of, batch_loss),
    )
    return Group(progress_bars, *_metrics(progress))


def _metrics(progress: TrainingProgress) -> list[RenderableType]:
    """Return the table of the newest row, the best row and the gap; nothing before the first."""
    if not progress.row:
        return []
    train, validation = part_of(progress.row, "train"), part_of(progress.row, "validation")
    best = part_of(progress.best, "validation") or part_of(progress.best, "train")
    heads = ["training", *(["validation"] if validation else [])]
    if progress.best:
        heads.append(f"best: epoch {int(progress.best['epoch'])}")
    table = plain_table(f"after epoch {int(progress.row['epoch'])}", *heads)
    for metric, value in train.items():
        values = [value, *([validation.get(metric)] if validation else [])]
        if progress.best:
            values.append(best.get(metric))
        table.add_row(label(metric), *(measure(metric, one) for one in values))
    gap = progress.gap
    return [table, *([Text(f"generalization gap  {gap}")] if gap else [])]


def study_panel(progress: StudyProgress) -> RenderableType:
    """Return the progress of a study, the trials under way and the newest results."""
    started = progress.started
    if started is None:
        return Text("")
    bar = bars(
        (
            f"{progress.finished} of {count(started.trials, 'trial')}",
            progress.finished,
            started.trials,
            left(progress.seconds_left),
        )
    )
    parts: list[RenderableType] = [bar]
    if progress.running:
        names = ", ".join(progress.running[index] for index in sorted(progress.running))
        parts.append(Text(f"running: {names}", no_wrap=True, overflow="ellipsis"))
    groups = {trial.group for trial in progress.done}
    if groups - {""}:
        parts.append(_groups(progress.done))
    if progress.done and len(groups) == 1:
        parts.append(_trials(progress.done[-RECENT:], older=len(progress.done) - RECENT))
    return Group(*parts)


def _groups(done: list[TrialDone]) -> Table:
    """Return, for each optimizer or arm, how many trials are done and the best one so far."""
    metric = next(
        (str(trial.result["selection"]["metric"]) for trial in done if "selection" in trial.result),
        "loss",
    )
    table = plain_table("", "done", f"best {label(metric)}", "by", "diverged")
    for group in dict.fromkeys(trial.group for trial in done):
        mine = [trial for trial in done if trial.group == group]
        values = {
            trial.label: float(trial.result["selection"]["value"])
            for trial in mine
            if trial.status == "completed"
        }
        pick = max if higher_is_better(metric) else min
        best = pick(values, key=values.__getitem__) if values else ""
        lost = sum(trial.status == "diverged" for trial in mine)
        table.add_row(
            group,
            str(len(mine)),
            measure(metric, values.get(best)),
            best.removeprefix(group).lstrip(", "),
            str(lost or ""),
        )
    return table


def _trials(done: list[TrialDone], older: int) -> Table:
    """Return the newest trials as a table, headed by what their metrics are."""
    parts = ("validation", "test")
    found = {part: [headline(part_of(trial.result, part)) for trial in done] for part in parts}
    shown = [part for part in parts if any(_known(metrics) for metrics in found[part])]
    metric = next((name for part in shown for m in found[part] for name in m), "")
    heads = [f"{part} {label(metric)}" for part in shown]
    table = plain_table("trial" if older <= 0 else f"trial ({older} more above)", *heads, "time")
    for place, trial in enumerate(done):
        cells = [
            measure(name, value)
            for part in shown
            for name, value in (found[part][place] or {metric: None}).items()
        ]
        if trial.status != "completed":
            cells = [trial.status, *[""] * (len(shown) - 1)] if shown else []
        style = "" if trial.status == "completed" else "yellow"
        table.add_row(trial.label, *cells, duration(trial.seconds), style=style)
    return table


def _known(metrics: dict[str, float | None]) -> bool:
    return any(value is not None for value in metrics.values())
