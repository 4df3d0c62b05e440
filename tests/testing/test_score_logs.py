"""The score log in memory keeps every promise of the port."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from gradewise.protocols.scoring import ScoreLog
from gradewise.testing.contracts.score_log import ScoreLogContract
from gradewise.testing.score_logs import MemoryScoreLog


@pytest.fixture
def database_url() -> str:
    """There is no database."""
    return ""


class TestMemoryScoreLog(ScoreLogContract):
    """The contract."""

    def opened(self, url: str) -> AbstractAsyncContextManager[ScoreLog]:
        """A log of this test's own."""
        return _fresh(url)


@asynccontextmanager
async def _fresh(_url: str) -> AsyncIterator[ScoreLog]:
    yield MemoryScoreLog()
