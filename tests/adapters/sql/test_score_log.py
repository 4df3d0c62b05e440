"""The score log in SQL keeps every promise of the port, on SQLite and on PostgreSQL."""

from contextlib import AbstractAsyncContextManager

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.score_log import open_score_log
from gradewise.protocols.scoring import ScoreLog
from gradewise.testing.contracts.score_log import ScoreLogContract


class TestSqlScoreLog(ScoreLogContract):
    """The contract."""

    def opened(self, url: str) -> AbstractAsyncContextManager[ScoreLog]:
        """The log in a database of either kind."""
        return open_score_log(read_address(url))
