"""Whether two configs can be compared by one metric."""

from __future__ import annotations

from cnnopt.config import Config
from cnnopt.errors import ConfigError, Fault
from cnnopt.metrics import leading


def check_measure(config: Config, other: Config, classes: bool, whose: str) -> str:
    """Return the metric by which both are compared.

    Args:
        config: the first.
        other: the second.
        classes: whether the data have classes.
        whose: how the second is called in messages.

    Raises:
        ConfigError: the second leads with another metric; or both lead with their loss, and these
            are two kinds of loss, whose values cannot be set against each other.
    """
    metric = leading(config.training.metrics, classes)
    if leading(other.training.metrics, classes) != metric:
        rule = f"must begin with {metric} as in {config.name}: it is what is compared"
        raise ConfigError(Fault("training.metrics", rule, "", "Name it first", whose))
    if metric == "loss" and other.loss != config.loss:
        rule = f"must be that of {config.name}: values of two kinds of loss are not comparable"
        remedy = "Give training.metrics, such as [mse], to compare by"
        raise ConfigError(Fault("loss", rule, other.loss.kind, remedy, whose))
    return metric
