"""What can be said of a config before it is trained: its costs, and whether its gradients hold."""

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.analysis.describe import Description as Description
    from cnnopt.analysis.describe import describe_config as describe_config
    from cnnopt.analysis.gradcheck import GradCheck as GradCheck
    from cnnopt.analysis.gradcheck import check_config as check_config
    from cnnopt.analysis.schedule import ScheduleDescription as ScheduleDescription
    from cnnopt.analysis.schedule import describe_schedule as describe_schedule
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "describe": ("Description", "describe_config"),
            "gradcheck": ("GradCheck", "check_config"),
            "schedule": ("ScheduleDescription", "describe_schedule"),
        },
    )

__all__ = [
    "Description",
    "GradCheck",
    "ScheduleDescription",
    "check_config",
    "describe_config",
    "describe_schedule",
]
