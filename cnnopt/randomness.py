"""Randomness has a name, not an order: every draw comes from a stream keyed by what it is for.

`stream(seed, "shuffle", epoch)` gives the same numbers whoever asks, in whatever order and on
whatever thread; so nothing about generators has to be saved to resume a run.
"""

import hashlib

import numpy as np

Key = str | int


def stream(seed: int, *key: Key) -> np.random.Generator:
    """Return the random generator that belongs to `seed` and `key`.

    Args:
        seed: the run's seed (initial weights, order, masks) or the split's.
        key: what the draw is for, such as `"dropout", "dropout_1", step`. `1` and `"1"` differ.

    Returns:
        A fresh generator (SFC64, seeded by the BLAKE2b digest of the key) at its first number.

    Example:
        >>> int(stream(0, "shuffle", 3).integers(1000))
        425
        >>> int(stream(0, "shuffle", 3).integers(1000))
        425
    """
    digest = hashlib.blake2b(repr((int(seed), *key)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.SFC64(int.from_bytes(digest, "little")))
