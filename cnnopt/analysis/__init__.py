"""What can be said of a config before it is trained: its costs, and whether its gradients hold."""

from typing import TYPE_CHECKING

from cnnopt.lazy import lazy_names

if TYPE_CHECKING:
    from cnnopt.analysis.describe import Description as Description
    from cnnopt.analysis.describe import describe_config as describe_config
    from cnnopt.analysis.gradcheck import GradCheck as GradCheck
    from cnnopt.analysis.gradcheck import check_config as check_config
else:
    __getattr__ = lazy_names(
        __name__,
        {
            "describe": ("Description", "describe_config"),
            "gradcheck": ("GradCheck", "check_config"),
        },
    )

__all__ = [
    "Description",
    "GradCheck",
    "check_config",
    "describe_config",
]
