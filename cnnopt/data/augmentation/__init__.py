"""Augmentation: whole batches of training examples, changed at random in place."""

from cnnopt.data.augmentation.augment import Augment, Change, Entry
from cnnopt.data.augmentation.crop import Crop
from cnnopt.data.augmentation.elastic import Elastic
from cnnopt.data.augmentation.moving import Flip, Moving, Rotate, Shear, Shift, Zoom
from cnnopt.data.augmentation.time_warp import TimeWarp
from cnnopt.data.augmentation.values import Brightness, Contrast, Jitter, Scale

__all__ = [
    "Augment",
    "Brightness",
    "Change",
    "Contrast",
    "Crop",
    "Elastic",
    "Entry",
    "Flip",
    "Jitter",
    "Moving",
    "Rotate",
    "Scale",
    "Shear",
    "Shift",
    "TimeWarp",
    "Zoom",
]
