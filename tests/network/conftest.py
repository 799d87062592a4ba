"""How the tests of the network cut batches."""

from collections.abc import Callable

import pytest

from cnnopt.network import partition

Cut = Callable[..., None]
HUGE = 1 << 60


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> Cut:
    """Return a way to set how batches are cut; unset constants make one shard of one chunk."""

    def apply(*, chunk: int = HUGE, heavy: int = HUGE, shard: int = HUGE, most: int = 4) -> None:
        monkeypatch.setattr(partition, "CHUNK_BYTES", chunk)
        monkeypatch.setattr(partition, "PREPARED_TIMES", 0)
        monkeypatch.setattr(partition, "HEAVY_WEIGHTS", heavy)
        work = {count: shard * count**2 for count in (2, 4) if count <= most}
        monkeypatch.setattr(partition, "SHARD_WORK", work)

    return apply
