"""A program that writes answers into score logs until it is killed.

``python tests/writing_answers.py FIRST EACH URL …`` adds so many answers at a time to each log, numbered from
FIRST, and prints a line after each time.
"""

import asyncio
import sys
from contextlib import AsyncExitStack

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.score_log import open_score_log
from gradewise.testing.score_logs import made_up_draft


async def write(first: int, each: int, urls: list[str]) -> None:
    """Add answers, for ever."""
    async with AsyncExitStack() as opened:
        logs = [await opened.enter_async_context(open_score_log(read_address(url))) for url in urls]
        while True:
            drafts = [made_up_draft(number) for number in range(first, first + each)]
            await asyncio.gather(*(log.add(drafts) for log in logs))
            sys.stdout.write("written\n")
            sys.stdout.flush()
            first += each


if __name__ == "__main__":
    asyncio.run(write(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
