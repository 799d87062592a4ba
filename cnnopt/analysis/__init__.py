"""What can be said without training: of a config its costs, whether its gradients hold and whether
its parts leak; of optimizers their paths over functions of two weights."""

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.analysis.audit import Audit as Audit
    from cnnopt.analysis.audit import audit_config as audit_config
    from cnnopt.analysis.describe import Description as Description
    from cnnopt.analysis.describe import describe_config as describe_config
    from cnnopt.analysis.examples import Examples as Examples
    from cnnopt.analysis.examples import examples_of as examples_of
    from cnnopt.analysis.gradcheck import GradCheck as GradCheck
    from cnnopt.analysis.gradcheck import check_config as check_config
    from cnnopt.analysis.lesson import check_topic as check_topic
    from cnnopt.analysis.lesson import explain_optimizers as explain_optimizers
    from cnnopt.analysis.lesson import options_of as options_of
    from cnnopt.analysis.schedule import ScheduleDescription as ScheduleDescription
    from cnnopt.analysis.schedule import describe_schedule as describe_schedule
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "audit": ("Audit", "audit_config"),
            "describe": ("Description", "describe_config"),
            "examples": ("Examples", "examples_of"),
            "gradcheck": ("GradCheck", "check_config"),
            "schedule": ("ScheduleDescription", "describe_schedule"),
            "lesson": ("check_topic", "explain_optimizers", "options_of"),
        },
    )

__all__ = [
    "Audit",
    "Description",
    "Examples",
    "GradCheck",
    "ScheduleDescription",
    "audit_config",
    "check_config",
    "check_topic",
    "describe_config",
    "describe_schedule",
    "examples_of",
    "explain_optimizers",
    "options_of",
]
