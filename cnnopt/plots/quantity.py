"""What stands on an axis: a loss or a metric with its unit, and the scale that shows it best."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cnnopt.metrics import higher_is_better

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LOSSES = {
    "cross_entropy": "cross entropy (nats)",
    "binary_cross_entropy": "binary cross entropy (nats)",
    "squared_error": "squared error (target unit²)",
    "absolute_error": "absolute error (target unit)",
    "huber": "Huber (target unit²)",
}
_METRICS = {
    "accuracy": ("accuracy", "accuracy (%)"),
    "balanced_accuracy": ("balanced accuracy", "balanced accuracy (%)"),
    "precision": ("precision", "precision (mean over classes)"),
    "recall": ("recall", "recall (mean over classes)"),
    "f1": ("F1", "F1 (mean over classes)"),
    "auc": ("AUC", "area under the ROC curve"),
    "top_3": ("top-3 accuracy", "top-3 accuracy (%)"),
    "top_5": ("top-5 accuracy", "top-5 accuracy (%)"),
    "log_loss": ("log loss", "log loss (nats)"),
    "mse": ("mean squared error", "mean squared error (target unit²)"),
    "mae": ("mean absolute error", "mean absolute error (target unit)"),
    "r2": ("R²", "R² (1 = perfect, 0 = the mean)"),
}
_PERCENT = frozenset({"accuracy", "balanced_accuracy", "top_3", "top_5"})
_LOG_FROM = 30.0  # largest over smallest value from which a linear axis would hide the small ones


@dataclass(frozen=True)
class Quantity:
    """A loss or a metric on an axis.

    Attributes:
        name: `loss`, `accuracy`, `mae`, `r2`: the end of its columns' names.
        title: in words.
        label: with its unit.
        factor: what a column's values are multiplied by.
        higher_is_better: which way is better.
    """

    name: str
    title: str
    label: str
    factor: float
    higher_is_better: bool

    @property
    def is_share(self) -> bool:
        """Whether it lies between 0 and 1 and is shown in percent."""
        return self.name in _PERCENT

    def shown(self, value: float) -> str:
        """Return a value with its unit, three significant digits: `98.3 %`, `0.0871`, `1,159`."""
        if self.name in _PERCENT:
            return f"{self.factor * value:.1f} %"
        if 1e3 <= abs(self.factor * value) < 1e6:
            return f"{self.factor * value:,.0f}"
        return f"{self.factor * value:.3g}"


def quantity(name: str, config: Mapping[str, Any]) -> Quantity:
    """Return how a run of this config shows `loss`, `accuracy`, `mae` or `r2`."""
    if name == "loss":
        kind = config.get("loss", "")
        kind = kind if isinstance(kind, str) else next(iter(kind), "")
        return Quantity(name, "loss", f"loss: {_LOSSES.get(kind, kind)}", 1.0, False)
    title, label = _METRICS.get(name, (name, name))
    factor = 100.0 if name in _PERCENT else 1.0
    return Quantity(name, title, label, factor, higher_is_better(name))


def quantities(columns: Iterable[str], config: Mapping[str, Any]) -> list[Quantity]:
    """Return what the columns `train_loss`, `train_accuracy`, ... measure: the loss comes first."""
    names = [column.removeprefix("train_") for column in columns if column.startswith("train_")]
    return [quantity(name, config) for name in names if name != "seconds"]


def fit_scale(axes: Axes, *values: NDArray[np.floating[Any]]) -> None:
    """Make the y axis logarithmic where the values span more than about one and a half decades."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    numbers = np.concatenate([np.ravel(array) for array in values] or [np.empty(0)])
    numbers = numbers[np.isfinite(numbers)]
    if len(numbers) and numbers.min() > 0 and numbers.max() / numbers.min() > _LOG_FROM:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylabel(f"{axes.get_ylabel()}, log scale")
