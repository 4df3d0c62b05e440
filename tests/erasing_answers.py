"""A program that takes answers out of score logs and is killed amid it, at one step after another.

It imports everything once, and has no thread when it forks. ``python tests/erasing_answers.py URL …`` prints
a line for each step of each log: which, and by which signal its process ended.
"""

import asyncio
import os
import signal
import sys
from functools import partial

from sqlalchemy import Connection, event

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.engines import WRITES, open_engine
from gradewise.adapters.sql.refusals import scores_fault
from gradewise.adapters.sql.score_log import SqlScoreLog
from gradewise.adapters.sql.transactions import Transactions
from gradewise.testing.score_logs import made_up_note

STEPS = (
    "INSERT INTO erasures", "INSERT INTO erased_answers", "DELETE FROM corrections", "DELETE FROM score_log",
    "COMMIT",
)  # fmt: skip
"""What an erasure does, one after the other; each time it is killed right before that."""


async def erase(url: str, step: str) -> None:
    """Take every answer out of a log, and die before a step."""
    address = read_address(url)
    async with open_engine(address) as engine:
        event.listen(engine.sync_engine, "before_cursor_execute", partial(_die_before, step))
        event.listen(engine.sync_engine, "commit", partial(_die_before_commit, step))
        log = SqlScoreLog(Transactions(engine, address, scores_fault))
        records = await log.records()
        await log.erase([record.draft.id for record in records], made_up_note(1))


def _die_before(step: str, _connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    if statement.startswith(step):
        os.kill(os.getpid(), signal.SIGKILL)


def _die_before_commit(step: str, connection: Connection) -> None:
    if connection.get_execution_options().get(WRITES):
        _die_before(step, connection, None, "COMMIT")


def main(urls: list[str]) -> None:
    """Fork for each step, and say how that ended."""
    for url in urls:
        for step in STEPS:
            child = os.fork()
            if not child:
                asyncio.run(erase(url, step))
                os._exit(0)
            _, status = os.waitpid(child, 0)
            sys.stdout.write(f"{step}: {os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
