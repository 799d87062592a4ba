"""Regularizers: what keeps a network from learning its training examples by heart."""

from cnnopt.regularizers.average import Average, AverageWeights
from cnnopt.regularizers.batch import Batch, BatchTransform
from cnnopt.regularizers.cutmix import CutMix
from cnnopt.regularizers.cutout import Cutout
from cnnopt.regularizers.early_stopping import EarlyStopping, Patience
from cnnopt.regularizers.elastic_net import ElasticNet
from cnnopt.regularizers.gradient_noise import GradientNoise
from cnnopt.regularizers.input_noise import InputNoise
from cnnopt.regularizers.l1 import L1
from cnnopt.regularizers.l2 import L2
from cnnopt.regularizers.label_noise import LabelNoise
from cnnopt.regularizers.label_smoothing import LabelSmoothing
from cnnopt.regularizers.max_norm import MaxNorm
from cnnopt.regularizers.mixing import Mixing, Way
from cnnopt.regularizers.mixup import Mixup
from cnnopt.regularizers.penalty import Penalized, Penalty
from cnnopt.regularizers.sam import Sam
from cnnopt.regularizers.tensor import Tensor
from cnnopt.regularizers.weight_noise import WeightNoise

__all__ = [
    "L1",
    "L2",
    "Average",
    "AverageWeights",
    "Batch",
    "BatchTransform",
    "CutMix",
    "Cutout",
    "EarlyStopping",
    "ElasticNet",
    "GradientNoise",
    "InputNoise",
    "LabelNoise",
    "LabelSmoothing",
    "MaxNorm",
    "Mixing",
    "Mixup",
    "Patience",
    "Penalized",
    "Penalty",
    "Sam",
    "Tensor",
    "Way",
    "WeightNoise",
]
