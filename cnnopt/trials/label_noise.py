"""Wrong labels in the training part, and the sentence that says how many."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cnnopt.data.dataset import Dataset, Part
from cnnopt.regularizers import LabelNoise


def with_label_noise(
    train: Part, noise: LabelNoise, data: Dataset, split_seed: int
) -> tuple[Part, str]:
    """Return the training part with its noise, and a note on it.

    From here on these are its labels: what is trained on, class weights, and the metrics of the
    training part. Validation and test are as the data have them.
    """
    classes = len(data.classes)
    y = noise.applied(train.y, train.rows, data.rows, classes, split_seed)
    if classes:
        changed = int(np.count_nonzero(y != train.y))
        what = f"{changed:,} of {len(y):,} training labels are wrong"
    else:
        what = f"noise of sd {noise.sd:g} was added to the {len(y):,} training targets"
    return replace(train, y=y), f"label_noise: {what}; validation and test are untouched"
