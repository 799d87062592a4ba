"""Gradients without a backward pass, to the last digit: the derivative of f at x is Im f(x + ih)/h.

Source: Squire & Trapp 1998. Functions must be analytic: no abs, no conj; what is compared is the
real part.
"""

from collections.abc import Callable

import numpy as np

WIDTH = 1e-30


def gradients(
    function: Callable[..., np.ndarray], arguments: tuple[np.ndarray, ...], dy: np.ndarray
) -> tuple[np.ndarray, ...]:
    """Return the gradient of Σ dy·function(*arguments) by each number of each argument."""
    found = []
    for number, argument in enumerate(arguments):
        gradient = np.empty(argument.shape)
        for place in np.ndindex(*argument.shape):
            moved = argument.astype(complex)
            moved[place] += 1j * WIDTH
            y = function(*arguments[:number], moved, *arguments[number + 1 :])
            gradient[place] = float(np.sum(dy * y.imag)) / WIDTH
        found.append(gradient)
    return tuple(found)
