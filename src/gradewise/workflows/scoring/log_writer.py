"""Answers are written down before they are given: many at once, or on disk while the log is away."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from gradewise.errors import RegistryError, UnavailableError
from gradewise.protocols.scoring import ScoreLog
from gradewise.scores.records import ScoreDraft
from gradewise.scores.soundness import require_sound_draft
from gradewise.service_events import ScoreLogChanged
from gradewise.telemetry import silent
from gradewise.workflows.scoring.breaker import Breaker
from gradewise.workflows.scoring.keeping import Keeping
from gradewise.workflows.scoring.spool import Spool

MOST_AT_ONCE = 500
"""Answers in one transaction."""
QUIET_TURNS = 3
"""Turns of the event loop without another answer after which a transaction begins: so many pass between a
request that can be read from its socket and the answer to it, where the text was read before."""
COMPANY_TURNS = 2
"""As many more where answers come in company, as essays are graded together then."""
GATHER_WITHIN_S = 0.005
"""Seconds after which a transaction begins although answers go on coming."""
LOG_WITHIN_S = 2.0
"""Seconds that an answer waits for the log before it goes to the spool."""
ASK_EVERY_S = 5.0
"""Seconds after which a log that was away is tried again with what waits, and whether there is room again."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Pending:
    """Answers that wait to be written down together."""

    drafts: tuple[ScoreDraft, ...]
    """The answers."""
    logged: asyncio.Future[bool]
    """Whether they are in the log; otherwise they are in the spool."""


class LogWriter:
    """Writes answers to a score log by group commit; of one event loop.

    While one transaction goes on, what comes meanwhile gathers for the next; what comes together is written
    together, as a transaction takes as much processor time as five answers in it. A log that does not answer
    is left alone for a while; answers go to the spool then, and from there to the log as soon as it is back.
    """

    def __init__(
        self,
        log: ScoreLog,
        *,
        spool: Spool | None = None,
        within_s: float = LOG_WITHIN_S,
        ask_every_s: float = ASK_EVERY_S,
        breaker: Breaker | None = None,
        listener: Callable[[ScoreLogChanged], None] = silent,
    ) -> None:
        """Begin with nothing to write.

        Args:
            log: where answers belong.
            spool: keeps them while the log is away; without one an answer is refused then.
            within_s: seconds for one transaction.
            ask_every_s: seconds between attempts to write down what waits.
            breaker: leaves the log alone after failures.
            listener: hears when answers go elsewhere than before.
        """
        self._log, self._spool, self._within_s = log, spool, within_s
        self._ask_every_s, self._breaker = ask_every_s, breaker or Breaker(failures=1, pause_s=ask_every_s)
        self._pending: list[_Pending] = []
        self._writing: asyncio.Task[None] | None = None
        self._emptying: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._keeping, self._in_company = Keeping(listener), False
        self._given_up: set[asyncio.Future[Any]] = set()

    @property
    def is_unwritable(self) -> bool:
        """Whether answers could be written down nowhere, and no room was found since."""
        return self._keeping.state == "unwritable"

    async def start(self) -> int:
        """Take over what earlier processes could not write down; how many answers."""
        if self._spool is None:
            return 0
        adopted = await asyncio.to_thread(self._spool.adopt)
        self._empty_spool()
        return adopted

    async def write(self, drafts: Sequence[ScoreDraft]) -> bool:
        """Write answers down; whether they are in the log, otherwise they are on disk until it is back.

        Raises:
            InputError: an answer would not come back as it is.
            UnavailableError: they are neither, and must not be given.
        """
        for draft in drafts:
            require_sound_draft(draft)  # here, so that nobody else's answer fails with it
        logged: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._pending.append(_Pending(tuple(drafts), logged))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all(), name="score log")
        return await logged

    async def close(self) -> None:
        """Finish what was begun, and try once more to write down what waits; may be called twice."""
        if self._writing is not None:
            await self._writing
        for task in (self._emptying, self._looking):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self._emptying = self._looking = None
        if self._spool is not None:
            with contextlib.suppress(UnavailableError):
                await self._write_spooled(self._spool)
            self._spool.close()

    async def _write_all(self) -> None:
        while self._pending:
            await self._gather()
            group = _first_of(self._pending)
            del self._pending[: len(group)]
            self._in_company = len(group) > 1
            try:
                said: bool | BaseException = await self._write_group(
                    [d for each in group for d in each.drafts]
                )
            except Exception as error:  # noqa: BLE001 - told to everybody who waits for it
                said = error
                if isinstance(error, UnavailableError):
                    self._keeping.refused(error)
                    self._look_for_room()
            for each in group:
                _tell(each.logged, said)

    async def _gather(self) -> None:
        """Let those be answered whose requests are here already; nobody who asks alone waits for a clock."""
        loop = asyncio.get_running_loop()
        until, n, quiet = loop.time() + GATHER_WITHIN_S, len(self._pending), 0
        turns = QUIET_TURNS + (COMPANY_TURNS if self._in_company else 0)
        while quiet < turns and n < MOST_AT_ONCE and loop.time() < until:
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(self._pending) == n else 0
            n = len(self._pending)

    async def _write_group(self, drafts: Sequence[ScoreDraft]) -> bool:
        if self._breaker.lets_through():
            try:
                await self._add(drafts)
            except UnavailableError as error:
                self._keeping.log_failed(error)
                if self._spool is None:
                    raise
            else:
                self._keeping.logged()
                return True
        if self._spool is None:
            raise UnavailableError(
                "the score log does not answer, and answers must not be given unlogged; try again later"
            )
        await asyncio.to_thread(self._spool.keep, drafts)
        self._keeping.spooled()
        self._empty_spool()
        return False

    def _look_for_room(self) -> None:
        """Nobody sends essays to a service that refuses them, so that it must find out by itself."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._until_writable(), name="score log room")

    async def _until_writable(self) -> None:
        while self.is_unwritable:
            await asyncio.sleep(self._ask_every_s)
            try:
                await self._asked(self._log.require_writable())
                self._keeping.found_room("kept")
            except UnavailableError:
                await self._look_in_spool()

    async def _look_in_spool(self) -> None:
        with contextlib.suppress(UnavailableError):
            if self._spool is not None:
                await asyncio.to_thread(self._spool.require_room)
                self._keeping.found_room("away")

    async def _add(self, drafts: Sequence[ScoreDraft]) -> None:
        await self._asked(self._log.add(drafts))

    async def _asked(self, work: Coroutine[Any, Any, object]) -> None:
        if self._given_up:
            work.close()
            self._breaker.failed()
            raise UnavailableError("the score log has not yet let go of what it was asked before")
        adding = asyncio.ensure_future(work)
        try:
            # No timeout that only cancels: a driver that waits for a lock in a thread ends when that does.
            done, _ = await asyncio.wait({adding}, timeout=self._within_s)
        except asyncio.CancelledError:
            self._give_up(adding)
            raise
        if not done:
            self._give_up(adding)
            self._breaker.failed()
            raise UnavailableError(
                f"the score log does not answer within {self._within_s:g} s; try again later"
            )
        try:
            adding.result()
        except UnavailableError:
            self._breaker.failed()
            raise
        except RegistryError as error:  # tables that another changed are put right, and take it then
            self._breaker.failed()
            raise UnavailableError(str(error)) from error
        self._breaker.worked()

    def _give_up(self, adding: "asyncio.Future[Any]") -> None:
        """Wait no longer; should the answers be logged nevertheless, the log takes them again as they are."""
        adding.cancel()
        self._given_up.add(adding)
        adding.add_done_callback(self._ended)

    def _ended(self, adding: "asyncio.Future[Any]") -> None:
        self._given_up.discard(adding)
        if not adding.cancelled():
            adding.exception()  # looked at, so that nobody is told of what nobody waits for

    def _empty_spool(self) -> None:
        going = self._emptying is not None and not self._emptying.done()
        if self._spool is not None and not self._spool.is_empty and not going:
            self._emptying = asyncio.create_task(self._until_empty(self._spool), name="score spool")
            self._emptying.add_done_callback(_emptied)

    async def _until_empty(self, spool: Spool) -> None:
        while not spool.is_empty:
            try:
                await self._write_spooled(spool)
            except UnavailableError:
                await asyncio.sleep(self._ask_every_s)

    async def _write_spooled(self, spool: Spool) -> None:
        while (waiting := await asyncio.to_thread(spool.waiting, most=MOST_AT_ONCE)).file:
            if waiting.drafts:
                await self._add(waiting.drafts)
            await asyncio.to_thread(spool.forget, waiting)


def _emptied(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        _logger.error("what waits in the spool cannot be logged: %s", type(task.exception()).__name__)


def _first_of(pending: Sequence[_Pending]) -> list[_Pending]:
    """As many as fit one transaction, at least one."""
    group, n = [pending[0]], len(pending[0].drafts)
    for each in pending[1:]:
        n += len(each.drafts)
        if n > MOST_AT_ONCE:
            break
        group.append(each)
    return group


def _tell(logged: asyncio.Future[bool], said: bool | BaseException) -> None:  # noqa: FBT001 - what is told
    if logged.done():
        return
    if isinstance(said, bool):
        logged.set_result(said)
    else:
        logged.set_exception(said)
