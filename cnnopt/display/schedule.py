"""A schedule described: the learning rate as a chart of 80 columns, and its ends in figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnnopt.display.chart import chart
from cnnopt.display.tables import plain_table
from cnnopt.display.words import count, short

if TYPE_CHECKING:
    from cnnopt.analysis.schedule import ScheduleDescription


WIDTH, NARROWEST = 76, 30


def show_schedule(console: Console, description: ScheduleDescription) -> None:
    """Print which schedule it is, the learning rate over the epochs, its start, peak and end.

    Args:
        console: where to.
        description: of a schedule.
    """
    console.print(Text(headline(description)))
    console.print()
    console.print(Text("Learning rate", style="bold"))
    rates = [moment.learning_rate for moment in description.moments]
    for line in chart(
        rates, description.epochs, "epoch", max(min(WIDTH, console.width), NARROWEST)
    ):
        console.print(Text(line, no_wrap=True))
    console.print()
    console.print(_ends(description))
    if text := validation_sentence(description):
        console.print()
        console.print(Text(text))


def headline(description: ScheduleDescription) -> str:
    """Return which schedule it is, over how many steps."""
    warmup = description.warmup
    after = f" after a warm-up of {_epochs(warmup)}" if warmup else ""
    return (
        f"{description.name}: {description.schedule}{after}; "
        f"{count(description.steps, 'step')}, {_epochs(description.epochs)} of "
        f"{count(description.steps_per_epoch, 'step')}"
    )


def validation_sentence(description: ScheduleDescription) -> str:
    """Return how validation lowers the rate; empty where it does not."""
    rule = description.plateau
    if rule is None:
        return ""
    rows = count(rule["patience"], "row")
    gain = f" of more than {short(rule['min_change'])}" if rule["min_change"] else ""
    floor = rule["min_rate"] * description.peak.learning_rate
    lowest = f", down to {short(floor)}" if floor else ""
    pause = (
        f"; after a fall, {count(rule['cooldown'], 'row')} of cooldown come first"
        if rule["cooldown"]
        else ""
    )
    return (
        f"The rate depends on validation. Drawn is what it is as long as the selected value gets "
        f"better: after {rows} of metrics without a gain{gain} it is multiplied by "
        f"{short(rule['factor'])}{lowest}{pause}."
    )


def _ends(description: ScheduleDescription) -> Table:
    table = plain_table("", "learning rate", "step", "epoch")
    for name, moment in (
        ("start", description.start),
        ("peak", description.peak),
        ("end", description.end),
    ):
        # An epoch is the pass that the step is in, from 1, as in the rows of metrics.
        epoch = 1 + (moment.step - 1) // description.steps_per_epoch
        table.add_row(name, short(moment.learning_rate), f"{moment.step:,}", f"{epoch:,}")
    return table


def _epochs(epochs: float) -> str:
    return "1 epoch" if epochs == 1 else f"{epochs:,.4g} epochs"
