"""The registry's database looked at from the command line: its tables, and the queue that they hold."""

import asyncio
from dataclasses import dataclass

from gradewise.bootstrap import schema_from, score_log_from
from gradewise.cli.scores.proving import queue_shown
from gradewise.cli.terminal import err, out
from gradewise.scores.queue import QueueFaults
from gradewise.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looked:
    """What was found."""

    database: str
    """Its address as it may be shown."""
    differences: tuple[str, ...]
    """What is not as this gradewise has it, a line each."""
    queue: QueueFaults
    """How the review queue differs from answers and decisions."""


def database_checked(settings: Settings) -> bool:
    """Say what is not as it should be; whether all is well."""
    found = asyncio.run(_looked(settings))
    for difference in found.differences:
        out.print(difference, soft_wrap=True)
    if found.differences:
        advice = "older tables are brought up by: gradewise db upgrade; damaged ones want a copy restored"
        err.print(f"{found.database} is not as this gradewise has it; {advice}", soft_wrap=True)
        return False
    out.print(f"{found.database}: the tables are those of this gradewise", soft_wrap=True)
    return queue_shown(found.queue)


async def _looked(settings: Settings) -> _Looked:
    async with schema_from(settings) as schema:
        database, differences = str(schema.address), await schema.differences()
    queue = QueueFaults()
    if not differences:
        async with score_log_from(settings) as log:
            queue = await log.queue_faults()
    return _Looked(database=database, differences=differences, queue=queue)
