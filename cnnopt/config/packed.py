"""Configs that come with the program: the built-in one, and the one to start from."""

from __future__ import annotations

from pathlib import Path

BUILT_IN = Path(__file__).with_name("digits.yaml")
"""What a command uses where no config is given; the same text as `configs/digits.yaml`."""


def starter_config() -> str:
    """Return the text that `cnnopt init` writes: the built-in config, explained."""
    return _STARTER


_STARTER = """\
# A config of cnnopt. `cnnopt train` in this folder uses it; `cnnopt schema` lists what may stand
# here; any value can be changed for one run: cnnopt train --set optimizer.adam.learning_rate=3e-4
name: my-digits
seed: 0                     # initial weights, order of examples, dropout masks

dataset:
  name: digits              # or mnist, fashion-mnist, npz, images, csv, ...
  test: 0.2                 # a share, a count, or official
  validation: 0.1           # watched while training; the test part is used once, at the end
  split_seed: 0             # which rows go where; does not move with seed
  scale: standard           # mean 0, variance 1 per channel; or unit, none

variables: {width: 16}      # $width below; change it by --set variables.width=32

model:
  - conv2d: {filters: $width, kernel: 3, padding: same}
  - relu
  - max_pool2d: 2
  - conv2d: {filters: $width*2, kernel: 3, padding: same}
  - relu
  - max_pool2d: 2
  - flatten
  - dropout: 0.3
  - dense: classes          # as many units as the data has classes

loss: cross_entropy         # for regression: squared_error
optimizer: {adam: {learning_rate: 1e-3}}      # or sgd, momentum
schedule: {cosine: {warmup: 1}}               # or constant, step, exponential, polynomial,
                            # cosine_restarts, one_cycle, plateau: cnnopt describe --schedule
regularizers:
  - l2: 1e-4
  - early_stopping: 8       # epochs without a better validation loss

training:
  epochs: 20                # or steps
  batch_size: 32            # 1 = stochastic, full = batch gradient descent
  shuffle: epoch            # or once, never, step
  select: best              # weights with the lowest validation loss; or last, {best: accuracy}

cv: {folds: 5}              # for cnnopt cv
"""
