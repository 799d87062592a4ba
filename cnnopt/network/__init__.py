"""The planned network: chunks, shards and stages of a batch over one flat vector."""

from cnnopt.network.crew import Crew
from cnnopt.network.inference import InferencePlan
from cnnopt.network.layout import Layout
from cnnopt.network.network import Network
from cnnopt.network.plan import TrainingPlan

__all__ = ["Crew", "InferencePlan", "Layout", "Network", "TrainingPlan"]
