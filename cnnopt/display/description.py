"""A config described, as tables and sentences of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cnnopt.display.tables import plain_table, titled
from cnnopt.display.ways import cut_sentence, ways
from cnnopt.display.words import count, duration, short

if TYPE_CHECKING:
    from cnnopt.analysis import Description
    from cnnopt.arrays import Shape

AXES = {2: ("height", "width"), 3: ("depth", "height", "width")}


def show_description(console: Console, description: Description) -> None:
    """Print shapes, costs, what parameter sharing saves, memory and time.

    Args:
        console: where to.
        description: of a config.
    """
    rows = ", ".join(f"{name} {number:,}" for name, number in description.rows.items())
    form = shape(description.input_shape)
    console.print(Text(f"{description.name} on {description.dataset}: inputs of {form}; {rows}"))
    console.print()
    title = "Shapes, and what one output sees of the input: its receptive field"
    titled(console, title, _shapes(description))
    console.print()
    titled(console, "Costs of one example, forward and back", _costs(description))
    console.print()
    titled(console, "How each layer runs, and why", ways(description.layers))
    console.print()
    console.print(Text(cut_sentence(description.cut)))
    console.print()
    for sentence in sentences(description):
        console.print(Text(sentence))
    console.print()
    title = f"Memory to train in batches of {description.batch_size}"
    titled(console, title, _memory(description))
    console.print()
    console.print(Text(time_sentence(description)))


def _shapes(description: Description) -> Table:
    table = plain_table("layer", "output", "sees", "how", texts=4)
    table.add_row("", shape(description.input_shape), "", "the input")
    for layer in description.layers:
        field = layer.receptive_field
        sees = "all" if field is None else shape(field)
        how = "\n".join(how_of(layer.formulas))
        table.add_row(layer.name, shape(layer.output), sees, how)
        for inner in layer.inside:
            how = "\n".join(how_of(inner.formulas))
            table.add_row(f"  {inner.name}", shape(inner.output), "", how)
    return table


def _costs(description: Description) -> Table:
    table = plain_table("layer", "parameters", "multiply-adds", "activations", "buffers", "state")
    for layer in description.layers:
        table.add_row(
            layer.name,
            f"{layer.parameters:,}",
            f"{layer.multiply_adds:,}",
            size(layer.activation_bytes),
            size(layer.buffer_bytes),
            size(layer.optimizer_bytes),
        )
    table.add_row(
        "total",
        f"{description.total('parameters'):,}",
        f"{description.total('multiply_adds'):,}",
        size(description.total("activation_bytes")),
        size(description.total("buffer_bytes")),
        size(description.total("optimizer_bytes")),
        style="bold",
    )
    return table


def _memory(description: Description) -> Table:
    memory = description.memory
    table = plain_table("", "")
    table.show_header = False
    table.add_row("weights, and the best ones", size(memory.weights))
    table.add_row("gradient", size(memory.gradient))
    table.add_row(f"state of {description.optimizer}", size(memory.optimizer))
    table.add_row("buffers of a step", size(memory.plan))
    table.add_row("buffers of measuring", size(memory.evaluation))
    table.add_row("data, as read and scaled", size(memory.data))
    table.add_row("total, besides Python and its libraries", size(memory.total), style="bold")
    return table


def sentences(description: Description) -> list[str]:
    """Return what is to be said of optimizer state, running statistics and shared weights."""
    parameters = description.total("parameters")
    slots = description.slots
    state = f"{description.optimizer} keeps no number besides a parameter"
    if slots:
        state = (
            f"{description.optimizer} keeps {count(len(slots), 'number')} for each parameter "
            f"({', '.join(slots)}): {4 * len(slots)} bytes a parameter, "
            f"{size(4 * len(slots) * parameters)}"
        )
    found = [f"Optimizer: {state}."]
    if statistics := description.total("statistics"):
        found.append(f"Statistics: {statistics:,} running means and variances, which do not learn.")
    if (twin := description.dense_twin) is not None:
        work = description.total("multiply_adds")
        found.append(
            f"Parameter sharing: with dense layers for its "
            f"{count(twin.convolutions, 'convolution')} the network would have "
            f"{twin.parameters:,} parameters, {short(twin.parameters / parameters)} times as many, "
            f"and {twin.multiply_adds:,} multiply-adds, {short(twin.multiply_adds / work)} times."
        )
    return found


def time_sentence(description: Description) -> str:
    """Return what the timed steps say."""
    time = description.time
    if time is None:
        return "Time: the first steps diverge already. Try a smaller learning rate."
    steps = count(description.steps_per_epoch, "step")
    return (
        f"Time: about {duration(time.epoch)} an epoch of {steps} at {1000 * time.step:.3g} ms, "
        f"{duration(time.training)} in all, with {count(time.threads, 'thread')}."
    )


def how_of(formulas: Sequence[str]) -> list[str]:
    """Return formulas once where all axes have the same, else each with its axis."""
    if len(set(formulas)) <= 1:
        return list(formulas[:1])
    return [
        f"{axis}: {formula}" for axis, formula in zip(AXES[len(formulas)], formulas, strict=True)
    ]


def shape(extents: Shape) -> str:
    """Return `8 x 8 x 16`; `1` for a single number."""
    return " x ".join(map(str, extents)) or "1"


def size(number: int) -> str:
    """Return a number of bytes with three digits: `96 B`, `4.10 kB`, `7.33 MB`."""
    if number < 1000:
        return f"{number} B" if number else "0"
    value, unit = float(number), ""
    for unit in ("kB", "MB", "GB", "TB"):  # noqa: B007  # the last one is looked at
        value /= 1000
        if value < 999.5:
            break
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {unit}"
