"""A schedule against a budget in steps, judged where the data say how many make an epoch."""

from __future__ import annotations

from cnnopt.config import Config
from cnnopt.config.schedule_rules import breaches_of_budget
from cnnopt.errors import ConfigError, Fault
from cnnopt.training.batches import Batches


def check_schedule(config: Config, examples: int) -> None:
    """Refuse epochs of the schedule that `training.steps` does not come to.

    Budgets in epochs were judged when the config was read.

    Args:
        config: the settings.
        examples: of the training part.

    Raises:
        ConfigError: a warm-up, a fall or a period is beyond the last step.
    """
    training, schedule = config.training, config.schedule
    if training.steps is None:
        return
    size = examples if training.batch_size == "full" else training.batch_size
    per_pass = Batches(examples, size, training.shuffle, config.seed).per_pass
    epochs = training.steps / per_pass
    budget = f"the {epochs:.3g} epochs of training.steps ({training.steps})"
    faults = []
    for breach in breaches_of_budget(schedule, epochs, budget):
        value = getattr(schedule, breach.path.rpartition(".")[2])
        shown = f"{value:g}" if isinstance(value, float) else ""
        faults.append(Fault(breach.path, breach.rule, shown, breach.remedy))
    if faults:
        raise ConfigError(*faults)
