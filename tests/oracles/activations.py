"""Activations and normalizations as their papers write them; also for complex numbers."""

import math

import numpy as np
from scipy import special


def rectify(x: np.ndarray, below: np.ndarray) -> np.ndarray:
    """Return x where it is positive, else `below`."""
    return np.where(x.real > 0, x, below)


def leaky_relu(x: np.ndarray, slope: float) -> np.ndarray:
    return rectify(x, slope * x)


def elu(x: np.ndarray, alpha: float) -> np.ndarray:
    return rectify(x, alpha * (np.exp(x) - 1))


def sigmoid(x: np.ndarray) -> np.ndarray:
    return (1 + np.tanh(x / 2)) / 2


def silu(x: np.ndarray) -> np.ndarray:
    return x * sigmoid(x)


def gelu(x: np.ndarray) -> np.ndarray:
    return x * (1 + special.erf(x / math.sqrt(2))) / 2


def gelu_by_tanh(x: np.ndarray) -> np.ndarray:
    return x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def softmax(x: np.ndarray) -> np.ndarray:
    shares = np.exp(x)
    return shares / np.sum(shares, axis=-1, keepdims=True)


def standardized(x: np.ndarray, epsilon: float) -> np.ndarray:
    """Return the numbers of one set with their mean off and divided by the root."""
    mean = np.sum(x) / x.size
    variance = np.sum((x - mean) ** 2) / x.size
    return (x - mean) / np.sqrt(variance + epsilon)


def group_norm(
    x: np.ndarray, scale: np.ndarray, shift: np.ndarray, groups: int, epsilon: float
) -> np.ndarray:
    """Standardize example by example and group by group."""
    size = x.shape[-1] // groups
    y = np.empty(x.shape, complex)
    for example in range(len(x)):
        for first in range(0, x.shape[-1], size):
            at = (example, ..., slice(first, first + size))
            y[at] = standardized(x[at], epsilon)
    return plain(y * scale + shift, x, scale, shift)


def layer_norm(
    x: np.ndarray, scale: np.ndarray, shift: np.ndarray, axes: int, epsilon: float
) -> np.ndarray:
    """Standardize each set of numbers that the last `axes` axes hold."""
    y = np.empty(x.shape, complex)
    for place in np.ndindex(*x.shape[: x.ndim - axes]):
        y[place] = standardized(x[place], epsilon)
    return plain(y * scale + shift, x, scale, shift)


def plain(y: np.ndarray, *arguments: np.ndarray) -> np.ndarray:
    """Return `y` as real numbers where no argument is complex."""
    return y if any(map(np.iscomplexobj, arguments)) else y.real
